"""Rows of a reward model: which position is scored, what padding does to the score, and which way it is pushed."""

from typing import Any

from antifoul.facts.run import ELSEWHERE, Unjudged
from antifoul.facts.scores import Score, Scores
from antifoul.facts.targets import squashed
from antifoul.smoke.adapters import HfTrainer, Loop, Program
from antifoul.smoke.batches import rows_of
from antifoul.smoke.examples import examples_of
from antifoul.smoke.forms import named_parts
from antifoul.smoke.probes.padding import real_spans
from antifoul.smoke.quiet import without_dropout
from antifoul.smoke.replay import cropped, evaluating, replayed
from antifoul.smoke.results import metrics_of
from antifoul.smoke.watch import Call
from antifoul.smoke.words import Words

_STEPS = 6


def record(program: Program, _seed: int) -> Scores | Unjudged:
    """The scores of a batch, or why there are none."""
    if program.task != "reward":
        return ELSEWHERE
    if refused := program.refused():
        return refused
    calls = program.observed()
    if isinstance(calls, Unjudged):
        return calls
    own = [call for call in calls if call.name == "policy" and call.graph and _scores(call) is not None]
    if not own:
        return Unjudged("the model gives no score a row")
    words = Words(program.tokenizer, program.model)
    named = _named(program)
    rows = [score for call in own for score in _rows(program, call, words, named)]
    accuracy, wanted, margins = _learnt(program, own, [row.kind for row in rows])
    return Scores(tuple(rows), accuracy, wanted, _frozen(program.model), margins)


def _frozen(model: Any) -> tuple[str, ...]:  # noqa: ANN401  a torch module
    """The parameters of what makes one number of a hidden state, where it has some and trains none."""
    import torch

    heads = [
        (f"{name}.{part}", one)
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and module.out_features == 1
        for part, one in module.named_parameters()
    ]
    return () if any(one.requires_grad for _, one in heads) else tuple(name for name, _ in heads)


def _scores(call: Call) -> Any:  # noqa: ANN401  a torch tensor or None
    """One score a row, (B,)."""
    found = call.outputs.get("root")
    if found is None or call.ids is None or call.ids.dim() != 2 or found.shape[0] != call.ids.shape[0]:
        return None
    if found.dim() == 1:
        return found
    return found[:, 0] if found.dim() == 2 and found.shape[1] == 1 else None


def _rows(program: Program, call: Call, words: Words, named: dict[tuple[int, ...], str]) -> list[Score]:
    scores = _scores(call)
    spans = real_spans(call, words)
    gradient = call.gradients.get("root")
    slopes = gradient.reshape(scores.shape[0], -1).sum(1).tolist() if gradient is not None else [0.0] * len(scores)
    places = _places(call)
    found = []
    for row, ids in enumerate(call.ids.tolist()):
        start, end = spans.get(row, (0, len(ids)))
        text = words.decode(ids[start:end])
        kind = _kind(squashed(text), program, words) or named.get(tuple(ids[start:end]), "")
        alone = None
        if (start, end) != (0, len(ids)):
            with evaluating(program.model):
                whole = replayed(program.model, call, lambda one: one)
                single = replayed(program.model, call, cropped(call, row, start, end))
            alone = float(single.flatten()[0]) if single is not None and single.numel() == 1 else None
            given = float(whole.reshape(len(call.ids), -1)[row, 0]) if whole is not None else float(scores[row])
        else:
            given = float(scores[row])
        found.append(Score(kind, text, float(slopes[row]), places[row], end - 1, given, alone))
    return found


def _places(call: Call) -> list[int | None]:
    """The position of each row whose score got a gradient: known where a head scores every position."""
    gradient = call.gradients.get("head")
    rows, length = call.ids.shape
    if gradient is None or gradient.dim() < 2 or tuple(gradient.shape[:2]) != (rows, length):
        return [None] * rows
    sizes = gradient.reshape(rows, length, -1).abs().sum(-1)
    found: list[int | None] = []
    for row in sizes:
        loud = (row > 1e-6 * row.max().clamp(min=1e-30)).nonzero()[:, 0].tolist() if float(row.max()) else []
        found.append(int(loud[0]) if len(loud) == 1 else None)
    return found


