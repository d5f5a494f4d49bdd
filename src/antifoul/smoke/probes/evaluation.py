"""Evaluate the same rows in uneven batches, twice: mode, graph, numbers, and what is left behind."""

from typing import Any

from antifoul.facts.evaluation import Evaluation
from antifoul.facts.run import Unjudged
from antifoul.smoke.adapters import Loop, Program
from antifoul.smoke.batches import alike, rows_of, take
from antifoul.smoke.building import told
from antifoul.smoke.quiet import has_dropout
from antifoul.smoke.replay import evaluating
from antifoul.smoke.results import loss_of, named, number
from antifoul.smoke.watch import watched


def record(program: Program, _seed: int) -> Evaluation | Unjudged:
    """What evaluation did, or why it could not be tried."""
    if not isinstance(program, Loop):
        return Unjudged("the Trainer's own loop evaluates")
    evaluate = program.get("evaluate")
    if evaluate is None:
        return Unjudged("no evaluate", "evaluate = lambda batches: ...  # {'eval_loss': ...} of these batches")
    with program.untouched():
        batches = _uneven(program)
    takes = program.wants(evaluate)
    if takes and batches is None:
        return Unjudged("no rows to evaluate", "next_batch = lambda n: ...  # a batch of n rows")
    given = (batches,) if takes else ()
    try:
        return _evaluated(program, lambda: evaluate(*given), batches if takes else None)
    except Exception as problem:  # noqa: BLE001  a guest's function
        return Unjudged(f"evaluate stopped ({told(problem)})", "evaluate = lambda batches: ...  # a list of batches")


def _uneven(program: Loop) -> list[Any] | None:
    """Two batches of different sizes; of rows with equal numbers of targets where there are enough."""
    if not program.has_rows():
        return None
    pool = program.told_batch(12)
    count = rows_of(pool)
    if count is None or count < 3:
        return [pool, program.batch(1)]
    group = alike(pool, count)
    rows = group if len(group) >= 3 else list(range(count))
    cut = min(len(rows) - 1, 5)
    return [take(pool, rows[:cut]), take(pool, rows[cut : cut + 1])]


def _evaluated(program: Loop, evaluate: Any, batches: list[Any] | None) -> Evaluation:  # noqa: ANN401  a call
    model = program.model
    with program.untouched():
        before = {name: one.detach().clone() for name, one in model.named_parameters()}
        model.train()
        with watched({"policy": model}) as calls:
            first = evaluate()
        left = bool(model.training)
        moved = tuple(name for name, one in model.named_parameters() if not bool((one == before[name]).all()))
    with program.untouched():
        model.train()
        again = evaluate()
    one, other = _loss(first), _loss(again)
    return Evaluation(
        training=any(call.training for call in calls),
        dropout=has_dropout(model),
        graph=any(call.graph for call in calls),
        left_training=left,
        moved=moved,
        same=(one if one is not None else 0.0, other if other is not None else 0.0),
        loss=one if batches is not None else None,
        expected=tuple(_expected(program, batches)) if batches is not None and one is not None else (),
    )


def _loss(result: Any) -> float | None:  # noqa: ANN401  what evaluate gives
    found = named(result, "eval_loss", "loss", "val_loss", "eval/loss", "validation_loss")
    return number(found) if found is not None else loss_of(result)


def _expected(program: Loop, batches: list[Any]) -> list[tuple[str, float]]:
    """The program's own loss over these batches, meant in several ways; empty where it has no loss function."""
    if program.get("compute_loss") is None:
        return []
    with program.untouched(), evaluating(program.model):
        losses = [number(program.loss(batch)) for batch in batches]
        counts = [rows_of(batch) or 1 for batch in batches]
        tokens = [_targets(batch) or count for batch, count in zip(batches, counts, strict=True)]
        whole = _joined(program, batches)
    if any(one is None for one in losses):
        return []
    known = [one for one in losses if one is not None]
    found = [
        ("tokens", _mean(known, tokens)),
        ("rows", _mean(known, counts)),
        ("batches", sum(known) / len(known)),
        ("sum", sum(known)),
        ("first batch", known[0]),
        ("last batch", known[-1]),
    ]
    return [*found, ("whole", whole)] if whole is not None else found


def _mean(values: list[float], weights: list[int]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / max(sum(weights), 1)


def _targets(batch: Any) -> int | None:  # noqa: ANN401  a batch of any kind
    from antifoul.smoke.forms import ids_in, labels_in, named_parts  # noqa: PLC0415  a cycle otherwise

    parts = dict(named_parts(batch))
    name = ids_in(parts)
    labels = labels_in(parts, parts[name]) if name else None
    return int((parts[labels][..., 1:] >= 0).sum()) if labels else None


def _joined(program: Loop, batches: list[Any]) -> float | None:
    """The loss of all rows as one batch; None where they do not go into one."""
    import torch

    parts = [one for one in batches if isinstance(one, dict)]
    if len(parts) != len(batches):
        return None
    try:
        whole = {key: torch.cat([one[key] for one in parts]) for key in parts[0]}
        return number(program.loss(whole))
    except Exception:  # noqa: BLE001  tensors of different lengths, or something else than tensors
        return None
