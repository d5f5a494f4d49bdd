"""A few real steps of a target, inside of a test."""

import math
from pathlib import Path
from typing import Any, NamedTuple

from antifoul.facts.run import Unjudged
from antifoul.smoke.recorder import Steps
from antifoul.smoke.world import World
from antifoul.testing.laws import Tried


class Ran(NamedTuple):
    """What a few steps did. Losses are one a training step that gave one."""

    steps: int  # of the optimizer
    losses: tuple[float, ...]
    gradient_norms: tuple[float, ...]
    learning_rates: tuple[float, ...]


def run(found: Any, steps: int = 3, *, seed: int = 0, root: Path | None = None) -> Ran:  # noqa: ANN401  see Tried
    """Take so many steps of a target; afterwards its weights and the process are as before.

    Raises:
        AssertionError: it took another number of optimizer steps.
        BuildError: the target's own code stopped.
    """
    one = Tried(found, seed=seed, root=root)
    with World().open(root or Path.cwd(), seed):
        program = one.program()
        recorder = Steps(lambda: program.model)
        driven = program.train(steps, recorder)
    if isinstance(driven, Unjudged):
        raise AssertionError(f"{one.name} cannot be run: {driven}")  # noqa: TRY004  a test's own failure
    rows = tuple(recorder.rows())
    if len(rows) != steps:
        raise AssertionError(f"{one.name} took {len(rows)} optimizer steps where {steps} were asked for")
    norms = (math.sqrt(sum(move.gradient**2 for move in row if move.gradient is not None)) for row in rows)
    rates = (next((move.lr for move in row if move.lr is not None), math.nan) for row in rows)
    return Ran(len(rows), tuple(driven[1]), tuple(norms), tuple(rates))
