"""The first steps of a training program, to be laid beside those of another revision."""

from collections.abc import Callable, Iterator, Mapping
from math import isfinite, isnan
from typing import NamedTuple


class Point(NamedTuple):
    """One optimizer step."""

    loss: float | None  # None: the step gave none
    norm: float  # of the whole gradient when the optimizer stepped
    targets: int  # positions that the loss trained, over all micro-batches; 0 where it is none over tokens
    rate: float | None


class Trajectory(NamedTuple):
    """A few steps, from the same seed."""

    points: tuple[Point, ...]
    weights: int  # of the model
    trained: int  # of those, with requires_grad


class Side(NamedTuple):
    """What one revision did, or why it did nothing; modules of the repository that came from elsewhere."""

    trajectory: Trajectory | None
    problem: str = ""
    strangers: Mapping[str, str] = {}  # module -> its file


class Parting(NamedTuple):
    """Something that differs, at the first step where it does; step 0 is before any."""

    what: str
    step: int
    base: float | None
    head: float | None

    def __str__(self) -> str:
        return f"{self.what} {_shown(self.base)} -> {_shown(self.head)}"


_PARTS: Mapping[str, Callable[[Point], float | None]] = {
    "label count": lambda point: float(point.targets),
    "loss": lambda point: point.loss,
    "gradient norm": lambda point: point.norm,
    "learning rate": lambda point: point.rate,
}


def partings(base: Trajectory, head: Trajectory, near: float = 1e-5) -> tuple[Parting, ...]:
    """What differs and from which step on, the earliest first; empty where the two are the same."""
    found = list(_before(base, head))
    for what, of in _PARTS.items():
        pairs = enumerate(zip(map(of, base.points), map(of, head.points), strict=False), start=1)
        first = next(((step, left, right) for step, (left, right) in pairs if not _same(left, right, near)), None)
        if first is not None:
            found.append(Parting(what, *first))
    if len(base.points) != len(head.points):
        steps = float(len(base.points)), float(len(head.points))
        found.append(Parting("steps taken", min(len(base.points), len(head.points)) + 1, *steps))
    return tuple(sorted(found, key=lambda one: one.step))


def _before(base: Trajectory, head: Trajectory) -> Iterator[Parting]:
    if base.weights != head.weights:
        yield Parting("weights of the model", 0, float(base.weights), float(head.weights))
    if base.trained != head.trained:
        yield Parting("weights that train", 0, float(base.trained), float(head.trained))


def _same(left: float | None, right: float | None, near: float) -> bool:
    if left is None or right is None:
        return left is right
    if not isfinite(left) or not isfinite(right):
        return left == right or (isnan(left) and isnan(right))
    return abs(left - right) <= near * max(abs(left), abs(right))


def _shown(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:.0f}" if isfinite(value) and value == int(value) and abs(value) < 1e15 else f"{value:.6g}"
