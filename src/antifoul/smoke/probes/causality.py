"""Tokens are replaced from a position on: do the logits before it change?"""

from typing import Any

from antifoul.facts.forward import Causality, Change
from antifoul.facts.run import Unjudged
from antifoul.smoke.adapters import Program
from antifoul.smoke.replay import evaluating, first_call, others, replayed, steady, tolerance_of
from antifoul.smoke.trained import rows_of_call

_CUTS = (0.3, 0.55, 0.8)


def record(program: Program, _seed: int) -> Causality | Unjudged:
    """How far logits moved before the first replaced token, or why it could not be tried."""
    call = first_call(program)
    if isinstance(call, Unjudged):
        return call
    rows = rows_of_call(call)
    targets = [target for row in rows for target in row.targets]
    if targets and all(t.at < len(r.ids) and r.ids[t.at] != t.token for r in rows for t in r.targets):
        seen = {r.ids[t.at] for r in rows for t in r.targets}
        if len(seen) == 1 and len({t.token for t in targets}) > 1:
            return Unjudged("the loss is over masked words, not over next tokens")
    starts = min((row.targets[0].at for row in rows if row.targets), default=0)
    length = int(call.ids.shape[1])
    cuts = sorted({starts + 1 + int(share * (length - starts - 1)) for share in _CUTS})
    with evaluating(program.model):
        before = steady(program.model, call)
        if isinstance(before, Unjudged):
            return before
        changes = [_cut(program.model, call, before, cut) for cut in cuts if 0 < cut < length]
    found = tuple(one for one in changes if one is not None)
    return Causality(found, tolerance_of(call)) if found else Unjudged("the rows are too short")


def _cut(model: Any, call: Any, before: Any, cut: int) -> Change | None:  # noqa: ANN401  torch's own
    ids = call.ids.clone()
    ids[:, cut:] = others(call.ids)[:, cut:]
    after = replayed(model, call, lambda one: ids if one is call.ids else one)
    if after is None or after.shape != before.shape or bool((ids == call.ids).all()):
        return None
    moved = (after[:, :cut] - before[:, :cut]).double().abs().amax(-1)  # (B, cut)
    if call.mask is not None and call.mask.shape == call.ids.shape:
        moved = moved * (call.mask[:, :cut] != 0)
    scale = float(before.double().abs().max())
    worst = int(moved.argmax())
    row, at = divmod(worst, cut)
    return Change(row, at, float(moved.max()), scale, changed=cut)
