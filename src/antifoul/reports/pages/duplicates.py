"""The page of `antifoul duplicates`."""

from antifoul.measures.duplication import Duplication
from antifoul.reports.blocks import Block, Heading, Paragraph, counted, words
from antifoul.reports.pages.report import clone_table

_MOST_ROWS = 40


def page(found: Duplication) -> tuple[Block, ...]:
    """How much is copied, and the largest copies."""
    share = f"{100 * found.share:.1f} % of {counted(found.lines, 'line')}"
    return (
        Heading(1, "Exact copies of functions"),
        Paragraph(
            words(
                f"{counted(len(found.clones), 'class', 'classes')} of copies, {share}. "
                "Copies that were renamed or edited are not counted yet."
            )
        ),
        *((clone_table(found.clones[:_MOST_ROWS]),) if found.clones else ()),
    )
