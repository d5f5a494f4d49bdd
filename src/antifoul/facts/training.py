"""A few optimizer steps of a training program as its user wrote it: plain numbers, never tensors."""

from typing import NamedTuple


class Parameter(NamedTuple):
    """One parameter of the model. A tied weight is one parameter, under its first name."""

    name: str
    elements: int
    dtype: str  # "float32"
    spacing: float  # the step from 1.0 to the next value that the dtype holds; 0 for integers
    peak: float  # its largest absolute value before the first step
    trainable: bool  # requires_grad, at any step
    optimized: bool  # an optimizer that stepped holds it


class Move(NamedTuple):
    """What one parameter did at one optimizer step."""

    gradient: float | None  # its norm when the optimizer stepped; None: no gradient
    change: float  # the largest absolute change of an element
    lr: float | None  # None: not held by the optimizer that stepped


class Training(NamedTuple):
    """A few optimizer steps of a program as its user wrote it."""

    calls: int  # of the training step
    losses: tuple[float, ...]  # one a call that gave one
    parameters: tuple[Parameter, ...]
    steps: tuple[tuple[Move, ...], ...]  # one row a call of optimizer.step(), in the order of parameters
    optimizers: tuple[str, ...] = ()  # the class names of those that stepped
    strangers: int = 0  # tensors that they hold and the model does not
    dropout: bool = False  # the model has layers that behave otherwise in training
    modes: tuple[bool, ...] = ()  # whether it was in training mode: as given, then at each call with a graph
    samples: bool = False  # the program makes its own training rows, as GRPO does
