"""duplicate-added."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.facts.record import NamedTuple
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.changed_copies import ChangedCopies


class Options(NamedTuple):
    """What is left alone."""

    statements: int = 5  # a copy of fewer is not told


_SAID = {
    "exact": "{count} statements stand word for word at {where}: keep one",
    "renamed": "{count} statements stand at {where} but for names and literals: keep one, with parameters",
    "changed": "{count} statements stand at {where}, {alike} % alike: keep one, with a parameter for what differs",
    "fragment": "these {count} statements stand at {where} too: make them a function",
}


@rule("duplicate-added", severity="warning", cost="tree")
def duplicate_added(copies: ChangedCopies, options: Options) -> Iterator[Hit]:
    """New code that stands elsewhere already: a function, a class of fields, or five statements of another function.

    The second copy of a loss is right until one of the two is mended. Which one a run used is then a question for
    archaeologists.

    Import the first one; where it does not quite fit, give it a parameter. Copies are found word for word, with other
    names and literals, and edited, from five statements on (`statements`); layout, comments, docstrings and annotations
    do not count. Blocks of one shape (options of a parser, fields of a dataclass) are copies only where they say the
    same. A moved function is no copy; tests, generated code, and the files of the setting `siblings` among themselves
    are exempt.

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
    for one in copies.added:
        if one.statements < options.statements:
            continue
        there = one.original
        where = f"{there.path}:{there.start}" + (f" and {one.others} more" if one.others > 0 else "")
        said = _SAID[one.kind].format(count=one.statements, where=where, alike=round(100 * one.similarity))
        yield Hit(
            line=one.member.start,
            end_line=one.member.end,
            message=said,
            symbol=one.member.symbol,
            anchor=one.member.symbol,
            path=one.member.path,
        )
