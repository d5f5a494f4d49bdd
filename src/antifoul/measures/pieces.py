"""What a piece of source adds to the numbers of the file that it stands in, and how a text is cut into pieces."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from antifoul.facts.tally import Body
from antifoul.measures.debt import markers_of
from antifoul.measures.paths import Unit, count
from antifoul.measures.tokens import comments
from antifoul.measures.walk import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# The first line that is deeper than a header which ends in a colon.
_BODY = re.compile(rb":[ \t]*(?:\#[^\n]*)?\n(?:[ \t]*(?:\#[^\n]*)?\n)*([ \t]+)(?=[^\s\#])")
_DOCSTRING = re.compile(rb"[rRuU]?(\"{3}|'{3})")
_GONE = (
    b"removed",
    b"dropped",
    b"supported",
)  # what a warning says of what will be gone; a text may go on line by line
FAULTS = (SyntaxError, ValueError, RecursionError, MemoryError)  # what reading a wrong cut may raise


class UnsureError(ValueError):
    """The piece cannot be read on its own."""


class Piece:
    """The numbers of some lines that begin with a statement and end before one.

    Lines of its functions count from 1, at its own first. `end` is its last line that holds code, known only of
    statements in functions.
    """

    __slots__ = ("aside", "bodies", "end", "hint_slots", "hints", "lines", "markers", "own", "size")

    def __init__(self, text: bytes) -> None:
        self.size = len(text)
        self.lines = text.count(b"\n")
        self.own = 0  # paths of the module, class or function that it is a part of
        self.aside = 0  # paths of the bodies of classes in it
        self.bodies: tuple[Body, ...] = ()
        self.markers = 0
        self.hints = 0
        self.hint_slots = 0
        self.end = 0

    def add(self, other: Piece) -> None:
        """Take in the piece that follows."""
        self.own += other.own
        self.aside += other.aside
        self.bodies += tuple(moved(one, self.lines) for one in other.bodies)
        self.markers += other.markers
        self.hints += other.hints
        self.hint_slots += other.hint_slots
        self.size += other.size
        self.lines += other.lines


class Memory:
    """Pieces by their text, of which only the hash is kept."""

    def __init__(self) -> None:
        self._kept: dict[int, Piece] = {}

    def get(self, text: bytes) -> Piece | None:
        """The piece of that text; None when it was not met yet."""
        found = self._kept.get(hash(text))
        return found if found is not None and found.size == len(text) else None

    def made(self, text: bytes, read: Callable[[bytes], Piece]) -> Piece:
        """The piece of that text, read when it was not met yet."""
        found = self._kept.get(hash(text))
        if found is None or found.size != len(text):
            found = self.keep(text, read(text))
        return found

    def keep(self, text: bytes, piece: Piece) -> Piece:
        """Remember it, and give it back."""
        self._kept[hash(text)] = piece
        return piece


def parsed(text: str) -> list[ast.stmt]:
    """The statements of the text. Raises what the parser raises; the caller has silenced its warnings."""
    tree = compile(text, "<piece>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, ast.Module)  # noqa: S101  "exec" says so
    return tree.body


def filled(text: bytes, nodes: Iterable[ast.AST], unit: Unit, shift: int) -> Piece:
    """The piece of a text with these nodes; in their tree `shift` lines stand before its first."""
    piece = Piece(text)
    units = count(nodes, unit)
    piece.own = unit.paths
    for one in units:
        hints, every = one.hints()
        piece.hints += hints
        piece.hint_slots += every
        if not one.is_function:
            piece.aside += one.paths
    bodies = (body_of(one, shift) for one in units if one.is_function)
    piece.bodies = tuple(sorted(bodies, key=lambda one: one.line))
    return piece


def body_of(unit: Unit, shift: int) -> Body:
    """The function with its place in the piece."""
    node = unit.node
    assert node is not None  # noqa: S101  only the module has none
    return Body(unit.symbol, node.lineno - shift, (node.end_lineno or node.lineno) - shift, 1 + unit.paths)


def moved(body: Body, lines: int) -> Body:
    """The function, so many lines further down."""
    return body if lines == 0 else body._replace(line=body.line + lines, end_line=body.end_line + lines)


def marked(text: bytes, source: str, words: tuple[str, ...]) -> int:
    """How many debt markers stand in the text; `source` is the text with what it needs around it to parse."""
    if not _may_hold_one(text.lower(), words):
        return 0
    walk = Walk(ast.Module(parsed(source), []), source.split("\n"))
    return len(markers_of(walk, list(comments(source)), words))


def _may_hold_one(small: bytes, words: tuple[str, ...]) -> bool:
    """Whether a text, in small letters, holds what every marker has."""
    if any(sign in small for sign in _signs(words)):
        return True
    return "DEPRECATED" in words and b"warn" in small and any(sign in small for sign in _GONE)


@lru_cache(maxsize=8)
def _signs(words: tuple[str, ...]) -> tuple[bytes, ...]:
    more = (b"deprecat", b"futurewarning") if "DEPRECATED" in words else ()
    return (*(word.lower().encode() for word in words), *more)


def cut(text: bytes, edges: Iterable[int], indent: bytes = b"") -> list[bytes]:
    """The text cut at the edges, which are starts of lines; a decorator stays with what it decorates."""
    depth = len(indent)
    pieces: list[bytes] = []
    start = 0
    dangling = text.startswith(b"@", depth)
    for edge in edges:
        if not dangling:
            pieces.append(text[start:edge])
            start = edge
        dangling = text.startswith(b"@", edge + depth)
    pieces.append(text[start:])
    return pieces


def parted(text: bytes, start: int, indent: bytes = b"") -> tuple[bytes, bytes]:
    """A definition whose line is at `start`, and what follows it at its own indentation."""
    found = _after(indent).search(text, start)
    return (text, b"") if found is None else (text[: found.start() + 1], text[found.start() + 1 :])


@lru_cache(maxsize=64)
def _after(indent: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\n" + indent + rb"[^\s#)\]}]")


def keyword(text: bytes, indent: bytes = b"") -> int:
    """Where the `def` or `class` of a definition stands, behind its decorators."""
    if not text.startswith(b"@", len(indent)):
        return len(indent)
    found = _definition(indent).search(text)
    if found is None:
        raise UnsureError
    return found.start() + 1 + len(indent)


@lru_cache(maxsize=64)
def _definition(indent: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\n" + indent + rb"(?:def |class |async def )")


def body_start(text: bytes, start: int) -> tuple[bytes, int]:
    """How deep the body of a definition stands, and where behind its docstring it goes on: a guess, to be checked.

    Lines of a docstring often look like statements.
    """
    found = _BODY.search(text, start)
    if found is None:
        return b"", start
    span = docstring_span(text, start)
    return found[1], span[1] if span else found.start(1) - 1


def docstring_span(text: bytes, start: int) -> tuple[int, int] | None:
    """Where the docstring of a definition begins, and where its closing quotes stand: a guess too; None without one."""
    found = _BODY.search(text, start)
    opened = _DOCSTRING.match(text, found.end(1)) if found else None
    if opened is None:
        return None
    closed = text.find(opened[1], opened.end())
    return (opened.start(), closed) if closed >= 0 else None
