"""What a page is made of. A page is composed once; each format decides how a block looks."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from antifoul.facts.paths import RepoPath


class Ref(NamedTuple):
    """A place in the repository. `line` 0 means the whole file; in a notebook it is the line of its cell."""

    path: RepoPath
    line: int = 0
    cell: int = 0  # 0: not in a notebook

    def said(self, path: str) -> str:
        """The place in words, its path as it is to be shown."""
        if self.cell:
            return f"{path}:cell {self.cell}:{self.line}"
        return f"{path}:{self.line}" if self.line else path


class Mono(NamedTuple):
    """Words of the repository's own: a name, a piece of code."""

    text: str


Inline: TypeAlias = str | Ref | Mono
Words: TypeAlias = tuple[Inline, ...]


class Heading(NamedTuple):
    """A title. Level 1 is the page's."""

    level: int
    text: str


class Paragraph(NamedTuple):
    """Running text."""

    words: Words


class Bullets(NamedTuple):
    """A list; numbered when the order means something."""

    items: tuple[Words, ...]
    numbered: bool = False


class Table(NamedTuple):
    """Rows under heads; `right` are the columns, from 0, whose numbers are set to the right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]
    right: tuple[int, ...] = ()


class Folded(NamedTuple):
    """Details that a reader opens; a format that cannot fold shows them."""

    title: str
    blocks: "tuple[Block, ...]"


Block: TypeAlias = Heading | Paragraph | Bullets | Table | Folded


def words(*parts: Inline) -> Words:
    """The parts as one run of text."""
    return parts


def ticked(parts: Words) -> Words:
    """The same, what stands in backticks as code: for formats that set code apart."""
    found: list[Inline] = []
    for part in parts:
        if not isinstance(part, str) or part.count("`") % 2:
            found.append(part)
            continue
        for number, piece in enumerate(part.split("`")):
            if piece:
                found.append(Mono(piece) if number % 2 else piece)
    return tuple(found)


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
