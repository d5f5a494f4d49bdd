"""Listen to every optimizer step of the process: gradients as the optimizer gets them, and what moved.

The gradient at `optimizer.step()` is what training is made of: it sees a wrong scale, a missing reset or a dead
adapter whatever the loop around it looks like, with Adam or SGD, scaled or not.
"""

from collections.abc import Callable, Iterator
from math import inf
from types import TracebackType
from typing import Any, Self

from antifoul.facts.training import Move, Parameter


def values(tensor: Any) -> Any:  # noqa: ANN401  a torch tensor; torch is the user's and not imported here
    """The plain numbers of a gradient or weight: of a sparse one those that it holds, of a sharded one ours."""
    if getattr(tensor, "is_sparse", False):
        return tensor.coalesce().values()
    return tensor.to_local() if hasattr(tensor, "to_local") else tensor


def norm(tensor: Any) -> float:  # noqa: ANN401  a torch tensor
    """The Euclidean norm, in double precision."""
    found = values(tensor).detach()
    return float(found.double().norm()) if found.numel() else 0.0


class Steps:
    """While open, a recording of every optimizer step: one row of moves a step, and the parameters they are of."""

    def __init__(self, model: Callable[[], Any], *, vectors: bool = False) -> None:
        self._model = model
        self._vectors = vectors
        self._names: dict[int, str] = {}
        self._kept: dict[str, Any] = {}
        self._rows: list[dict[str, Move]] = []
        self._known: dict[str, Parameter] = {}
        self._handles: list[Any] = []
        self._waiting: dict[str, tuple[float | None, float | None]] = {}
        self.optimizers: dict[int, str] = {}
        self.strangers = 0
        self.closures = False
        self.gradients: dict[str, Any] = {}  # name -> the gradient at the last step of its optimizer
        self.stepped: dict[int, int] = {}  # optimizer -> how often it stepped

    def __enter__(self) -> Self:
        from torch.optim.optimizer import (
            register_optimizer_step_post_hook,
            register_optimizer_step_pre_hook,
        )

        self._handles = [
            register_optimizer_step_pre_hook(self._before),
            register_optimizer_step_post_hook(self._after),
        ]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in self._handles:
            handle.remove()

    def start(self) -> None:
        """Learn the parameters and keep their values: called by itself at the first step."""
        self._names = {id(parameter): name for name, parameter in self._model().named_parameters()}
        for name, parameter in self._model().named_parameters():
            self._known[name] = _described(name, parameter)
            if not self._vectors:
                self._kept[name] = values(parameter).detach().clone()

    def _before(self, optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:  # noqa: ANN401
        if not self._names or any(id(one) not in self._names for one in self._model().parameters()):
            self.start()
        self.closures |= callable(kwargs.get("closure")) or any(map(callable, args))
        number = id(optimizer)
        self.optimizers[number] = type(optimizer).__name__
        self.stepped[number] = self.stepped.get(number, 0) + 1
        scale = scale_of(optimizer)
        self._waiting = {}
        strangers = 0
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                name = self._names.get(id(parameter))
                if name is None:
                    strangers += 1
                    continue
                self._waiting[name] = (self._gradient(name, parameter, scale), _rate(group))
        self.strangers = max(self.strangers, strangers)

    def _gradient(self, name: str, parameter: Any, scale: float) -> float | None:  # noqa: ANN401  a torch tensor
        if parameter.grad is None:
            return None
        if self._vectors:
            gradient = parameter.grad.to_dense() if parameter.grad.is_sparse else parameter.grad
            self.gradients[name] = values(gradient).detach().clone() / scale
            return None
        return norm(parameter.grad) / scale

    def _after(self, _optimizer: Any, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:  # noqa: ANN401
        if self._vectors:
            return
        row: dict[str, Move] = {}
        for name, parameter in self._model().named_parameters():
            gradient, lr = self._waiting.get(name, (None, None))
            if name not in self._waiting and parameter.grad is not None:
                gradient = norm(parameter.grad)
            row[name] = Move(gradient, self._change(name, parameter), lr)
            known = self._known[name]
            self._known[name] = known._replace(
                trainable=known.trainable or parameter.requires_grad,
                optimized=known.optimized or name in self._waiting,
            )
        self._rows.append(row)

    def _change(self, name: str, parameter: Any) -> float:  # noqa: ANN401  a torch tensor
        now = values(parameter).detach()
        before = self._kept[name]
        if now.shape != before.shape:
            return inf
        change = float((now.double() - before.double()).abs().max()) if now.numel() else 0.0
        if change:
            self._kept[name] = now.clone()
        return change

    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters, in the model's order."""
        if not self._known:
            self.start()
        return tuple(self._known.values())

    def rows(self) -> Iterator[tuple[Move, ...]]:
        """One row of moves a step, in the order of the parameters."""
        for row in self._rows:
            yield tuple(row.get(name, Move(None, 0.0, None)) for name in self._known)


def _described(name: str, parameter: Any) -> Parameter:  # noqa: ANN401  a torch tensor
    import torch

    floating = parameter.is_floating_point()
    found = values(parameter).detach()
    return Parameter(
        name=name,
        elements=parameter.numel(),
        dtype=str(parameter.dtype).removeprefix("torch."),
        spacing=float(torch.finfo(parameter.dtype).eps) if floating else 0.0,
        peak=float(found.abs().max()) if floating and found.numel() else 0.0,
        trainable=parameter.requires_grad,
        optimized=False,
    )


def scale_of(optimizer: Any) -> float:  # noqa: ANN401  a torch optimizer
    """What the gradients are still multiplied by: a fused optimizer unscales them inside its step."""
    scale = getattr(optimizer, "grad_scale", None)
    return float(scale) if scale is not None else 1.0


def _rate(group: dict[str, Any]) -> float | None:
    rate = group.get("lr")
    return float(rate) if rate is not None else None
