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
    """The gradient of a step beside that of the next one, over the same batches and from the same weights."""
    if not loop.stage.pulled:
        return Unjudged("the script's batches do not come from a torch DataLoader, so that no step can be repeated")
    steps = [Steps(lambda: loop.model, vectors=True) for _ in range(2)]
    seen: list[list[Any]] = []
    with held_still(loop.model, set()), loop.untouched(), loop.mirrored():
        loop.zero()
        for one in steps:
            with loop.untouched(gradients=False), watched({"policy": loop.model}) as calls, one:
                loop.stage.advance()
            seen.append([call.ids for call in calls if call.graph and call.ids is not None])
    first, second = (dict(one.gradients) for one in steps)
    if not first or not second:
        return Unjudged("no gradient was seen at the script's optimizer step")
    if len(seen[0]) != len(seen[1]) or not all(map(_same, *seen)):
        return Unjudged("the script's loader reads ahead, so that no step can be repeated")
    return compared(first, {"whole": first, "again": second}, (max(len(seen[0]), 1), 1, False))


def _same(left: Any, right: Any) -> bool:  # noqa: ANN401  torch tensors
    return bool(left.shape == right.shape and (left == right).all())


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
    total = sum(map(sum, weights))
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
