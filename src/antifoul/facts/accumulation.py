"""Gradients accumulated over micro-batches, beside those of the same rows as one batch."""

from math import sqrt
from typing import NamedTuple


class Reference(NamedTuple):
    """A gradient to compare with. `dot` is its product with the accumulated gradient."""

    name: str  # "whole": all rows as one batch; "loss": compute_loss of them; "first", "last": one micro-batch;
    # "again": the same micro-batches at a second step from the same weights; "micro-batch", "sequence": the mean of
    # the gradients of each micro-batch, or of each row
    norm: float
    dot: float


class Trial(NamedTuple):
    """The gradient at `optimizer.step()` accumulated over micro-batches, beside gradients of the same rows."""

    micro_batches: int
    rows: int  # of all micro-batches together
    copies: bool  # all rows are copies of one row
    norm: float
    references: tuple[Reference, ...]
    apart: tuple[tuple[str, float, float], ...] = ()  # parameter, its norm accumulated and as one batch; worst first

    def to(self, name: str) -> Reference | None:
        """The reference of that name, if it was taken."""
        return next((one for one in self.references if one.name == name), None)

    def distance(self, name: str) -> float:
        """How far the accumulated gradient is from a reference, as a share of the reference; inf if not taken."""
        other = self.to(name)
        if other is None:
            return float("inf")
        square = self.norm**2 + other.norm**2 - 2 * other.dot
        return sqrt(max(square, 0.0)) / other.norm if other.norm else (0.0 if not self.norm else float("inf"))

    def factor(self, name: str) -> float:
        """The number that brings a reference closest to the accumulated gradient; nan if not taken or zero."""
        other = self.to(name)
        return other.dot / other.norm**2 if other and other.norm else float("nan")

    def angle(self, name: str) -> float:
        """The cosine between the accumulated gradient and a reference; nan if one is zero or not taken."""
        other = self.to(name)
        return other.dot / (other.norm * self.norm) if other and other.norm and self.norm else float("nan")

    @property
    def kept(self) -> bool:
        """A second step had twice the gradient: that of the first is still there."""
        return self.angle("again") > 0.99 and abs(self.factor("again") * 2 - 1) < 0.05


class Accumulation(NamedTuple):
    """Trials of gradient accumulation, the first with different rows where there were any."""

    trials: tuple[Trial, ...]
    precision: str  # the coarsest dtype that computed: "float32", "bfloat16", "float16"
    trainer: bool  # a transformers Trainer, whose loop hands num_items_in_batch to the loss
    unequal: Trial | None = None  # micro-batches with different numbers of targets
    normalise: str = ""  # "sequence" or "micro-batch", where the program declares it
    documented: bool = False  # the Trainer says that it divides by the number of micro-batches
    steps: int = 1  # of the optimizer, in one training step over several micro-batches

    @property
    def tolerance(self) -> float:
        """The distance that rounding may cause, as a share of the whole gradient."""
        return 1e-3 if self.precision in {"float32", "float64"} else 0.05

    def agrees(self, trial: Trial) -> bool:
        """The accumulated gradient is that of the same rows as one batch, by the program's step or by its loss."""
        return min(trial.distance("whole"), trial.distance("loss")) <= self.tolerance
