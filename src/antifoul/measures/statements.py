"""Functions read by the statements of their bodies: of a changed one only those that changed are parsed."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from itertools import groupby

from antifoul.facts.tally import Body
from antifoul.measures.paths import Unit
from antifoul.measures.pieces import Memory, Piece, UnsureError, body_start, cut, filled, marked, parsed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_IN_CLASS = "class _:\n"


class Statements:
    """Reads functions, and remembers the statements of their bodies."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words
        self._memory = Memory()
        self._headers: dict[int, tuple[Def, Piece]] = {}

    def function(self, text: bytes, start: int, indent: bytes) -> Piece:
        """A function alone, its `def` at `start`; a method when it is indented.

        Raises:
            ValueError: it is not one function, or what else the parser raises.
        """
        inner, body = body_start(text, start)
        if len(inner) <= len(indent):
            return self._whole(text, indent)
        edges = [one.start() + 1 for one in _edges(inner).finditer(text, body)]
        header, *parts = cut(text, edges, inner)
        known = [self._memory.get(part) for part in parts]
        if not any(known):
            return self._anew(text, indent, header, parts, inner)
        try:
            node, first = self._header(header, indent, inner)
            self._read_runs(parts, known, inner)
        except (SyntaxError, ValueError):
            return self._whole(text, indent)
        return _composed(node, [first, *(one for one in known if one is not None)], text, indent)

    def _whole(self, text: bytes, indent: bytes) -> Piece:
        """The function, without a cut."""
        source = _before(indent) + text.decode()
        node = _definition(source, indent)
        piece = filled(text, [node], owner(indent), _shift(indent))
        piece.markers = marked(text, source, self._words)
        return piece

    def _anew(self, text: bytes, indent: bytes, header: bytes, parts: Sequence[bytes], inner: bytes) -> Piece:
        """A function of which nothing is known: parsed once, its statements remembered."""
        source = _before(indent) + text.decode()
        node = _definition(source, indent)
        first_line = _shift(indent) + header.count(b"\n") + 1
        own = [one for one in node.body if _line(one) < first_line]
        try:
            pieces = self._assigned(parts, node.body[len(own) :], inner, first_line)
        except UnsureError:
            return self._whole(text, indent)
        first = _headed(header, own, indent)
        first.markers = marked(header, f"{_before(indent)}{header.decode()}{inner.decode()}pass\n", self._words)
        return _composed(node, [first, *pieces], text, indent)

    def _header(self, header: bytes, indent: bytes, inner: bytes) -> tuple[Def, Piece]:
        """The function with what stands before the first cut; the cuts are at the depth of its body."""
        known = self._headers.get(hash(header))
        if known is not None and known[1].size == len(header):
            return known
        source = f"{_before(indent)}{header.decode()}{inner.decode()}pass\n"
        node = _definition(source, indent)
        match node.body:
            case [*own, ast.Pass(col_offset=column)] if column == len(inner):
                first = _headed(header, own, indent)
                first.markers = marked(header, source, self._words)
                node.body = node.body[:1]  # what is asked of it later is its signature and its docstring
                self._headers[hash(header)] = node, first
                return node, first
            case _:
                raise UnsureError

    def _read_runs(self, parts: Sequence[bytes], known: list[Piece | None], inner: bytes) -> None:
        """Fill in the pieces that are not known; neighbours are parsed together."""
        places = [at for at, one in enumerate(known) if one is None]
        for _, group in groupby(enumerate(places), lambda pair: pair[1] - pair[0]):
            run = [at for _, at in group]
            texts = parts[run[0] : run[-1] + 1]
            match parsed(f"def _():\n{inner.decode()}0\n{b''.join(texts).decode()}"):
                case [ast.FunctionDef(body=[_, *nodes])]:
                    known[run[0] : run[-1] + 1] = self._assigned(texts, nodes, inner, 3)
                case _:
                    raise UnsureError

    def _assigned(self, parts: Sequence[bytes], nodes: Sequence[ast.stmt], inner: bytes, line: int) -> list[Piece]:
        """The pieces of the parts, the first of which starts at that line of the nodes' tree.

        Raises:
            UnsureError: a part does not start where a statement of the body does.
        """
        pieces = []
        at = 0
        for part in parts:
            end = line + part.count(b"\n")
            first = at
            while at < len(nodes) and _line(nodes[at]) < end:
                at += 1
            mine = nodes[first:at]
            if not mine or _line(mine[0]) != line or mine[0].col_offset != len(inner):
                raise UnsureError
            piece = filled(part, mine, _function_body(), line - 1)
            piece.end = (mine[-1].end_lineno or 0) - line + 1
            piece.markers = marked(part, f"def _():\n{inner.decode()}0\n{part.decode()}", self._words)
            pieces.append(piece)
            line = end
        for part, piece in zip(parts, pieces, strict=True):
            self._memory.keep(part, piece)
        return pieces


def owner(indent: bytes) -> Unit:
    """What stands around a definition: a class without a name when it is indented, otherwise the module."""
    return Unit(None, None, "class" if indent else "module")


def _headed(header: bytes, own: Sequence[ast.stmt], indent: bytes) -> Piece:
    piece = filled(header, own, _function_body(), _shift(indent))
    if own:
        piece.end = (own[-1].end_lineno or 0) - _shift(indent)
    return piece


def _function_body() -> Unit:
    return Unit(None, None, "function")


def _composed(node: Def, pieces: Sequence[Piece], text: bytes, indent: bytes) -> Piece:
    """The function made of its header and its statements."""
    whole, *others = pieces
    inside = Piece(b"")
    inside.add(whole)
    end = whole.end
    for one in others:
        end = inside.lines + one.end
        inside.add(one)
    unit = Unit(node, owner(indent))
    line = node.lineno - _shift(indent)
    outer = Body(node.name, line, end, 1 + inside.own)
    piece = Piece(text)
    piece.bodies = (outer, *(one._replace(symbol=f"{node.name}.{one.symbol}") for one in inside.bodies))
    piece.aside = inside.aside
    piece.markers = inside.markers
    piece.hints, piece.hint_slots = unit.hints()
    return piece


def _definition(source: str, indent: bytes) -> Def:
    body = parsed(source)
    if indent:
        match body:
            case [ast.ClassDef(body=inner)]:
                body = inner
            case _:
                raise UnsureError
    match body:
        case [ast.FunctionDef() | ast.AsyncFunctionDef() as node]:
            return node
        case _:
            raise UnsureError


def _before(indent: bytes) -> str:
    return _IN_CLASS if indent else ""


def _shift(indent: bytes) -> int:
    return 1 if indent else 0


def _line(node: ast.stmt) -> int:
    """The line on which a statement starts, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)]) if decorators else node.lineno


@lru_cache(maxsize=64)
def _edges(inner: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\n" + inner + rb"(?!(?:else|elif|except|finally)\b)[A-Za-z_@]")
