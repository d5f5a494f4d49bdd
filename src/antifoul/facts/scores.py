"""What a reward model says of rows, and what a step teaches it."""

from typing import NamedTuple


class Score(NamedTuple):
    """One row of a batch and its score."""

    kind: str  # "chosen", "rejected", ""
    text: str
    slope: float  # of the loss in the score: negative is pushed up; 0: not compared
    at: int | None  # the position whose score is taken, from 0; None where that cannot be told
    last: int  # the last real position
    given: float
    alone: float | None  # without its padding


class Scores(NamedTuple):
    """A batch of preferences under a reward model."""

    rows: tuple[Score, ...]
    accuracy: float | None  # as the program tells it, after steps
    wanted: float | None  # the share of pairs whose chosen row has the higher score
    frozen: tuple[str, ...]  # parameters of the head, where none of them is trained
    margins: tuple[float, float] | None  # of chosen over rejected rows, before and after steps
