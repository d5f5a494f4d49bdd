"""What preference training does at its start: loss, reference, log-probabilities, direction."""

from typing import NamedTuple


class Reference(NamedTuple):
    """What a training step does to the reference."""

    itself: bool  # it is the policy, or shares its trained tensors
    moved: tuple[str, ...]  # parameters that changed
    pulled: tuple[str, ...]  # parameters that got a gradient
    dropout: bool  # it was called in training mode, and has dropout
    held: tuple[str, ...] = ()  # parameters that the policy's optimizer holds


class Logps(NamedTuple):
    """What the program's log-probabilities are of rows whose right ones are known. One value a row."""

    given: tuple[float, ...]
    summed: tuple[float, ...]  # over the labels that are not ignored, each of the token after its position
    others: tuple[tuple[str, tuple[float, ...]], ...]  # what wrong functions would give, by their cause


class Metric(NamedTuple):
    """A number that the program tells, beside the same number computed anew."""

    name: str
    told: float
    wanted: float
    without_beta: float  # the same before it is multiplied by beta; nan where beta has no part in it


class Preference(NamedTuple):
    """The first step of preference training, and a few steps after it."""

    live: float | None  # the first loss, as the program trains
    still: float | None  # the same with dropout off
    beta: float | None
    loss_type: str  # "" where the program does not say
    plain: bool  # no other term is added to the loss, as far as the configuration tells
    reference: str  # "model", "adapter", "none"
    differ: tuple[str, ...]  # parameters of the reference that are not the policy's at the start
    dropout: bool  # the reference was called in training mode, and has dropout
    logps: Logps | None = None
    margins: tuple[float, float] | None = None  # of chosen over rejected answers, before and after steps on one batch
    metrics: tuple[Metric, ...] = ()