def _kind(text: str, program: Program, words: Words) -> str:
    """Whether a row is a chosen or a rejected answer of the examples; "" where it is neither, or both."""
    best: dict[str, int] = {}
    for number, raw in enumerate(program.examples()):
        for one in examples_of(raw, words, number):
            prompt, answer = squashed(one.prompt), squashed(one.answer)
            if answer and prompt in text and answer in text[text.find(prompt) + len(prompt) :]:
                best[one.kind] = max(best.get(one.kind, 0), len(prompt) + 2 * len(answer))
    kinds = {kind for kind, size in best.items() if size == max(best.values())}
    return kinds.pop() if len(kinds) == 1 else ""


def _named(program: Program) -> dict[tuple[int, ...], str]:
    """Rows of a batch by what their part is called, where the examples do not tell."""
    if not isinstance(program, Loop) or program.feeds_itself():
        return {}
    with program.untouched():
        batch = program.told_batch(8)
    found: dict[tuple[int, ...], str] = {}
    for name, one in named_parts(batch):
        kind = next((kind for kind in ("chosen", "rejected") if kind in name.lower()), "")
        if kind and one.dim() == 2 and not one.is_floating_point() and rows_of(one) and bool((one > 1).any()):
            found |= {tuple(row): kind for row in one.tolist()}
    return found


def _learnt(
    program: Program, calls: list[Call], kinds: list[str]
) -> tuple[float | None, float | None, tuple[float, float] | None]:
    """The accuracy after a few steps on one batch, as told and as it is, and the margins before and after."""
    if isinstance(program, HfTrainer) or not isinstance(program, Loop) or program.feeds_itself():
        return None, None, None
    if kinds.count("chosen") != kinds.count("rejected") or not kinds.count("chosen"):
        return None, None, None
    before = _means(program, calls, kinds)
    with program.untouched(), without_dropout(program.model):
        batch = program.told_batch(8)
        for _ in range(_STEPS):
            program.one(batch)
        after = _means(program, calls, kinds)
        told = metrics_of(program.computed(batch)) if program.get("compute_loss") is not None else {}
        told = told or metrics_of(program.one(batch))
        told = told if any("acc" in name.lower() for name in told) else _evaluated(program, batch)
    accuracy = next((value for name, value in told.items() if "acc" in name.lower()), None)
    if before is None or after is None:
        return accuracy, None, None
    chosen, rejected = after
    wanted = sum(one > other for one, other in zip(chosen, rejected, strict=True)) / len(chosen)
    return accuracy, wanted, (_mean(before), _mean(after))


def _evaluated(program: Loop, batch: Any) -> dict[str, float]:  # noqa: ANN401  a batch
    """What the program's evaluation tells of the batch."""
    evaluate = program.get("evaluate")
    if evaluate is None or not program.wants(evaluate):
        return {}
    try:
        return metrics_of(evaluate([batch]))
    except Exception:  # noqa: BLE001  a guest's function
        return {}


def _mean(pair: tuple[list[float], list[float]]) -> float:
    return sum(pair[0]) / len(pair[0]) - sum(pair[1]) / len(pair[1])


def _means(program: Loop, calls: list[Call], kinds: list[str]) -> tuple[list[float], list[float]] | None:
    """The scores of chosen and of rejected rows now."""
    found: list[float] = []
    for call in calls:
        with evaluating(program.model):
            now = replayed(program.model, call, lambda one: one)
        if now is None:
            return None
        found += now.reshape(len(call.ids), -1)[:, 0].tolist()
    chosen = [value for value, kind in zip(found, kinds, strict=True) if kind == "chosen"]
    return chosen, [value for value, kind in zip(found, kinds, strict=True) if kind == "rejected"]
