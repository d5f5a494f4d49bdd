"""What a model's answers depend on: the same call once more, with something changed."""

from typing import NamedTuple


class Change(NamedTuple):
    """How far logits at the compared positions moved when something else was changed."""

    row: int
    at: int  # the position that moved most, or the first that moved
    difference: float  # of the largest logit
    scale: float  # the largest absolute logit
    changed: int = -1  # the first position that was changed; -1: none was

    def moved(self, tolerance: float) -> bool:
        """It moved further than rounding may cause."""
        return not self.difference <= tolerance * max(self.scale, 1e-6)


class Causality(NamedTuple):
    """Tokens from a position on were replaced: the logits before it are compared."""

    changes: tuple[Change, ...]
    tolerance: float


class Padding(NamedTuple):
    """Rows with their padding, beside the same rows without."""

    side: str  # "left" or "right"
    changes: tuple[Change, ...]  # of the logits at real tokens
    losses: tuple[tuple[float, float], ...]  # with padding, and without
    masked: bool  # the model was given an attention mask
    covered: bool  # the mask is zero at all padding
    positions: bool  # the model was given positions
    tolerance: float


class Determinism(NamedTuple):
    """The same call twice, in evaluation mode."""

    changes: tuple[Change, ...]
    tolerance: float


class Packing(NamedTuple):
    """Rows that hold several documents."""

    sources: str  # how the documents were told apart: "positions", "segments", "mask"
    leaks: tuple[Change, ...]  # of a document's logits when the one before it was changed
    alone: tuple[Change, ...]  # of a document's logits when it stands alone
    crossing: tuple[tuple[int, int], ...]  # row and position of targets that are the next document's first token
    tolerance: float
