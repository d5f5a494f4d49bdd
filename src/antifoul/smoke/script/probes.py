"""Recordings that a script needs made in another way: it cannot be given rows."""

from math import isfinite
from typing import Any

from antifoul.facts.accumulation import Accumulation, Reference, Trial
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
        left: dict[str, Any] = {}
        with loop.stage.before_backward(lambda: left.update(_gradients(loop.model))):
            loop.stage.advance()
    first = dict(step.gradients)
    if not first:
        return Unjudged("no gradient was seen at the script's optimizer step")
    again = {name: one + left[name] if name in left else one for name, one in first.items()}
    micros = sum(1 for call in calls if call.graph)
    return compared(first, {"whole": first, "again": again}, (max(micros, 1), 1, False))


def _gradients(model: Any) -> dict[str, Any]:  # noqa: ANN401  a torch module
    named = model.named_parameters()
    return {name: one.grad.detach().clone() for name, one in named if one.grad is not None and not one.grad.is_sparse}


def accumulation(loop: ScriptLoop, _seed: int) -> Accumulation | Unjudged:
    """What all micro-batches of a step weigh together, in the gradient that each sends to the logits.

    A mean over targets weighs 1 in all, however it is cut; one that is not divided weighs as much as there are
    micro-batches.
    """
    steps = Steps(lambda: loop.model, vectors=True)
    with held_still(loop.model, set()), loop.untouched(), watched({"policy": loop.model}) as calls, steps:
        loop.zero()
        loop.stage.advance()
    micros = [call for call in calls if call.graph and call.gradient is not None]
    if len(micros) < 2:
        return Unjudged("a step of the script has one micro-batch", "accumulation of 2 or more, in its own arguments")
    if min(map(share_understood, micros)) < 1 - _EVEN:
        return Unjudged("the loss is no cross entropy over tokens, so that micro-batches cannot be weighed")
    weights = [_weights(call) for call in micros]
    if not all(weights):
        return Unjudged("a micro-batch has no targets")
    scaler = loop.get("scaler")
    scale = float(scaler.get_scale()) if scaler is not None and scaler.is_enabled() else 1.0
    total = sum(map(sum, weights)) / scale
    norm = float(sum(float(one.double().pow(2).sum()) for one in steps.gradients.values())) ** 0.5
    if not isfinite(norm) or not norm or not isfinite(total):
        return Unjudged("the gradient at the script's optimizer step is zero or not finite")
    count = len(micros)
    if not any(abs(total - right) < _NEAR * right for right in (1.0, float(count), 1.0 / count)):
        return Unjudged(f"the targets of a step weigh {total:.3g} together: the loss is no mean over its targets")
    whole = Reference("whole", norm / total, norm * norm / total)
    rows = sum(int(call.ids.shape[0]) if call.ids.dim() > 1 else 1 for call in micros)
    return Accumulation((Trial(count, rows, copies=False, norm=norm, references=(whole,)),), "float32", trainer=False)


def _weights(call: Call) -> list[float]:
    return [target.weight for row in targets_of(call) for target in row]


OWN = {"reset": reset, "accumulation": accumulation}
