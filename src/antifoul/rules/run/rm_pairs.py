"""rm-pairs."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.scores import Scores
from antifoul.rules.registry import rule


@rule("rm-pairs", severity="error", cost="run")
def rm_pairs(scores: Scores) -> Iterator[Hit]:
    """A reward model that is taught to prefer the rejected answer.

    Swapped columns or a turned sign give a loss that falls as it should, and a policy that is then rewarded for what
    people disliked.

    Rows are matched with the examples' answers: the loss must push chosen scores up and rejected ones down, and a few
    steps on one batch must widen the margin.

    Bad::

        loss = -F.logsigmoid(rejected_score - chosen_score).mean()

    Good::

        loss = -F.logsigmoid(chosen_score - rejected_score).mean()
    """
    known = [row for row in scores.rows if row.kind and row.slope]
    wrong = [row for row in known if (row.kind == "chosen") != (row.slope < 0)]
    if known and len(wrong) > len(known) / 2:
        row = wrong[0]
        yield Hit(
            line=1,
            anchor="order",
            message=f"chosen answers are pushed down, rejected ones up ({len(wrong)} of {len(known)} rows)\n"
            f"where: {row.text[:60]!r} is {row.kind} in the examples\n"
            "likely cause: the two columns are swapped between data and loss, or the sign is turned\n"
            "fix: -logsigmoid(chosen_score - rejected_score)",
        )
    elif scores.margins is not None and scores.margins[1] < scores.margins[0] - 1e-3:
        before, after = scores.margins
        yield Hit(
            line=1,
            anchor="margin",
            message=f"the margin of chosen over rejected answers goes from {before:.4g} to {after:.4g} in a few steps\n"
            "likely cause: the optimizer goes up the gradient\n"
            "fix: minimise -logsigmoid(chosen_score - rejected_score)",
        )
    if scores.accuracy is not None and scores.wanted is not None and abs(scores.accuracy - scores.wanted) > 0.01:
        turned = abs(scores.accuracy - (1 - scores.wanted)) < 0.01
        yield Hit(
            line=1,
            anchor="accuracy",
            message=f"the accuracy is told as {scores.accuracy:.3g}, and is {scores.wanted:.3g}\n"
            "where: after a few steps on one batch, with dropout off\n"
            "likely cause: "
            + ("the comparison is the wrong way round" if turned else "it is taken of other rows or scores")
            + "\nfix: (chosen_score > rejected_score).float().mean()",
        )
