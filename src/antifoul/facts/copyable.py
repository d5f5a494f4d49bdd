"""What of a file can be a copy of something else: its functions and classes of fields, as streams of signs."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple


class Unit(NamedTuple):
    """A function, a class of fields, or the module's own statements. Lines count from 1, both ends included.

    A sign is one character: a name, a literal, an operator. Attributes, keywords and imported names keep a sign of
    their own, other names and literals have the sign of their kind.
    """

    kind: str  # "function" | "fields" | "module"; "claim": a comment says what the definition was copied from
    symbol: str
    line: int
    end_line: int
    rows: tuple[tuple[int, int], ...]  # which statements of its file: from, and up to but without
    head: int  # the statement that is its signature, -1 without
    inner: bool  # it stands inside a function
    repeats: float = 0.0  # the share of its statements that have one shape, 0 to 1
    words: str = (
        ""  # the names and literals that differ between those statements; of a very short unit its literals; else ""
    )
    prints: tuple[int, ...] = ()  # hashes of short runs of signs
    muted: bool = False  # a comment allows it to be a copy
    source: str = ""  # what that comment says
    keys: str = ""  # with `words`: the first of each statement, what it is about: a field, an option, an attribute


class Units(NamedTuple):
    """One file's units over its statements, in order of text. A block's head is a statement."""

    units: tuple[Unit, ...]
    signs: str  # of all statements
    stops: tuple[int, ...]  # where in `signs` each statement ends
    marks: str  # two characters a statement: a hash of what it says, names and literals included
    shapes: str  # one character a statement
    lines: tuple[int, ...]
    ends: tuple[int, ...]
    loc: int  # lines of the file
    generated: bool = False  # it says that a program wrote it

    def signs_of(self, unit: Unit) -> str:
        """The unit's statements, signature apart."""
        return "".join(self.signs[self._start(first) : self._start(stop)] for first, stop in unit.rows)

    def marks_of(self, unit: Unit) -> str:
        """What the unit says, to the letter, its signature included."""
        head = self.marks[2 * unit.head : 2 * unit.head + 2] if unit.head >= 0 else ""
        return head + "".join(self.marks[2 * first : 2 * stop] for first, stop in unit.rows)

    def row(self, number: int) -> str:
        """The signs of one statement."""
        return self.signs[self._start(number) : self.stops[number]]

    def _start(self, number: int) -> int:
        return self.stops[number - 1] if number else 0
