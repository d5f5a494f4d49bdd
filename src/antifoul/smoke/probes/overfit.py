"""Steps on one and the same batch: does its loss fall, and do the steps go downhill?"""

from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.stepping import Overfit
from antifoul.smoke.adapters import Program
from antifoul.smoke.quiet import without_dropout
from antifoul.smoke.recorder import values

_STEPS = 25


class _Slopes:
    """The cosine between the gradient at each optimizer step and the way that the weights then go."""

    def __init__(self) -> None:
        self.found: list[float] = []
        self.rates: list[float] = []
        self.promised = 0.0
        self._before: list[tuple[Any, Any, Any]] = []

    def before(self, optimizer: Any, *_args: Any) -> None:  # noqa: ANN401  as torch calls it
        held = [one for group in optimizer.param_groups for one in group["params"] if one.grad is not None]
        self.rates.append(max((float(group.get("lr") or 0.0) for group in optimizer.param_groups), default=0.0))
        self._before = [
            (one, values(one).detach().clone(), values(one.grad).detach().clone())
            for one in held
            if not one.grad.is_sparse
        ]

    def after(self, _optimizer: Any, *_args: Any) -> None:  # noqa: ANN401  as torch calls it
        dot = far = steep = 0.0
        for one, was, gradient in self._before:
            move = (values(one).detach() - was).double()
            dot += float((move * gradient.double()).sum())
            far += float(move.pow(2).sum())
            steep += float(gradient.double().pow(2).sum())
        self.promised -= dot
        self.found.append(dot / (far * steep) ** 0.5 if far and steep else 0.0)


def record(program: Program, _seed: int) -> Overfit | Unjudged:
    """The losses of steps on one batch, or why they were not taken."""
    from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

    if refused := program.refused():
        return refused
    if program.task == "reinforcement":
        return Unjudged("the loss of sampled answers does not have to fall")
    if program.samples:
        return Unjudged("the trainer makes its own rows, so that no batch comes twice")
    slopes = _Slopes()
    handles = [register_optimizer_step_pre_hook(slopes.before), register_optimizer_step_post_hook(slopes.after)]
    try:
        with without_dropout(program.model):
            losses = program.repeat(_STEPS)
    finally:
        for handle in handles:
            handle.remove()
    if len(losses) < 2:
        return Unjudged("the step gives no loss", 'return {"loss": ...}  # from train_step')
    return Overfit(tuple(losses), tuple(slopes.found), tuple(slopes.rates), slopes.promised)
