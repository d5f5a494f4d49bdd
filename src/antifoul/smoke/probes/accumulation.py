"""One optimizer step over the same rows, once as micro-batches and once as one batch: their gradients compared."""

import math
from typing import Any, Protocol

from antifoul.facts.accumulation import Accumulation, Reference, Trial
from antifoul.facts.run import Unjudged
from antifoul.smoke.adapters import HfTrainer, Loop
from antifoul.smoke.lightning import is_module
from antifoul.smoke.passes import LoopRows, Pass, Refused, TrainerRows

_SHOWN = 3
_PARTS = 4  # micro-batches, unless the loop divides by a number of its own
_ONE_SIZE = 0.9999  # cosine


class Rows(Protocol):
    """Rows of a program that can be passed through one optimizer step."""

    count: int  # how many micro-batches to cut them into
    divisor: int  # what the loop divides a loss by, whatever it is given; 1: nothing
    ordered: bool  # the micro-batches hold the rows in the order that they are given in

    def group(self) -> list[int]:
        """The rows that are alike."""

    def mixed(self) -> list[int]:
        """Rows of which neighbours have different numbers of targets; empty where all are alike."""

    def run(self, rows: list[int], parts: int, seed: int) -> Pass:
        """One optimizer step over these rows in so many micro-batches."""

    def loss_gradient(self, rows: list[int], seed: int) -> dict[str, Any]:
        """The gradient of the program's own loss of these rows as one batch; empty if it has none to call."""


def record(program: Loop | HfTrainer, seed: int) -> Accumulation | Unjudged:
    """The accumulated gradient beside that of one batch, or why they cannot be compared."""
    if program.samples or (program.task == "reinforcement" and isinstance(program, Loop)):
        return Unjudged("the trainer makes its own rows, so that no two steps see the same")
    if not any(one.requires_grad for one in program.model.parameters()):
        return Unjudged("no parameter of the model is trainable")
    # Of frozen weights as well: adapters in float32 on a base in bfloat16 get gradients of bfloat16's precision.
    seen = {str(one.dtype).removeprefix("torch.") for one in program.model.parameters() if one.is_floating_point()}
    try:
        rows = LoopRows(program, seed, seen) if isinstance(program, Loop) else TrainerRows(program, seen)
        trials = _trials(rows, seed, seen)
        unequal = _unequal(rows, seed, seen) if _fits(trials[0], seen) else None
    except Refused as refused:
        # A LightningModule with optimization by hand steps once a batch, and its own Trainer calls it so.
        if refused.steps == _PARTS and isinstance(program, Loop) and not is_module(program.model):
            return Accumulation((), _coarsest(seen), trainer=False, steps=refused.steps)
        return refused.why
    declared = str(program.get("normalise") or "") if isinstance(program, Loop) else ""
    trainer = isinstance(program, HfTrainer)
    documented = isinstance(program, HfTrainer) and _divides(program.trainer)
    return Accumulation(trials, _coarsest(seen), trainer, unequal, declared, documented=documented)


def _divides(trainer: Any) -> bool:  # noqa: ANN401  the user's
    """The Trainer divides by the number of micro-batches, as it documents: the model takes no loss arguments."""
    own = getattr(trainer, "compute_loss_func", None) is not None
    return getattr(trainer, "model_accepts_loss_kwargs", None) is False and not own


def _unequal(rows: Rows, seed: int, seen: set[str]) -> Trial | None:
    """The same comparison over micro-batches with different numbers of targets, None where all rows are alike."""
    mixed = rows.mixed()
    size = 2 if rows.ordered and len(mixed) >= 2 * rows.count else 1
    chosen = mixed[: size * rows.count]
    if len(chosen) < rows.count:
        return None
    whole, split = rows.run(chosen, 1, seed), rows.run(chosen, rows.count, seed)
    references = {"whole": whole.gradient}
    if loss := rows.loss_gradient(chosen, seed):
        references["loss"] = loss
    elif rows.divisor > 1:
        references["whole"] = {name: one * rows.count for name, one in whole.gradient.items()}
    trial = compared(split.gradient, references, (rows.count, len(chosen), False))
    if _fits(trial, seen):
        return trial
    scale = rows.count if rows.divisor > 1 else 1
    for name, part in (("micro-batch", size), ("sequence", 1)):
        single = [rows.run(chosen[at : at + part], 1, seed).gradient for at in range(0, len(chosen), part)]
        references[name] = _mean(single, scale)
    return compared(split.gradient, references, (rows.count, len(chosen), False))


