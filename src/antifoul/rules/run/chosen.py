"""chosen."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.targets import Targets
from antifoul.rules.registry import rule


@rule("chosen", severity="error", cost="run")
def chosen(targets: Targets) -> Iterator[Hit]:
    """Chosen answers that are made less likely, and rejected ones more.

    Two columns swapped, or a minus too many: the loss falls all the same, the margins grow, and the model learns
    what people disliked.

    Rows of a training step are matched with the examples' chosen and rejected answers; the gradient at the logits
    tells which of them are pushed up.

    Bad::

        batch = collate(chosen=rows["rejected"], rejected=rows["chosen"])

    Good::

        batch = collate(chosen=rows["chosen"], rejected=rows["rejected"])
    """
    if targets.task not in {"preference", "reward"}:
        return
    wrong, right, first = 0, 0, None
    for number, row in enumerate(targets.rows):
        kind = targets.examples[row.example].kind if row.example is not None else ""
        weight = sum(one.weight for one in row.targets)
        if kind not in {"chosen", "rejected"} or not weight or _both(targets, row.example):
            continue
        if (kind == "chosen") == (weight > 0):
            right += 1
        else:
            wrong += 1
            first = first if first is not None else (number, row, kind)
    if first is None or wrong <= right:
        return
    number, row, kind = first
    yield Hit(
        line=1,
        anchor="swapped",
        message=f"chosen answers are pushed down, rejected ones up ({wrong} of {wrong + right} rows)\n"
        f"where: row {number}: {row.trained[:60]!r} is {kind} in the examples\n"
        "likely cause: the two columns are swapped between data and loss, or the margin has the wrong sign\n"
        "fix: -logsigmoid(beta * (chosen_logratio - rejected_logratio))",
    )


def _both(targets: Targets, number: int | None) -> bool:
    """The same answer is chosen in one example and rejected in another."""
    if number is None:
        return True
    mine = targets.examples[number]
    same = [one for one in targets.examples if (one.prompt, one.answer) == (mine.prompt, mine.answer)]
    return {"chosen", "rejected"} <= {one.kind for one in same}
