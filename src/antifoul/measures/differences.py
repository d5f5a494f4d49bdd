"""What differs between two copies: words that stand for each other, and statements that were changed in one alone."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from antifoul.facts.record import NamedTuple
from antifoul.measures.signs import said, without_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antifoul.facts.copyable import Units


class Side(NamedTuple):
    """One copy: which statements of its file, and the file's lines as git counts them."""

    file: Units
    rows: tuple[int, ...]
    lines: Sequence[str]

    def text(self, row: int) -> str:
        """A statement as it is written."""
        return "\n".join(self.lines[self.file.lines[row] - 1 : self.file.ends[row]]).strip()

    def mark(self, row: int) -> str:
        """What a statement says, as two characters."""
        return self.file.marks[2 * row : 2 * row + 2]

    def signs(self, row: int) -> str:
        """A statement's signs, every name a mere name."""
        return without_names(self.file.row(row))


class Swap(NamedTuple):
    """A word of the one copy, and the word that the other has wherever this one stands."""

    here: str
    there: str


class Edit(NamedTuple):
    """A statement that only one copy has, or that they have differently; line 0 and no text where there is none."""

    line: int
    text: str
    other_line: int
    other_text: str


class Differences(NamedTuple):
    """What parts two copies, comments, layout and docstrings apart."""

    swaps: tuple[Swap, ...]
    edits: tuple[Edit, ...]


def differences(one: Side, other: Side) -> Differences:
    """What the other copy has in place of what."""
    pairs: list[tuple[int, int, list[tuple[str, str]]]] = []  # rows of one shape, with the words that differ
    edits: list[Edit] = []
    for tag, first, last, start, end in _aligned(one, other):
        if tag != "equal":
            edits += _edits(one, one.rows[first:last], other, other.rows[start:end])
            continue
        for row, opposite in zip(one.rows[first:last], other.rows[start:end], strict=True):
            words = _words_apart(one, row, other, opposite)
            if words is None:
                edits.append(_edit(one, row, other, opposite))
            else:
                pairs.append((row, opposite, words))
    swapped = _consistent(words for _, _, words in pairs)
    for row, opposite, words in pairs:
        if any(here != there and (here, there) not in swapped for here, there in words):
            edits.append(_edit(one, row, other, opposite))
    swaps = tuple(Swap(here, there) for here, there in swapped)
    return Differences(swaps, tuple(sorted(edits, key=lambda edit: (edit.line or edit.other_line, edit.other_line))))


def _aligned(one: Side, other: Side) -> Sequence[tuple[str, int, int, int, int]]:
    left, right = [one.signs(row) for row in one.rows], [other.signs(row) for row in other.rows]
    return SequenceMatcher(None, left, right, autojunk=False).get_opcodes()


def _words_apart(one: Side, row: int, other: Side, opposite: int) -> list[tuple[str, str]] | None:
    """The words of two statements side by side; None where they are not built alike. Equal ones count too."""
    if one.mark(row) == other.mark(opposite):
        return [(word, word) for word in said(one.text(row)) if _is_word(word)]
    left, right = said(one.text(row)), said(other.text(opposite))
    if len(left) != len(right):
        return None
    pairs = [(here, there) for here, there in zip(left, right, strict=True) if _is_word(here) or here != there]
    return pairs if all(_is_word(here) == _is_word(there) for here, there in pairs) else None


def _is_word(piece: str) -> bool:
    return piece[0].isalnum() or piece[0] in '_."' or '"' in piece


def _consistent(rows: Iterator[list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """The words that always stand for each other, the commonest first."""
    counts = Counter(pair for words in rows for pair in words)
    targets: dict[str, set[str]] = {}
    for here, there in counts:
        targets.setdefault(here, set()).add(there)
    return [pair for pair, _ in counts.most_common() if pair[0] != pair[1] and len(targets[pair[0]]) == 1]


def _edits(one: Side, rows: tuple[int, ...], other: Side, opposite: tuple[int, ...]) -> Iterator[Edit]:
    """A changed run: as many statements side by side as both have, then what only one has."""
    both = min(len(rows), len(opposite))
    for left, right in zip(rows[:both], opposite[:both], strict=True):
        yield _edit(one, left, other, right)
    for row in rows[both:]:
        yield Edit(one.file.lines[row], one.text(row), 0, "")
    for row in opposite[both:]:
        yield Edit(0, "", other.file.lines[row], other.text(row))


def _edit(one: Side, row: int, other: Side, opposite: int) -> Edit:
    return Edit(one.file.lines[row], one.text(row), other.file.lines[opposite], other.text(opposite))
