"""Recordings that a script needs made in another way: it cannot be given rows."""

from math import isfinite
from typing import Any

from antifoul.facts.accumulation import Accumulation, Trial
from antifoul.facts.run import Unjudged
from antifoul.smoke.probes.accumulation import compared
from antifoul.smoke.quiet import held_still
from antifoul.smoke.recorder import Steps
from antifoul.smoke.script.loop import ScriptLoop
from antifoul.smoke.trained import share_understood, targets_of
from antifoul.smoke.watch import Call, watched

_EVEN = 0.02
_NEAR = 0.05


def reset(loop: ScriptLoop, _seed: int) -> Trial | Unjudged:
    """The gradient of a step, beside what it would be once more on top of what the script leaves of it.

    What is left is looked at where the next step's first backward begins: the script has reset by then, if it does.
    """
    step = Steps(lambda: loop.model, vectors=True)
    with held_still(loop.model, set()), loop.untouched():
        loop.zero()
        with loop.untouched(gradients=False), watched({"policy": loop.model}) as calls, step:
            loop.stage.advance()
        parts = _Parts(loop.model)
        with loop.stage.around_backward(parts.hear):
            loop.stage.advance()
    first, left = dict(step.gradients), parts.first
    if not first:
        return Unjudged("no gradient was seen at the script's optimizer step")
    again = {name: one + left[name] if name in left else one for name, one in first.items()}
    micros = sum(1 for call in calls if call.graph)
    return compared(first, {"whole": first, "again": again}, (max(micros, 1), 1, False))


def _gradients(model: Any) -> dict[str, Any]:  # noqa: ANN401  a torch module
    named = model.named_parameters()
    return {name: one.grad.detach().clone() for name, one in named if one.grad is not None and not one.grad.is_sparse}


class _Parts:
    """What each backward of a step adds to the gradients, and what was there before the first."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401  a torch module
        self._model = model
        self._before: dict[str, Any] = {}
        self.first: dict[str, Any] = {}
        self.added: list[dict[str, Any]] = []

    def hear(self, moment: str) -> None:
        """Look at the gradients before and after a backward."""
        now = _gradients(self._model)
        if moment == "before":
            self._before = now
            self.first = now if not self.added else self.first
        else:
            self.added.append({name: one - self._before.get(name, 0) for name, one in now.items()})


def accumulation(loop: ScriptLoop, _seed: int) -> Accumulation | Unjudged:
    """The gradient at the script's step, beside what its micro-batches are worth as one batch.

    How much each weighs is told by the gradient that its loss sends to the logits: the targets of a mean weigh 1
    together, however they are cut, and those of losses that are not divided as much as there are micro-batches.
    """
    step, parts = Steps(lambda: loop.model, vectors=True), _Parts(loop.model)
    around = loop.stage.around_backward(parts.hear)
    with held_still(loop.model, set()), loop.untouched(), watched({"policy": loop.model}) as calls, around, step:
        loop.zero()
        loop.stage.advance()
    micros = [call for call in calls if call.graph and call.gradient is not None]
    if len(parts.added) < 2:
        return Unjudged("a step of the script has one micro-batch", "accumulation of 2 or more, in its own arguments")
    if len(micros) != len(parts.added) or min(map(share_understood, micros)) < 1 - _EVEN:
        return Unjudged("the loss is no cross entropy over tokens, so that micro-batches cannot be weighed")
    weights = [sum(_weights(call)) / _scale(loop) for call in micros]
    if not all(weights) or not all(map(isfinite, weights)):
        return Unjudged("a micro-batch has no targets")
    count, total = len(micros), sum(weights)
    if not any(abs(total - right) < _NEAR * right for right in (1.0, float(count), 1.0 / count)):
        return Unjudged(f"the targets of a step weigh {total:.3g} together: the loss is no mean over its targets")
    summed = {name: sum(one[name] for one in parts.added if name in one) for name in parts.added[0]}
    references = {
        "whole": {name: one / total for name, one in _unscaled(summed, loop).items()},
        "last": {name: one / weights[-1] for name, one in _unscaled(parts.added[-1], loop).items()},
        "first": {name: one / weights[0] for name, one in _unscaled(parts.added[0], loop).items()},
    }
    rows = sum(int(call.ids.shape[0]) if call.ids.dim() > 1 else 1 for call in micros)
    trial = compared(dict(step.gradients), references, (count, rows, False))
    if not isfinite(trial.norm) or not trial.norm:
        return Unjudged("the gradient at the script's optimizer step is zero or not finite")
    return Accumulation((trial,), "float32", trainer=False)


def _scale(loop: ScriptLoop) -> float:
    """What a loss scaler multiplies the loss by."""
    scaler = loop.get("scaler")
    return float(scaler.get_scale()) if scaler is not None and scaler.is_enabled() else 1.0


def _unscaled(gradients: dict[str, Any], loop: ScriptLoop) -> dict[str, Any]:
    return {name: one / _scale(loop) for name, one in gradients.items()}


def _weights(call: Call) -> list[float]:
    return [target.weight for row in targets_of(call) for target in row]


OWN = {"reset": reset, "accumulation": accumulation}
