"""copy-diverged."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.changed_copies import ChangedCopies


@rule("copy-diverged", severity="warning", cost="tree")
def copy_diverged(copies: ChangedCopies) -> Iterator[Hit]:
    """An edit to one copy of a function, while another copy keeps the statements as they were.

    A fix that reaches one of two losses leaves a trainer that trains on the bug, and a comparison of the two that
    compares bugs.

    Make the edit in the other copy too, better make one of the two; where they part for good, say so with
    `# antifoul: allow[copy-diverged]`. Copies that were edited before count where the edited statements stand in the
    other as they were; they give a note. A function that was rewritten, and one that was renamed, is none.

    Bad::

        # dpo/loss.py and kto/loss.py held the same function; the change mends one
        def logprobs(logits, labels, mask):
            logits = logits[:, :-1].float()
            ...

    Good::

        # kto/loss.py is mended by the same change, or imports it
        from dpo.loss import logprobs
    """
    for one in copies.parted:
        there = one.other
        count = f"{one.statements} statements" if one.statements > 1 else "a statement"
        more = f", and in {one.others} more" if one.others > 0 else ""
        yield Hit(
            line=one.member.start,
            end_line=one.member.end,
            message=(
                f"line {one.line}: this edits {count} of a copy; as it was it stands in {there.symbol} at "
                f"{there.path}:{there.start}{more}: edit it there too"
            ),
            symbol=one.member.symbol,
            anchor=one.member.symbol,
            path=one.member.path,
            severity=None if one.alike == 1 else "note",
        )
