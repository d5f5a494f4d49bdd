"""accumulation."""

from collections.abc import Iterator

from antifoul.facts.accumulation import Accumulation, Trial
from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule
from antifoul.rules.telling import told

_ALIGNED = 0.99  # cosine above which only the size differs
_NEAR = 0.05  # of a factor


@rule("accumulation", severity="error", cost="run")
def accumulation(accumulation: Accumulation) -> Iterator[Hit]:
    """An accumulated gradient that is not the gradient of the same rows as one batch.

    Accumulation is meant to change the memory a step takes and nothing else. Where the loss is not divided by
    the number of micro-batches, the gradient is that many times too large: the learning rate, the clipping and
    every comparison with another run mean something else, while the logged loss looks right.

    Gradients are compared at `optimizer.step()`, before clipping and with dropout off, over micro-batches with
    equal numbers of targets, so that a mean over tokens and a mean over micro-batches must agree.

    Bad::

        for batch in micro_batches:
            compute_loss(model, batch).backward()
        optimizer.step()

    Good::

        for batch in micro_batches:
            (compute_loss(model, batch) / len(micro_batches)).backward()
        optimizer.step()
    """
    facts = accumulation
    if facts.steps > 1:
        yield told(
            f"one training step over several micro-batches calls optimizer.step() {facts.steps} times",
            "likely cause: the optimizer steps inside the loop over micro-batches",
            "fix: call optimizer.step() once, after the last micro-batch's backward",
        )
    if not facts.trials:
        return
    first, last = facts.trials[0], facts.trials[-1]
    if facts.agrees(first):
        yield from _unequal(facts)
        return
    if last is not first and facts.agrees(last) and not _one_alone(facts, first):
        yield Hit(
            line=1,
            anchor="composition",
            severity="warning",
            message=f"{_measured(first)}, but with copies of one row it does not differ\n"
            "likely cause: the loss depends on which rows share a batch (balancing of experts, batch statistics)\n"
            "fix: none is needed if that is meant",
        )
        return
    likely, fix = _explained(facts, first)
    worst = "; ".join(f"{name} {there:.3g} / {here:.3g}" for name, there, here in first.apart[:3])
    whole = _norm(first, "whole")
    yield Hit(
        line=1,
        anchor=likely,
        message=f"{_measured(first)}\n"
        f"gradient norms: {first.norm:.4g} accumulated, {whole:.4g} as one batch, "
        f"ratio {first.norm / (whole or 1):.3g} "
        f"({first.rows} rows, dropout off, before clipping)\n"
        + (f"differ most: {worst}\n" if worst else "")
        + f"likely cause: {likely}\nfix: {fix}",
    )


def _unequal(facts: Accumulation) -> Iterator[Hit]:
    """Micro-batches with different numbers of targets: how much does each count?"""
    trial = facts.unequal
    if trial is None or facts.agrees(trial):
        return
    follows = next((name for name in ("micro-batch", "sequence") if trial.distance(name) <= 2 * facts.tolerance), "")
    if follows and follows == facts.normalise:
        return
    means = {
        "micro-batch": "each micro-batch counts alike, however few targets it has: a mean of means",
        "sequence": "each row counts alike, however few targets it has",
        "": "the micro-batches count neither by their targets, nor alike, nor by their rows",
    }
    yield Hit(
        line=1,
        anchor=f"unequal {follows}",
        severity="warning" if facts.documented else "error",
        message=f"with different numbers of targets, {trial.distance('whole'):.1%} of the gradient of "
        f"{trial.micro_batches} micro-batches is not that of the same rows as one batch\n"
        f"gradient norms: {trial.norm:.4g} accumulated, {_norm(trial, 'whole'):.4g} as one batch "
        f"({trial.rows} rows, dropout off, before clipping)\n"
        f"likely cause: {means[follows]}\n"
        "seen in: transformers < 4.46 (PR 34191), LLaMA-Factory < 0.9.2 (PR 6722)\n"
        "fix: divide the sum of all token losses by the targets of all micro-batches"
        + (f'; if it is meant, say normalise = "{follows}"' if follows and not facts.trainer else ""),
    )


def _norm(trial: Trial, name: str) -> float:
    other = trial.to(name)
    return other.norm if other else float("nan")


def _measured(trial: Trial) -> str:
    whole = _norm(trial, "whole")
    ratio = trial.norm / whole if whole else float("inf")
    title = f"the gradient of {trial.micro_batches} micro-batches is {ratio:.2f} x that of the same rows as one batch"
    share = trial.distance("whole")
    return title if abs(ratio - 1) > _NEAR else f"{title}, but {share:.1%} of it points elsewhere"


def _explained(facts: Accumulation, trial: Trial) -> tuple[str, str]:
    """The likely cause and the fix."""
    if alone := _one_alone(facts, trial):
        return alone
    if not trial.norm:
        return "no gradient is left at optimizer.step()", "reset gradients after the step, not before it"
    if trial.angle("whole") > _ALIGNED and abs(trial.factor("whole") - 1) > _NEAR:
        return _rescaled(facts, trial)
    return (
        "the micro-batches do not count alike: a mean of means, a changed model, or one left out",
        "normalise by the rows or tokens of all micro-batches, and step once after the last",
    )


def _rescaled(facts: Accumulation, trial: Trial) -> tuple[str, str]:
    """The cause of a gradient that points the right way and has another length."""
    count, factor = trial.micro_batches, trial.factor("whole")
    if abs(factor / count - 1) < _NEAR:
        if facts.trainer:
            return (
                f"the loss is a mean that ignores num_items_in_batch, and the Trainer does not divide it by {count}",
                (
                    "in compute_loss, divide the sum over tokens by num_items_in_batch when it is given, or hand it "
                    "on; where the model itself takes the mean, set model.accepts_loss_kwargs = False before the "
                    "Trainer is made"
                ),
            )
        return (
            f"the loss of a micro-batch is not divided by the number of micro-batches ({count})",
            f"divide before backward: (loss / {count}).backward()",
        )
    if abs(factor * count - 1) < _NEAR:
        return (
            f"the loss of a micro-batch is divided by the number of micro-batches ({count}) twice",
            "divide once: either in the loss or before backward",
        )
    return (
        f"every micro-batch is scaled by the same wrong number ({factor:.3g} in all)",
        "divide the sum of the losses by the number of rows or tokens of all micro-batches",
    )


def _one_alone(facts: Accumulation, trial: Trial) -> tuple[str, str] | None:
    """The accumulated gradient is that of one micro-batch, in whole or divided by their number."""
    if trial.copies:
        # Of copies, one micro-batch has the gradient of all: only a loss divided and then lost tells.
        factor = trial.factor("last")
        if trial.angle("last") > _ALIGNED and abs(factor * trial.micro_batches - 1) < _NEAR:
            likely = "gradients are reset inside the loop, so that only one micro-batch counts, or divided twice"
            return likely, "call zero_grad() once, before the first micro-batch, and divide once"
        return None
    for name in ("last", "first"):
        factor = trial.factor(name)
        sine = (1 - min(trial.angle(name), 1.0) ** 2) ** 0.5  # nan where it was not taken: compares False
        if sine <= facts.tolerance and (abs(factor - 1) < _NEAR or abs(factor * trial.micro_batches - 1) < _NEAR):
            likely = f"only the {name} micro-batch counts: gradients are reset inside the loop, or one backward is run"
            return likely, "call zero_grad() once, before the first micro-batch, and backward() for each"
    return None
