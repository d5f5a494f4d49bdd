"""What happens around an optimizer step: clipping, schedules, the way down, what the optimizer holds."""

from typing import NamedTuple


class Clip(NamedTuple):
    """One call of torch's clipping."""

    limit: float
    before: float  # the norm that it found
    scale: float  # what the gradients are still multiplied by


class Clipping(NamedTuple):
    """One training step over several micro-batches with a loss that was made very steep."""

    events: tuple[str, ...]  # "backward", "clip", "step" in order
    clips: tuple[Clip, ...]
    norms: tuple[float, ...]  # of the clipped parameters' gradients at each optimizer step
    micro_batches: int
    reported: float | None = None  # the norm that the step gave, in a step as it is
    missed: tuple[tuple[str, float], ...] = ()  # what the first step took and no clip had seen: name, gradient's norm
    held: int = 0  # parameters with a gradient at that step
    measured: tuple[float, ...] = ()  # norms that it could have meant: before clipping, and at the step


class Schedule(NamedTuple):
    """Learning rates at optimizer steps."""

    rates: tuple[float, ...]  # one micro-batch a step
    many: tuple[float, ...]  # several micro-batches a step
    planned: tuple[float, ...]  # of the scheduler stepped by itself; empty where there is none
    kind: str  # the scheduler's class
    micro_batches: int
    reported: tuple[float, ...] = ()  # what the steps gave as their learning rate
    whole: tuple[float, ...] = ()  # of the whole run, where its length is known


class Overfit(NamedTuple):
    """Steps on one and the same batch."""

    losses: tuple[float, ...]
    slopes: tuple[float, ...]  # cosine of each step's move with the gradient: negative is downhill
    rates: tuple[float, ...]
    promised: float = 0.0  # by how much the loss falls if it is as steep all the way


class Masked(NamedTuple):
    """A step over rows of which one has no target."""

    loss: float | None
    gradient: float  # its norm


class Group(NamedTuple):
    """One group of an optimizer's parameters."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]  # of each: "matrix", "vector" (a norm or a bias), "embedding"
    lr: float | None
    decay: float
    optimizer: int = 0  # the number of the optimizer that it is of


class Coverage(NamedTuple):
    """What optimizers hold of the model."""

    groups: tuple[Group, ...]
    missing: tuple[str, ...]  # trainable, and in no optimizer
    twice: tuple[str, ...]  # in several groups
    strangers: int  # tensors of the optimizers that the model does not have
    trainable: int
