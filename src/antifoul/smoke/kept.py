"""While a program is tried, it may change whatever it likes: afterwards it is as it was."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from antifoul.smoke.memory import Memory

_KEEPERS = {"Optimizer", "LRScheduler", "_LRScheduler", "GradScaler"}


def keepers_of(functions: list[Any], given: list[Any]) -> list[Any]:
    """Optimizers, schedules and scalers: those given, and those that the functions only use."""
    found = list(given)
    for function in functions:
        plain = getattr(function, "__func__", function)
        found += [cell.cell_contents for cell in getattr(plain, "__closure__", None) or () if _is_filled(cell)]
        if hasattr(plain, "__code__"):
            found += [plain.__globals__.get(name) for name in plain.__code__.co_names]
        found += list(getattr(getattr(function, "__self__", None), "__dict__", {}).values())
    return list({id(one): one for one in found if _KEEPERS & {kind.__name__ for kind in type(one).__mro__}}.values())


def _is_filled(cell: Any) -> bool:  # noqa: ANN401  a closure's cell
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def gradients_of(model: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401  a torch module
    """The parameters with copies of their gradients: one left on a frozen parameter may move it."""
    return [(one, None if one.grad is None else one.grad.detach().clone()) for one in model.parameters()]


@contextmanager
def untouched(models: list[Any], keepers: list[Any], owners: list[Any], *, gradients: bool = True) -> Iterator[None]:
    """While open, all of these may change; afterwards weights, buffers, modes, states and memories are as before.

    So are gradients, unless they are to stay as the program left them.
    """
    import torch

    weights = [(one, one.detach().clone()) for model in models for one in _tensors(model)]
    asked = [(one, one.requires_grad) for model in models for one in model.parameters()]
    modes = [(module, module.training) for model in models for module in model.modules()]
    kept = [pair for model in models for pair in gradients_of(model)] if gradients else []
    states = [(one, copy.deepcopy(one.state_dict())) for one in keepers]
    memory = Memory(owners)
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor, value in weights:
                if tensor.shape == value.shape:
                    tensor.copy_(value)
        for parameter, wanted in asked:
            parameter.requires_grad_(wanted)
        for module, mode in modes:
            module.training = mode
        memory.put_back()
        for keeper, state in states:
            keeper.load_state_dict(state)
        for parameter, gradient in kept:
            parameter.grad = gradient


def _tensors(model: Any) -> Iterator[Any]:  # noqa: ANN401  a torch module
    yield from model.parameters()
    yield from model.buffers()
