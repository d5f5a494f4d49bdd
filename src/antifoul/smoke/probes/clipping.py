"""One step with a loss that is made very steep: is the gradient at the optimizer's step as long as the clip allows?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.stepping import Clip, Clipping
from antifoul.smoke.adapters import Loop, Program
from antifoul.smoke.quiet import replaced, without_dropout
from antifoul.smoke.recorder import norm, scale_of
from antifoul.smoke.results import named, number

_STEEP = 1e4  # times the loss
_MICRO = 3


class _Events:
    """What happened, in order."""

    def __init__(self, names: dict[int, str]) -> None:
        self.missed: list[tuple[str, float]] = []  # of the first step: what no clip had seen
        self.held = 0
        self._names = names
        self._seen: set[int] = set()
        self.order: list[str] = []
        self.clips: list[Clip] = []
        self.norms: list[float] = []
        self.totals: list[float] = []  # of all gradients, at each optimizer step
        self._clipped: list[Any] = []

    def clip(self, parameters: Any, limit: float, before: float) -> None:  # noqa: ANN401  torch's own
        self._clipped = [parameters] if hasattr(parameters, "grad") else list(parameters)
        self._seen.update(map(id, self._clipped))
        self.order.append("clip")
        self.clips.append(Clip(float(limit), float(before), 1.0))

    def step(self, optimizer: Any, *_args: Any) -> None:  # noqa: ANN401  as torch calls it
        own = [one for group in optimizer.param_groups for one in group["params"]]
        if "step" not in self.order and self._seen:
            pulled = [one for one in own if one.grad is not None]
            self.held += len(pulled)
            self.missed += [
                (self._names.get(id(one), "a tensor that is not the model's"), norm(one.grad))
                for one in pulled
                if id(one) not in self._seen
            ]
        self.order.append("step")
        scale = scale_of(optimizer)
        self.totals.append(_length(own) / scale)
        self.norms.append(_length(self._clipped or own) / scale)


def _length(parameters: list[Any]) -> float:
    return float(sum(norm(one.grad) ** 2 for one in parameters if one.grad is not None) ** 0.5)


def record(program: Program, _seed: int) -> Clipping | Unjudged:
    """The events of a step and the norms at it, or why there is nothing to clip."""
    if refused := program.refused():
        return refused
    names = {id(one): name for name, one in program.model.named_parameters()}
    steep, plain = _Events(names), _Events(names)
    with without_dropout(program.model):
        _drive(program, steep, _STEEP)
        results = _drive(program, plain, 1.0)
    if not steep.clips or all(clip.limit == float("inf") for clip in steep.clips):
        return Unjudged("no gradient is clipped by torch.nn.utils.clip_grad_norm_")
    told = named(results[0], "grad_norm", "gradient_norm", "norm") if results and results[0] is not None else None
    measured = [*(clip.before for clip in plain.clips), *plain.totals, *plain.norms]
    return Clipping(
        tuple(steep.order),
        tuple(steep.clips),
        tuple(steep.norms),
        micro_batches=steep.order.count("backward"),
        reported=number(told) if told is not None else None,
        measured=tuple(measured),
        missed=tuple(sorted((one for one in steep.missed if one[1]), key=lambda one: -one[1])),
        held=steep.held,
    )


def _drive(program: Program, events: _Events, factor: float) -> list[Any]:
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    handle = register_optimizer_step_pre_hook(events.step)
    try:
        with _heard(events, factor):
            if isinstance(program, Loop):
                with program.untouched():
                    program.zero()
                    return program.drive(1, _MICRO)
            program.drive(1, _MICRO)
            return []
    finally:
        handle.remove()


@contextmanager
def _heard(events: _Events, factor: float) -> Iterator[None]:
    """While open, backward is steeper by the factor, and it and clipping are noted."""
    import torch
    from torch.nn.utils import clip_grad

    backward = torch.autograd.backward

    def steeper(tensors: Any, grad_tensors: Any = None, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  torch's own
        events.order.append("backward")
        roots = tensors if isinstance(tensors, list | tuple) else [tensors]
        given = grad_tensors if isinstance(grad_tensors, list | tuple) else [grad_tensors] * len(roots)
        scaled = [
            (torch.full_like(root, factor) if one is None else one * factor)
            for root, one in zip(roots, given, strict=False)
        ]
        return backward(roots, scaled, *args, **kwargs)

    name = "_clip_grads_with_norm_" if hasattr(clip_grad, "_clip_grads_with_norm_") else "clip_grad_norm_"
    clip: Callable[..., Any] = getattr(clip_grad, name)

    def heard(parameters: Any, limit: float, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  as torch's own
        many = [parameters] if hasattr(parameters, "grad") else list(parameters)
        events.clip(many, limit, _length(many))
        return clip(many, limit, *args, **kwargs)

    put = partial(replaced, clip_grad, name, heard)
    with replaced(torch.autograd, "backward", steeper if factor != 1.0 else _noted(backward, events)), put():
        yield


def _noted(backward: Callable[..., Any], events: _Events) -> Callable[..., Any]:
    def note(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  as torch's own
        events.order.append("backward")
        return backward(*args, **kwargs)

    return note
