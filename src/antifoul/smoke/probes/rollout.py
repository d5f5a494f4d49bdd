"""A batch as the program samples it, and the first step on it: what each token's weight is, and what the KL says."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

from antifoul.facts.reinforcement import Rollout
from antifoul.facts.run import ELSEWHERE, Unjudged
from antifoul.facts.targets import Row
from antifoul.smoke.adapters import HfTrainer, Loop, Program
from antifoul.smoke.forms import named_parts
from antifoul.smoke.klslope import kl_slope
from antifoul.smoke.preferring import terms_of
from antifoul.smoke.probes.preference import weights_apart
from antifoul.smoke.quiet import without_dropout
from antifoul.smoke.results import metrics_of, named, number
from antifoul.smoke.trained import is_vocabulary, rows_of_call
from antifoul.smoke.watch import Call, watched
from antifoul.smoke.words import Words

_FLAT = 1e-4


def record(program: Program, _seed: int) -> Rollout | Unjudged:
    """What the first step does, or why none was taken."""
    if program.task != "reinforcement":
        return ELSEWHERE
    if refused := program.refused():
        return refused
    words = Words(program.tokenizer, program.model)
    reference = terms_of(program).reference
    differ = weights_apart(program.model, reference) if reference is not None else ()
    if isinstance(program, HfTrainer):
        calls = program.observed()
        if isinstance(calls, Unjudged):
            return calls
        return _told(_rows(calls), _rows(calls), words)._replace(differ=differ, kl=None)
    if not isinstance(program, Loop):
        return ELSEWHERE
    with program.untouched():
        batch = None if program.feeds_itself() else program.told_batch(8)
    live, result = _stepped(program, batch, still=False)
    with program.untouched(), without_dropout(program.model):
        calm = None if program.feeds_itself() else program.told_batch(8)
    still, _ = _stepped(program, calm, still=True)
    found = _told(live, still, words)
    parts = dict(named_parts(batch)) if batch is not None else {}
    return found._replace(
        kl=_kl(program, batch, result),
        kl_slope=kl_slope(program, batch, reference) if batch is not None and reference is not None else None,
        differ=differ,
        told=tuple(_rewards(program, batch, words)),
        temperature=number(program.get("temperature")),
        tokenwise=any("adv" in name.lower() and _varies(one) for name, one in parts.items()),
    )


def _stepped(program: Loop, batch: Any, *, still: bool) -> tuple[list[Row], Any]:  # noqa: ANN401  a batch
    """The rows that a step trains, and what it gave."""
    quiet = without_dropout(program.model) if still else nullcontext()
    with quiet, program.untouched(), watched({"policy": program.model}) as calls:
        program.zero()
        result = program.one(*([] if batch is None else [batch]))
    return _rows(calls), result


def _rows(calls: list[Call]) -> list[Row]:
    """Of the first optimizer step: no sequence is trained twice in it."""
    found: list[Row] = []
    for call in calls:
        if call.name == "policy" and call.graph and is_vocabulary(call) and call.ids.dim() == 2:
            rows = rows_of_call(call)
            if found and rows and any(row.ids == one.ids for row in rows for one in found if row.targets):
                break  # a second inner step over the same rows
            found += rows
    return found


def _told(live: list[Row], still: list[Row], words: Words) -> Rollout:
    return Rollout(
        weights=tuple(tuple(one.weight for one in row.targets) for row in live if row.targets),
        still=tuple(tuple(one.weight for one in row.targets) for row in still if row.targets),
        after_end=tuple(_after_end(still, words.ends)),
        end_missing=tuple(_end_missing(still, words.ends)),
        kl=None,
        kl_slope=None,
        differ=(),
        told=(),
        temperature=None,
        tokenwise=False,
    )


def _after_end(rows: list[Row], ends: frozenset[int]) -> Iterator[tuple[int, int]]:
    for number_of, row in enumerate(rows):
        first = next((one.at for one in row.targets if one.token in ends), None)
        if first is not None:
            yield from ((number_of, one.at + 1) for one in row.targets if one.at > first)


def _end_missing(rows: list[Row], ends: frozenset[int]) -> Iterator[int]:
    for number_of, row in enumerate(rows):
        if row.targets and not any(one.token in ends for one in row.targets):
            after = row.targets[-1].at + 2
            if after < len(row.ids) and row.ids[after] in ends and row.targets[-1].token not in ends:
                yield number_of


def _kl(program: Loop, batch: Any, result: Any) -> float | None:  # noqa: ANN401  a batch; what a step gives
    """The KL that the first step tells, or the loss function."""
    found = metrics_of(result)
    if not any(_is_kl(name) for name in found) and batch is not None and program.get("compute_loss") is not None:
        with without_dropout(program.model), program.untouched():
            found = metrics_of(program.computed(batch))
    return next((value for name, value in found.items() if _is_kl(name)), None)


def _is_kl(name: str) -> bool:
    low = name.lower()
    return "kl" in low and not any(word in low for word in ("coef", "beta", "target", "approx", "old"))


def _varies(one: Any) -> bool:  # noqa: ANN401  a torch tensor
    """It differs from token to token within a row."""
    if one.dim() != 2 or one.shape[1] < 2 or not one.is_floating_point():
        return False
    return bool((one.max(1)[0] - one.min(1)[0]).max() > _FLAT)


def _rewards(program: Loop, batch: Any, words: Words) -> Iterator[tuple[float, float]]:  # noqa: ANN401  a batch
    """Rewards in the batch beside those of its completions, where it holds both."""
    function = program.get("reward_fn")
    rewards = named(batch, "rewards", "reward", "scores")
    completions = named(batch, "completions", "completion_texts", "responses", "texts")
    prompts = named(batch, "prompts", "prompt_texts", "questions")
    if completions is None and (ids := named(batch, "completion_ids", "response_ids")) is not None:
        completions = [_cut(row, words) for row in ids.tolist()]
    if not callable(function) or rewards is None or not isinstance(completions, list | tuple):
        return
    if not completions or not all(isinstance(one, str) for one in completions):
        return
    if not isinstance(prompts, list | tuple) or len(prompts) != len(completions):
        return
    try:
        wanted = function(list(prompts), list(completions))
        told = rewards.tolist() if hasattr(rewards, "tolist") else list(rewards)
        yield from ((float(one), float(other)) for one, other in zip(told, wanted, strict=True))
    except Exception:  # noqa: BLE001  a guest's function
        return


def _cut(ids: list[int], words: Words) -> str:
    end = next((at for at, one in enumerate(ids) if one in words.ends), len(ids))
    return words.decode(ids[:end])