def _mean(gradients: list[dict[str, Any]], scale: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for gradient in gradients:
        for name, one in gradient.items():
            share = one * (scale / len(gradients))
            found[name] = found[name] + share if name in found else share
    return found


def _coarsest(seen: set[str]) -> str:
    return next((one for one in ("bfloat16", "float16", "float32") if one in seen), "float64")


def _trials(rows: Rows, seed: int, seen: set[str]) -> tuple[Trial, ...]:
    """Different rows first; where they do not agree, copies of one row, which see the loop and nothing else."""
    group = rows.group()
    size = 2 if len(group) >= 2 * rows.count else 1
    trials: list[Trial] = []
    if len(group) > 1:
        trials.append(_trial(rows, [group[n % len(group)] for n in range(size * rows.count)], seed, seen))
        if _fits(trials[0], seen) or trials[0].angle("whole") > _ONE_SIZE:
            return tuple(trials)  # agrees, or differs in size alone, which does not come from the choice of rows
    trials.append(_trial(rows, group[:1] * (size * rows.count), seed, seen))
    if not _fits(trials[-1], seen):
        _refuse_contrast(rows, group[:1] * (size * rows.count), seed, seen)
    return tuple(trials)


def _fits(trial: Trial, seen: set[str]) -> bool:
    return Accumulation((), _coarsest(seen), trainer=False).agrees(trial)


def _trial(rows: Rows, chosen: list[int], seed: int, seen: set[str]) -> Trial:
    copies = len(set(chosen)) == 1
    whole, again = rows.run(chosen, 1, seed), rows.run(chosen, 1, seed + 1)
    _refuse_noise(whole, again, seen)
    split = rows.run(chosen, rows.count, seed)
    references = {"whole": whole.gradient}
    if loss := rows.loss_gradient(chosen, seed):
        references["loss"] = loss
    elif rows.divisor > 1:
        # The loop divides by this number even when it is given one batch: its whole gradient is the undivided one.
        references["whole"] = {name: one * rows.count for name, one in whole.gradient.items()}
    trial = compared(split.gradient, references, (rows.count, len(chosen), copies))
    if _fits(trial, seen) or not (rows.ordered or copies):
        return trial
    size = len(chosen) // rows.count
    references["last"] = rows.run(chosen[-size:], 1, seed).gradient
    references["first"] = rows.run(chosen[:size], 1, seed).gradient
    return compared(split.gradient, references, (rows.count, len(chosen), copies))


def _refuse_noise(whole: Pass, again: Pass, seen: set[str]) -> None:
    """Two passes over the same rows must agree before anything else can be compared with them."""
    if not math.isfinite(_length(whole.gradient)):
        raise Refused(Unjudged("the gradient of the rows as one batch is not finite: the law `finite` tells of it"))
    if not _length(whole.gradient):
        raise Refused(Unjudged("the gradient of the rows as one batch is zero"))
    beside = compared(again.gradient, {"whole": whole.gradient}, (1, 1, True))
    if not _fits(beside, seen):
        raise Refused(
            Unjudged(
                f"two passes over the same rows differ by {beside.distance('whole'):.1%} with dropout off: "
                "something else is random",
                "seed it, or switch it off in the target",
            )
        )


def _refuse_contrast(rows: Rows, chosen: list[int], seed: int, seen: set[str]) -> None:
    """A loss that compares the rows of a batch (in-batch negatives) has no micro-batches to be equal to."""
    size = len(chosen) // rows.count
    whole, part = rows.run(chosen, 1, seed), rows.run(chosen[:size], 1, seed)
    if not whole.losses or not part.losses:
        return
    all_of_it, one = sum(whole.losses), sum(part.losses)
    near = 1e-3 if _coarsest(seen) in {"float32", "float64"} else 0.05
    if not any(abs(all_of_it - one * factor) <= near * abs(all_of_it) for factor in (1, rows.count)):
        raise Refused(
            Unjudged(
                f"the loss of {rows.count} equal micro-batches as one batch ({all_of_it:.4g}) is neither that of one "
                f"({one:.4g}) nor their sum: the rows of a batch are compared with each other"
            )
        )


def _length(gradient: dict[str, Any]) -> float:
    return math.sqrt(sum(float(one.double().pow(2).sum()) for one in gradient.values()))


def compared(mine: dict[str, Any], others: dict[str, dict[str, Any]], shape: tuple[int, int, bool]) -> Trial:
    """A gradient beside others by their names, of which one is "whole"."""
    references = tuple(Reference(name, _length(other), _dot(mine, other)) for name, other in others.items())
    whole = others["whole"]
    apart = []
    for name in {**whole, **mine}:
        there = float(mine[name].double().norm()) if name in mine else 0.0
        here = float(whole[name].double().norm()) if name in whole else 0.0
        apart.append((abs(there - here), (name, there, here)))
    apart.sort(reverse=True)
    count, rows, copies = shape
    return Trial(count, rows, copies, _length(mine), references, tuple(one for _, one in apart[:_SHOWN]))


def _dot(left: dict[str, Any], right: dict[str, Any]) -> float:
    return float(sum(float((one.double() * right[name].double()).sum()) for name, one in left.items() if name in right))
