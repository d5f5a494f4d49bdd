"""What evaluation did: its mode, its numbers, and what it left behind."""

from typing import NamedTuple


class Evaluation(NamedTuple):
    """Evaluations of the same rows, cut into batches in several ways."""

    training: bool  # a forward pass ran in training mode
    dropout: bool  # the model has a layer that the mode changes
    graph: bool  # a forward pass recorded a graph
    left_training: bool | None  # the mode afterwards; None where it was not training before
    moved: tuple[str, ...]  # parameters that changed
    same: tuple[float, float]  # two evaluations of the same batches
    loss: float | None  # of uneven batches; None where evaluate takes none
    expected: tuple[tuple[str, float], ...]  # by name: "tokens", "rows", "batches", "first batch", "last batch"


class Metrics(NamedTuple):
    """What compute_metrics says of predictions that are all right, and of ones that are all wrong."""

    perfect: tuple[tuple[str, float], ...]
    wrong: tuple[tuple[str, float], ...]
