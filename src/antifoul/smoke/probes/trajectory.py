"""The first steps as the program takes them: loss, gradient, trained positions, learning rate."""

from math import sqrt

from antifoul.facts.run import Unjudged
from antifoul.facts.trajectory import Point, Trajectory
from antifoul.smoke.adapters import Program
from antifoul.smoke.recorder import Steps
from antifoul.smoke.trained import targets_of
from antifoul.smoke.watch import Call, watched

_STEPS = 5
_IGNORED = -100


def record(program: Program, _seed: int) -> Trajectory | Unjudged:
    """The steps, or why none could be taken."""
    from torch.optim.optimizer import register_optimizer_step_post_hook

    if refused := program.refused():
        return refused
    steps = Steps(lambda: program.model)
    ends: list[int] = []
    with watched({"policy": program.model}) as calls:
        handle = register_optimizer_step_post_hook(lambda *_: ends.append(len(calls)))
        try:
            driven = program.train(_STEPS, steps)
        finally:
            handle.remove()
    if isinstance(driven, Unjudged):
        return driven
    rows, losses = list(steps.rows()), driven[1]
    micros = len(losses) // len(rows) if rows else 1
    points = []
    for number, row in enumerate(rows):
        own = losses[number * micros : (number + 1) * micros]
        norm = sqrt(sum(move.gradient**2 for move in row if move.gradient is not None))
        rate = next((move.lr for move in row if move.lr is not None), None)
        seen = calls[ends[number - 1] if number else 0 : ends[number]] if number < len(ends) else []
        points.append(Point(sum(own) / len(own) if own else None, norm, sum(map(_count, seen)), rate))
    sizes = [(one.numel(), one.requires_grad) for one in program.model.parameters()]
    return Trajectory(tuple(points), sum(size for size, _ in sizes), sum(size for size, trains in sizes if trains))


def _count(call: Call) -> int:
    """The positions that a call trains: by the gradient at its logits, or else by its labels."""
    told = sum(map(len, targets_of(call)))
    if told or call.labels is None or not hasattr(call.labels, "numel"):
        return told
    return int((call.labels != _IGNORED).sum())
