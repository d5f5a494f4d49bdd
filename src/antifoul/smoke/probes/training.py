"""A few steps of a program as its user wrote it: losses, gradients, movements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from antifoul.facts.run import Unjudged
from antifoul.facts.training import Training
from antifoul.smoke.adapters import Program
from antifoul.smoke.quiet import has_dropout
from antifoul.smoke.recorder import Steps

_STEPS = 4  # a LoRA needs two, a warm-up from zero one more
_MORE = 10  # where something still stands: two zero-initialised layers in a row, a loss scaler that skips

_MOST = 40  # calls, where the program accumulates over calls


_KEPT: WeakKeyDictionary[Program, Training | Unjudged] = WeakKeyDictionary()


def record(program: Program, _seed: int) -> Training | Unjudged:
    """What the program did in its first steps, or why it could not be tried; tried once."""
    if program not in _KEPT:
        _KEPT[program] = _first_steps(program)
    return _KEPT[program]


def _first_steps(program: Program) -> Training | Unjudged:
    if not any(parameter.requires_grad for parameter in program.model.parameters()):
        steps = Steps(lambda: program.model)
        return Training(calls=0, losses=(), parameters=steps.parameters(), steps=())
    first = _recorded(program, _STEPS)
    if isinstance(first, Unjudged) or (first.steps and not _stands(first)):
        return first
    more = _recorded(program, _MORE)
    return more if isinstance(more, Unjudged) or len(more.steps) >= _STEPS else _recorded(program, _MOST)


def _recorded(program: Program, count: int) -> Training | Unjudged:
    steps = Steps(lambda: program.model)
    with _modes(program.model) as modes:
        driven = program.train(count, steps)
    if isinstance(driven, Unjudged):
        return driven
    if steps.closures:
        return Unjudged("the optimizer is given a closure, so that gradients are made inside its step")
    rows = tuple(steps.rows())
    if not rows and not _is_torch(program):
        return Unjudged("the optimizer is not one of torch's kind, so that its steps cannot be seen")
    calls, losses = driven
    return Training(
        calls=calls,
        losses=tuple(losses),
        parameters=steps.parameters(),
        steps=rows,
        optimizers=tuple(sorted(set(steps.optimizers.values()))),
        strangers=steps.strangers,
        dropout=has_dropout(program.model),
        modes=tuple(modes),
        samples=program.samples or program.task == "reinforcement",
    )


@contextmanager
def _modes(model: Any) -> Iterator[list[bool]]:  # noqa: ANN401  a torch module
    """Whether the model is in training mode: now, and at each of its calls that record a graph while this is open."""
    import torch

    found = [bool(model.training)]

    def note(module: Any, *_: Any) -> None:  # noqa: ANN401  as torch calls it
        if torch.is_grad_enabled():
            found.append(bool(module.training))

    handle = model.register_forward_pre_hook(note)
    try:
        yield found
    finally:
        handle.remove()


def _is_torch(program: Program) -> bool:
    given = getattr(program, "optimizers", None)
    return given is None or any("Optimizer" in {kind.__name__ for kind in type(one).__mro__} for one in given)


def _stands(training: Training) -> bool:
    """Something trainable has not moved, or has had no gradient so far."""
    return any(
        parameter.trainable
        and not (
            any(moves[number].change for moves in training.steps)
            and any(moves[number].gradient for moves in training.steps)
        )
        for number, parameter in enumerate(training.parameters)
    )
