"""Rows that hold several documents: does one see another, and is it as if it stood alone?"""

from itertools import pairwise
from typing import Any

from antifoul.facts.forward import Change, Packing
from antifoul.facts.run import Unjudged
from antifoul.smoke.adapters import Program
from antifoul.smoke.replay import cropped, evaluating, first_call, others, replayed, steady, tolerance_of
from antifoul.smoke.trained import rows_of_call
from antifoul.smoke.watch import Call

_NONE = Unjudged("no row holds several documents, as far as positions, segments or the mask tell")
_SEGMENTS = ("seg", "doc", "seq_id", "sequence_id", "sample_id", "document", "pack")


def record(program: Program, _seed: int) -> Packing | Unjudged:
    """What a document's logits depend on, or why no row is packed."""
    call = first_call(program)
    if isinstance(call, Unjudged):
        return call
    sources, documents = _documents(call)
    if not documents:
        return _NONE
    leaks, alone = [], []
    with evaluating(program.model):
        whole = steady(program.model, call)
        if isinstance(whole, Unjudged):
            return whole
        for row, spans in list(documents.items())[:2]:
            leaks += [_leak(program.model, call, whole, row, pair) for pair in pairwise(spans[:4])]
            alone += [_alone(program.model, call, whole, row, span) for span in spans[1:4]]
    return Packing(
        sources=sources,
        leaks=tuple(one for one in leaks if one is not None),
        alone=tuple(one for one in alone if one is not None),
        crossing=tuple(_crossing(call, documents)),
        tolerance=tolerance_of(call),
    )


def _documents(call: Call) -> tuple[str, dict[int, list[tuple[int, int]]]]:
    """Of each packed row the spans of its documents, and what told them."""
    for name, one in call.parts.items():
        if one is call.ids or one.shape != call.ids.shape or one.is_floating_point():
            continue
        low = name.lower()
        if low.startswith("pos") and (found := _spans(call, one, _restarts)):
            return "positions", found
        named = any(word in low for word in _SEGMENTS) or ("mask" in low and int(one.max()) > 1)
        if named and (found := _spans(call, one, _steps)):
            return "segments", found
    for one in call.parts.values():
        length = call.ids.shape[1]
        if one.dim() >= 3 and tuple(one.shape[-2:]) == (length, length) and one.shape[0] == call.ids.shape[0]:
            seen = one if one.dim() == 3 else one[:, 0]
            allowed = seen > -1 if seen.is_floating_point() and bool((seen < 0).any()) else seen != 0
            if found := _spans(call, allowed, _blocks):
                return "mask", found
    return "", {}


def _spans(call: Call, marks: Any, split: Any) -> dict[int, list[tuple[int, int]]]:  # noqa: ANN401  torch's own
    found = {}
    for row in range(call.ids.shape[0]):
        length = int(call.ids.shape[1])
        real = call.mask[row].tolist() if call.mask is not None and call.mask.shape == call.ids.shape else [1] * length
        starts = split(marks[row], length)
        bounds = [0, *starts, length]
        spans = [(one, other) for one, other in pairwise(bounds) if other - one > 1 and all(real[one:other])]
        if len(spans) > 1:
            found[row] = spans
    return found


def _restarts(positions: Any, length: int) -> list[int]:  # noqa: ANN401  a torch tensor
    """Where positions start again at their beginning, after a document that is longer than one token."""
    values = positions.tolist()
    return [at for at in range(1, length) if values[at] <= values[at - 1] and values[at] in {0, 1}]


def _steps(segments: Any, length: int) -> list[int]:  # noqa: ANN401  a torch tensor
    values = segments.tolist()
    return [at for at in range(1, length) if values[at] != values[at - 1]]


def _blocks(allowed: Any, length: int) -> list[int]:  # noqa: ANN401  a torch tensor
    """Where a row of the mask no longer allows the position before it."""
    return [at for at in range(1, length) if not bool(allowed[at, at - 1]) and bool(allowed[at, at])]


def _leak(
    model: Any,  # noqa: ANN401  torch's own
    call: Call,
    whole: Any,  # noqa: ANN401  torch's own
    row: int,
    pair: tuple[tuple[int, int], tuple[int, int]],
) -> Change | None:
    (first, end), (start, stop) = pair
    ids = call.ids.clone()
    ids[row, first:end] = others(call.ids)[row, first:end]
    after = replayed(model, call, lambda one: ids if one is call.ids else one)
    if after is None or after.shape != whole.shape:
        return None
    return _moved(after[row, start:stop], whole[row, start:stop], (row, start, first))


def _alone(model: Any, call: Call, whole: Any, row: int, span: tuple[int, int]) -> Change | None:  # noqa: ANN401
    start, end = span
    crop = cropped(call, row, start, end)
    places = call.positions
    if places is not None and places.dim() == 2 and places.shape[-1] == call.ids.shape[1]:
        own = places[row if places.shape[0] > 1 else 0]
        late = own[start] - own[0]  # every document begins where the row's first one does
        found = replayed(model, call, lambda one: crop(one) - late if one is places else crop(one))
    else:
        found = replayed(model, call, crop)
    if found is None or found.shape[1] != end - start:
        return None
    return _moved(found[0], whole[row, start:end], (row, start, -1))


def _moved(after: Any, before: Any, place: tuple[int, int, int]) -> Change:  # noqa: ANN401  torch tensors
    apart = (after - before).double().abs().amax(-1)
    row, start, changed = place
    return Change(row, start + int(apart.argmax()), float(apart.max()), float(before.double().abs().max()), changed)


def _crossing(call: Call, documents: dict[int, list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Targets at the last position of a document: the first token of the next one."""
    rows = rows_of_call(call)
    found = []
    for row, spans in documents.items():
        lasts = {end - 1 for _, end in spans[:-1]}
        found += [(row, one.at) for one in rows[row].targets if one.at in lasts]
    return found
