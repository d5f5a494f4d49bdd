"""The first steps once more as `training` has them, where they can tell of each parameter."""

from antifoul.facts.run import Unjudged
from antifoul.facts.training import Training
from antifoul.smoke.adapters import Program
from antifoul.smoke.probes import training


def record(program: Program, seed: int) -> Training | Unjudged:
    """What the program did in its first steps; sampled rows whose rewards are all equal have no gradient by right."""
    found = training.record(program, seed)
    if isinstance(found, Training) and found.samples and found.steps and not _pulled(found):
        return Unjudged(
            "every gradient is exactly zero: the rewards of each group of sampled rows are equal",
            "examples whose answers get different rewards",
        )
    return found


def _pulled(found: Training) -> bool:
    return any(move.gradient for moves in found.steps for move in moves)
