"""next-token-oracle."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.targets import Row, Targets
from antifoul.rules.registry import rule

_CAUSES = {
    0: (
        "the token that stands there already",
        "labels are not shifted: the model learns to copy its input",
        "compare logits[:, :-1] with labels[:, 1:]",
    ),
    2: (
        "the token after the next one",
        "labels are shifted twice: by the data, and again by the loss or the model",
        "shift once: give the model's own loss unshifted labels, or shift in the data and take cross_entropy yourself",
    ),
    -1: (
        "the token before it",
        "labels are shifted the wrong way",
        "compare logits[:, :-1] with labels[:, 1:]",
    ),
}


@rule("next-token-oracle", severity="error", cost="run")
def next_token_oracle(targets: Targets) -> Iterator[Hit]:
    """A position that is trained to predict another token than the next one.

    Labels that are shifted twice teach the token after the next, labels that are not shifted teach the model to
    repeat its input: the loss falls beautifully, and the model writes nonsense.

    What each position is trained on is read from the gradient that the loss sends to the logits, so that it does
    not matter where the shift is made: in the data, the collator, the loss or the model.

    Bad::

        labels = input_ids[:, 1:]
        loss = model(input_ids=input_ids[:, :-1], labels=labels).loss

    Good::

        loss = model(input_ids=input_ids, labels=input_ids).loss
    """
    shift = targets.shift
    if shift == 1 or not any(row.targets for row in targets.rows) or _is_masked_model(targets):
        return
    number, row = _first(targets.rows, shift)
    at, token = row.targets[0].at, row.targets[0].token
    what, likely, fix = _CAUSES.get(
        shift if shift is not None else 9,
        (
            "tokens of no fixed distance",
            "labels belong to other rows, or to another tokenization than the ids",
            "make labels of the same ids that the model is given",
        ),
    )
    following = row.ids[at + 1] if at + 1 < len(row.ids) else None
    yield Hit(
        line=1,
        anchor=f"shift {shift}",
        message=f"positions are trained to predict {what}\n"
        f"where: row {number}, position {at}: after {_quoted(targets, row.ids[max(0, at - 2) : at + 1])} it learns "
        f"{_quoted(targets, [token])}"
        + (f", and the next token is {_quoted(targets, [following])}\n" if following is not None else "\n")
        + f"likely cause: {likely}\n"
        + ("seen in: open-instruct < 0.3.0 (PR 1549), axolotl (PR 3191)\n" if shift in {0, 2} else "")
        + f"fix: {fix}",
    )


def _first(rows: tuple[Row, ...], shift: int | None) -> tuple[int, Row]:
    """The first row that shows it: one whose first target differs from the next token."""
    found = [(number, row) for number, row in enumerate(rows) if row.targets]
    for number, row in found:
        at, token = row.targets[0].at, row.targets[0].token
        if shift is None or (at + 1 < len(row.ids) and row.ids[at + 1] != token):
            return number, row
    return found[0]


def _is_masked_model(targets: Targets) -> bool:
    """Each target stands where the model saw one same token instead: masked words, not next ones."""
    seen = {row.ids[target.at] for row in targets.rows for target in row.targets if target.at < len(row.ids)}
    learnt = {target.token for row in targets.rows for target in row.targets}
    return len(seen) == 1 and len(learnt) > 1


def _quoted(targets: Targets, ids: tuple[int, ...] | list[int]) -> str:
    return repr(targets.read(ids)) if targets.pieces else f"token {targets.read(ids)}"
