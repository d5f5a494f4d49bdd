"""rm-pad."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.scores import Scores
from antifoul.rules.registry import rule


@rule("rm-pad", severity="error", cost="run")
def rm_pad(scores: Scores) -> Iterator[Hit]:
    """A reward that is taken at padding, or depends on it.

    A reward model that scores the last position of the row scores padding in all rows but the longest: it learns to
    tell long answers from short ones.

    The position whose score gets a gradient must be the last real token, and a row must have the score that it has
    without its padding.

    Bad::

        score = values[:, -1]

    Good::

        score = values[torch.arange(len(values)), attention_mask.sum(1) - 1]
    """
    placed = [(number, row) for number, row in enumerate(scores.rows) if row.at is not None]
    wrong = [(number, row) for number, row in placed if row.at != row.last]
    if wrong:
        number, row = wrong[0]
        where = "padding after it" if row.at is not None and row.at > row.last else "a token before its end"
        yield Hit(
            line=1,
            anchor="position",
            message=f"the score is not taken at the last real token ({len(wrong)} of {len(placed)} rows)\n"
            f"where: row {number}: scored at position {row.at}, which is {where}; its last token is at {row.last}\n"
            "likely cause: the score of the last column is taken, or the length is counted wrongly\n"
            "fix: values[torch.arange(len(values)), attention_mask.sum(1) - 1] with padding on the right",
        )
        return
    moved = [
        (number, row)
        for number, row in enumerate(scores.rows)
        if row.alone is not None and abs(row.alone - row.given) > 1e-3 * max(abs(row.alone), abs(row.given), 0.1)
    ]
    if moved:
        number, row = moved[0]
        yield Hit(
            line=1,
            anchor="padding",
            message=f"the score of a row depends on its padding ({len(moved)} rows)\n"
            f"scores: {row.given:.4g} in the batch, {row.alone:.4g} without its padding (row {number})\n"
            "likely cause: padding is scored or attended to: no attention mask, or no pad_token_id in model.config\n"
            "fix: score the last real token, and pass attention_mask",
        )
