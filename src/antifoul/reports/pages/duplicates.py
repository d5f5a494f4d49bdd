"""The page of `antifoul duplicates`: how much is copied, then each class of copies with its places."""

from collections.abc import Iterator

from antifoul.measures.copies import Copies, CopyClass
from antifoul.reports.blocks import Block, Bullets, Heading, Mono, Paragraph, Ref, Words, counted, words
from antifoul.reports.pages.survey import skip_blocks

_MOST_CLASSES = 30
_MOST_MEMBERS = 6
_KINDS = {
    "exact": "word for word",
    "renamed": "equal but for names and literals",
    "changed": "edited",
    "fragment": "lines in larger functions",
}


def page(found: Copies) -> tuple[Block, ...]:
    """How much is copied, and the classes most worth merging."""
    share = f"{100 * found.share:.1f} % of {counted(found.lines, 'line')}"
    number = counted(len(found.classes), "class", "classes")
    return (
        Heading(1, "Copies"),
        Paragraph(words(f"{number} of copies: {share}.{_muted(found)}")),
        *(block for one in found.classes[:_MOST_CLASSES] for block in _class_blocks(one)),
        *_rest(found),
        *skip_blocks(found.skipped),
    )


def _muted(found: Copies) -> str:
    if not found.muted:
        return ""
    return f" {counted(found.muted, 'function')} may be copies: a comment allows it."


def _rest(found: Copies) -> Iterator[Block]:
    left = len(found.classes) - _MOST_CLASSES
    if left > 0:
        more = counted(left, "smaller class", "smaller classes")
        yield Paragraph(words(f"And {more}: `--format json` has all of them."))


def _class_blocks(one: CopyClass) -> Iterator[Block]:
    first = one.members[0]
    name = first.symbol.rpartition(".")[2] or "module code"
    alike = f", {100 * one.similarity:.0f} % alike" if one.similarity < 1 else ""
    statements = counted(one.statements, "statement")
    yield Heading(3, f"{len(one.members)} copies of {name}: {statements}, {_KINDS[one.kind]}{alike}")
    yield Bullets(tuple(_places(one)))


def _places(one: CopyClass) -> Iterator[Words]:
    for member in one.members[:_MOST_MEMBERS]:
        symbol: Words = (" ", Mono(member.symbol)) if member.symbol else ()
        yield words(Ref(member.path, member.start), *symbol)
    if len(one.members) > _MOST_MEMBERS:
        yield words(f"and {len(one.members) - _MOST_MEMBERS} more")
