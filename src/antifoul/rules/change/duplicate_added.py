"""duplicate-added."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.duplication import Copy


@rule("duplicate-added", severity="warning", cost="tree")
def duplicate_added(copies: tuple[Copy, ...]) -> Iterator[Hit]:
    """A new function whose body stands elsewhere, word for word.

    The second copy of a loss is right until one of the two is mended. Which one a run used is then a question for
    archaeologists.

    Import the first one; where it does not quite fit, give it a parameter. Equal means equal but for layout, comments,
    docstring and the function's name; five statements and more count. A moved function is no copy; tests are exempt.

    Bad::

        # in dpo/loss.py, and again in kto/loss.py
        def logprobs(logits, labels, mask):
            logits = logits[:, :-1]
            labels = labels[:, 1:]
            picked = logits.log_softmax(-1).gather(2, labels[..., None])
            picked = picked.squeeze(-1) * mask
            return picked.sum(-1)

    Good::

        # in kto/loss.py
        from dpo.loss import logprobs
    """
    for one in copies:
        there = one.original
        more = f" and {one.others} more" if one.others > 0 else ""
        yield Hit(
            line=one.member.start,
            end_line=one.member.end,
            message=f"{one.statements} statements stand word for word at {there.path}:{there.start}{more}: keep one",
            symbol=one.member.symbol,
            anchor=one.member.symbol,
            path=one.member.path,
        )
