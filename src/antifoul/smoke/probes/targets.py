"""One training step over the program's own rows: what does each position learn to predict?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.targets import Example, Row, Targets, squashed
from antifoul.smoke.adapters import Program
from antifoul.smoke.batches import IGNORED
from antifoul.smoke.examples import examples_of, fields
from antifoul.smoke.trained import is_vocabulary, rows_of_call, share_understood
from antifoul.smoke.words import Words

_MOST = 16  # rows
_TOLD = 0.9  # share of the trained positions that must be understood


def record(program: Program, _seed: int) -> Targets | Unjudged:
    """The rows of a training step with their targets, or why they could not be read."""
    if not any(parameter.requires_grad for parameter in program.model.parameters()):
        return Unjudged("no parameter of the model is trainable")
    calls = program.observed()
    if isinstance(calls, Unjudged):
        return calls
    own = [call for call in calls if call.name == "policy" and call.graph]
    if not own:
        return Unjudged("the model itself was not called in the step")
    read = [call for call in own if call.spoken is not None or (is_vocabulary(call) and call.gradient is not None)]
    if not read:
        return Unjudged("no gradient reached logits of (rows, positions, vocabulary): a fused loss, or another head")
    if min(map(share_understood, read)) < _TOLD:
        return Unjudged("the loss is no cross entropy over tokens")
    words = Words(program.tokenizer, program.model)
    rows = [row for call in read for row in rows_of_call(call)][:_MOST]
    examples = [one for number, raw in enumerate(program.examples()) for one in examples_of(raw, words, number)]
    told = [_told(row, words) for row in rows]
    marked = dict(filter(None, map(_marked, program.examples())))
    shown = {one for row in rows for one in (*row.ids, *(target.token for target in row.targets))}
    return Targets(
        rows=tuple(row._replace(example=_matching(row, examples), wanted=_wanted(row, marked)) for row in told),
        pieces=words.pieces(shown) if words.tokenizer is not None else {},
        ends=words.ends,
        bos=words.bos,
        pad=words.pad,
        specials=words.specials,
        examples=tuple(examples),
        train_on=program.train_on,
        task=program.task,
        trainer=program.kind,
    )


def _told(row: Row, words: Words) -> Row:
    text = words.decode(row.ids[at] for at in row.real)
    return row._replace(text=text, trained=words.decode(target.token for target in row.targets))


def _matching(row: Row, examples: Iterable[Example]) -> int | None:
    """The example that a row was made of: the longest that is whole in it, or else that it has most of."""
    text, trained = squashed(row.text), squashed(row.trained)
    many = list(examples)
    scores = [_score(text, trained, one) for one in many] if text else []
    best = max(scores, default=0)
    if not best or _is_packed(text, many):
        return None
    return scores.index(best)


def _is_packed(text: str, examples: Sequence[Example]) -> bool:
    """The row holds several examples, one after the other: none of them is the whole of it."""
    spans = sorted({span for one in examples for span in _spans(text, one)}, key=lambda span: span[0] - span[1])
    apart: list[tuple[int, int]] = []
    for start, end in spans:
        if all(end <= first or start >= last for first, last in apart):
            apart.append((start, end))
    return len(apart) > 1


def _spans(text: str, example: Example) -> Iterator[tuple[int, int]]:
    """Where the example stands as a whole: its prompt or its first turn, and the rest of it after that."""
    parts = [one for one in map(squashed, (example.prompt, *example.answers, *example.asked)) if one]
    if not parts or not example.answer or any(one not in text for one in parts):
        return
    opening = min(parts, key=text.find) if example.kind == "messages" else parts[0]
    start = text.find(opening)
    while start >= 0:
        ends = [text.find(one, start) + len(one) if text.find(one, start) >= 0 else -1 for one in parts]
        if example.kind != "messages" and len(parts) > 1:
            at = text.find(parts[-1], start + len(parts[0]))
            ends = [at + len(parts[-1]) if at >= 0 else -1]
        if min(ends) < 0:
            return
        yield start, max(ends)
        start = text.find(opening, max(ends))


def _score(text: str, trained: str, example: Example) -> int:
    prompt, answer = squashed(example.prompt), squashed(example.answer)
    parts = [prompt, *map(squashed, (*example.answers, *example.asked))]
    if answer and all(part in text for part in parts):
        ordered = answer in text[text.find(prompt) + len(prompt) :]  # a prompt may hold another answer
        return (2 + ordered + (trained == answer)) * sum(map(len, parts))
    if prompt and prompt in text:
        return len(prompt) + _begun(text, answer)
    whole = prompt + answer
    return len(text) // 2 if whole.startswith(text) or whole.endswith(text) else 0


def _begun(text: str, answer: str) -> int:
    """How much of the answer's beginning the text ends with."""
    return next((size for size in range(len(answer), 0, -1) if text.endswith(answer[:size])), 0)


def _marked(raw: Any) -> tuple[tuple[int, ...], tuple[int, ...]] | None:  # noqa: ANN401  a row of any kind
    """The token ids of a row that is tokenized already, and the places of those that its labels or masks want."""
    found = fields(raw)
    ids = _plain(found.get("input_ids"))
    if not ids:
        return None
    for name in ("completion_mask", "assistant_masks", "assistant_mask", "loss_mask", "response_mask"):
        mask = _plain(found.get(name))
        if len(mask) == len(ids):
            return ids, tuple(at for at, one in enumerate(mask) if one)
    labels = _plain(found.get("labels"))
    if len(labels) == len(ids) and any(one == IGNORED for one in labels):
        return ids, tuple(at for at, one in enumerate(labels) if one != IGNORED)
    return None


def _plain(values: Any) -> tuple[int, ...]:  # noqa: ANN401  a field of a row
    values = values.tolist() if hasattr(values, "tolist") else values
    if not isinstance(values, list | tuple) or not all(isinstance(one, int) for one in values):
        return ()
    return tuple(int(one) for one in values)


def _wanted(row: Row, marked: Mapping[tuple[int, ...], tuple[int, ...]]) -> tuple[int, ...] | None:
    """The places in the row that its own marks want, None where the row is none of those."""
    places = row.real
    ids = tuple(row.ids[at] for at in places)
    found = marked.get(ids)
    return tuple(places[at] for at in found) if found is not None else None
