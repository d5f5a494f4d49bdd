"""Rows with their padding, beside the same rows without: are the logits of the real tokens the same, and the loss?"""

from typing import Any

from antifoul.facts.forward import Change, Padding
from antifoul.facts.run import Unjudged
from antifoul.smoke.adapters import Loop, Program
from antifoul.smoke.batches import is_tensor, rows_of, take
from antifoul.smoke.forms import ids_in, mask_in, named_parts
from antifoul.smoke.replay import changed_in, cropped, evaluating, first_call, replayed, steady, tolerance_of
from antifoul.smoke.watch import Call
from antifoul.smoke.words import Words

_NONE = Unjudged("no row is padded", "examples of different lengths, with a tokenizer that has a pad token")


def record(program: Program, _seed: int) -> Padding | Unjudged:
    """Logits and losses with and without padding, or why there is nothing to compare."""
    call = first_call(program)
    if isinstance(call, Unjudged):
        return call
    spans = real_spans(call, Words(program.tokenizer, program.model))
    length = int(call.ids.shape[1])
    padded = {row: span for row, span in spans.items() if span != (0, length)}
    if not padded:
        return _NONE
    left = any(start > 0 for start, _ in padded.values())
    with evaluating(program.model):
        whole = steady(program.model, call)
        if isinstance(whole, Unjudged):
            return whole
        changes = [_alone(program.model, call, whole, row, span) for row, span in list(padded.items())[:4]]
    return Padding(
        side="left" if left else "right",
        changes=tuple(one for one in changes if one is not None),
        losses=tuple(_losses(program)),
        masked=call.mask is not None,
        covered=call.mask is not None and all(_covers(call.mask[row], span) for row, span in padded.items()),
        positions=call.positions is not None,
        tolerance=tolerance_of(call),
    )


def real_spans(call: Call, words: Words) -> dict[int, tuple[int, int]]:
    """The first real position of each row and the one after its last: by the mask, and by runs of the pad token.

    A trailing run of a pad token that is also the end of sequence keeps its first one. Rows without a real token, or
    with a gap, are left out.
    """
    found = {}
    for row, ids in enumerate(call.ids.tolist()):
        start, end = 0, len(ids)
        if call.mask is not None:
            real = [at for at, one in enumerate(call.mask[row].tolist()) if one]
            if not real or real[-1] - real[0] + 1 != len(real):
                continue
            start, end = real[0], real[-1] + 1
        if words.pad is not None and words.pad not in words.ends:
            while end > start and ids[end - 1] == words.pad:
                end -= 1
            while start < end and ids[start] == words.pad:
                start += 1
        if end - start > 1:
            found[row] = start, end
    return found


def _covers(mask: Any, span: tuple[int, int]) -> bool:  # noqa: ANN401  a torch tensor
    return not bool(mask[: span[0]].any()) and not bool(mask[span[1] :].any())


def _alone(model: Any, call: Call, whole: Any, row: int, span: tuple[int, int]) -> Change | None:  # noqa: ANN401
    start, end = span
    alone = replayed(model, call, cropped(call, row, start, end))
    beside = whole[row : row + 1, start:end]
    if alone is None or alone.shape != beside.shape:
        return None
    moved = (alone - beside).double().abs().amax(-1)[0]
    return Change(row, start + int(moved.argmax()), float(moved.max()), float(beside.double().abs().max()))


def _losses(program: Program) -> list[tuple[float, float]]:
    """The program's own loss of each padded row, and of the same row without its padding."""
    if not isinstance(program, Loop) or program.task != "sft" or program.get("compute_loss") is None:
        return []
    batch = program.told_batch(8)
    parts = dict(named_parts(batch))
    name = ids_in(parts)
    if name is None or rows_of(batch) is None or parts[name].dim() != 2:
        return []
    ids = parts[name]
    mask = mask_in(parts, ids)
    call = Call(
        "batch",
        program.model,
        program.model,
        ((), {"input_ids": ids, **({"attention_mask": parts[mask]} if mask else {})}),
    )
    found = []
    for row, (start, end) in list(real_spans(call, Words(program.tokenizer, program.model)).items())[:4]:
        if (start, end) == (0, int(ids.shape[1])):
            continue
        one = take(batch, [row])
        with evaluating(program.model):
            pair = [_loss(program, one), _loss(program, _without(one, start, end, int(ids.shape[1])))]
        if None not in pair:
            found.append((float(pair[0] or 0.0), float(pair[1] or 0.0)))
    return found


def _without(batch: Any, start: int, end: int, length: int) -> Any:  # noqa: ANN401  a batch of any kind
    def crop(one: Any) -> Any:  # noqa: ANN401  a torch tensor
        if not is_tensor(one) or one.dim() < 2 or one.shape[-1] != length:
            return one
        square = one.dim() >= 3 and one.shape[-2] == length
        return one[..., start:end, start:end] if square else one[..., start:end]

    return changed_in(batch, crop)


def _loss(program: Loop, batch: Any) -> float | None:  # noqa: ANN401  a batch of any kind
    try:
        return float(program.loss(batch))
    except Exception:  # noqa: BLE001  a guest's function: it may want its own length
        return None
