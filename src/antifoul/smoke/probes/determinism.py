"""The same call twice in evaluation mode: are the logits the same?"""

from antifoul.facts.forward import Change, Determinism
from antifoul.facts.run import Unjudged
from antifoul.smoke.adapters import Program
from antifoul.smoke.replay import evaluating, replayed, tolerance_of


def record(program: Program, _seed: int) -> Determinism | Unjudged:
    """How far the logits of a second call are from those of the first, or why it was not made."""
    calls = program.observed()
    if isinstance(calls, Unjudged):
        return calls
    plain = [one for one in calls if one.name == "policy" and one.kwargs.get("past_key_values") is None]
    call = next((one for one in plain if one.graph), next(iter(plain), None))
    if call is None:
        return Unjudged("the step does not call the model itself")
    with evaluating(program.model):
        first = replayed(program.model, call, lambda one: one)
        again = replayed(program.model, call, lambda one: one)
    if first is None or again is None or first.shape != again.shape:
        return Unjudged("the model cannot be called once more by itself")
    apart = (first - again).double().abs().reshape(first.shape[0], -1)
    worst = int(apart.argmax())
    change = Change(worst // apart.shape[1], -1, float(apart.max()), float(first.double().abs().max()))
    return Determinism((change,), min(tolerance_of(call), 1e-4))
