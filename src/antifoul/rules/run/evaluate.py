"""evaluate."""

from collections.abc import Iterator
from math import isclose

from antifoul.facts.evaluation import Evaluation
from antifoul.facts.finding import Hit, Severity
from antifoul.facts.names import grouped
from antifoul.rules.registry import rule

_RIGHT = ("tokens", "rows", "whole")
_WRONG = {
    "batches": (
        "each batch counts alike, however few rows it has: a mean of batch means",
        "add up sums and counts, and divide once",
    ),
    "last batch": ("only the last batch counts", "add the losses of all batches up"),
    "first batch": ("only the first batch counts: it returns inside the loop", "return after the loop"),
    "sum": ("the losses of the batches are added up and not divided", "divide by the number of targets"),
}


@rule("evaluate", severity="error", cost="run")
def evaluate(evaluation: Evaluation) -> Iterator[Hit]:
    """An evaluation that measures something else than the model, or that changes it.

    Dropout left on, a mode that is not restored, a mean of batch means: the number that decides which checkpoint is
    kept is then noise, depends on the batch size, or the rest of the run trains without dropout.

    The same rows are evaluated twice, in batches of different sizes, with the model in training mode before.

    Bad::

        losses = [compute_loss(model, batch).item() for batch in loader]
        return {"eval_loss": sum(losses) / len(losses)}

    Good::

        model.eval()
        with torch.no_grad():
            ...
        model.train()
        return {"eval_loss": loss_sum / target_count}
    """
    if evaluation.moved:
        yield _hit(
            "evaluation changes the model",
            f"parameters: {'; '.join(grouped(evaluation.moved))}",
            "an optimizer steps in it, or weights are averaged or loaded in place",
            "evaluate under torch.no_grad(), without the optimizer",
        )
    one, other = evaluation.same
    differs = not isclose(one, other, rel_tol=1e-5, abs_tol=1e-7) and one == one  # noqa: PLR0124  nan is no difference
    if evaluation.training:
        grave = evaluation.dropout or differs
        yield _hit(
            "evaluation runs in training mode",
            f"eval_loss: {one:.5g} and {other:.5g} of the same rows"
            + ("" if grave else " (the model has no dropout that it would change)"),
            "model.eval() is not called",
            "model.eval() before, model.train() after",
            "error" if grave else "warning",
        )
    elif differs:
        yield _hit(
            "two evaluations of the same rows differ",
            f"eval_loss: {one:.5g} and {other:.5g}",
            "something is random, or a sum is kept from the evaluation before",
            "start sums anew, and seed what is random",
        )
    if evaluation.left_training is False:
        yield _hit(
            "evaluation leaves the model in evaluation mode",
            "where: model.training is False afterwards and was True before",
            "model.train() is missing after evaluation, so that the run goes on without dropout",
            "call model.train() at the end",
        )
    if evaluation.graph:
        yield _hit(
            "evaluation records a graph",
            "where: gradients are enabled in its forward passes",
            "torch.no_grad() is missing: memory grows with each batch",
            "evaluate under torch.no_grad() or torch.inference_mode()",
        )
    if not (evaluation.moved or evaluation.training or differs):
        yield from _mean(evaluation)


def _mean(evaluation: Evaluation) -> Iterator[Hit]:
    """Which mean of the batches' losses the number is."""
    expected = dict(evaluation.expected)
    loss = evaluation.loss
    if loss is None or not expected or any(_near(loss, expected[name]) for name in _RIGHT if name in expected):
        return
    name = next((name for name in _WRONG if _near(loss, expected[name])), None)
    shown = ", ".join(f"{value:.5g} over {name}" for name, value in expected.items() if name in {"tokens", "rows"})
    likely, fix = _WRONG.get(
        name or "",
        ("another loss than compute_loss is evaluated, or another mean of it", "evaluate by compute_loss"),
    )
    yield _hit(
        "eval_loss is not the mean over the rows that were evaluated",
        f"eval_loss: {loss:.5g}, where the mean is {shown}",
        likely,
        fix,
        "error" if name else "warning",
    )


def _near(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=2e-4, abs_tol=1e-6)


def _hit(title: str, evidence: str, likely: str, fix: str, severity: Severity = "error") -> Hit:
    return Hit(
        line=1,
        anchor=title,
        severity=severity,
        message=f"{title}\n{evidence}\nlikely cause: {likely}\nfix: {fix}",
    )
