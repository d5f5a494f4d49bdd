"""Tallies of many versions of files: what one version shares with another is parsed once.

A file is cut before its definitions, a class before its methods, a function before the statements of its body. A cut
is believed only where each piece parses on its own: then no string, bracket or block reaches over it, and the tree of
the whole is that of the pieces one after the other. Where a piece does not parse, what it is part of is parsed whole.
"""

from __future__ import annotations

import ast
import codecs
import re
import warnings
from functools import lru_cache

from antifoul.facts.source import cookie
from antifoul.facts.tally import Body, Tally
from antifoul.measures.deprecations import defines_deprecating
from antifoul.measures.pieces import (
    FAULTS,
    Memory,
    Piece,
    UnsureError,
    body_start,
    cut,
    filled,
    keyword,
    marked,
    moved,
    parsed,
    parted,
)
from antifoul.measures.statements import Statements, owner

_TOP = re.compile(rb"\n(?:def |class |async def |@)")
_STARTS = (b"def ", b"class ", b"async def ", b"@")
_UTF8 = frozenset({"utf-8", "utf8", "utf_8"})


class Division:
    """Tallies contents, and remembers their pieces."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words
        self._firsts = Memory()
        self._tops = Memory()
        self._members = Memory()
        self._headers: dict[int, tuple[str, Piece]] = {}
        self._statements = Statements(words)

    def tally(self, data: bytes) -> Tally | None:
        """The numbers of a content; None when only a reading of the whole can tell."""
        pieces = self._pieces(data)
        return None if pieces is None else _summed(data, pieces)

    def bodies(self, data: bytes) -> tuple[Body, ...] | None:
        """The functions of a content, in order of line; None as above."""
        pieces = self._pieces(data)
        if pieces is None:
            return None
        out: list[Body] = []
        line = 0
        for piece in pieces:
            out += [moved(one, line) for one in piece.bodies]
            line += piece.lines
        return tuple(out)

    def at_once(self, data: bytes) -> tuple[Tally, tuple[Body, ...]] | None:
        """Numbers and functions of a content of which no other version is expected: parsed in one go. None as above."""
        plain = _plain_bytes(data)
        if plain is None:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                piece = self._plain(plain, "")
            except FAULTS:
                return None
        return _summed(plain, [piece]), piece.bodies

    def _pieces(self, data: bytes) -> list[Piece] | None:
        plain = _plain_bytes(data)
        if plain is None:
            return None
        first, *others = cut(plain, [found.start() + 1 for found in _TOP.finditer(plain)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return [self._firsts.made(first, self._first), *(self._tops.made(text, self._top) for text in others)]
            except FAULTS:
                return None

    def _first(self, text: bytes) -> Piece:
        """What stands before the first definition, the module's docstring among it; or that definition."""
        return self._top(text) if text.startswith(_STARTS) else self._plain(text, "")

    def _top(self, text: bytes) -> Piece:
        """A definition with what follows it up to the next."""
        start = keyword(text)
        head, tail = parted(text, start)
        try:
            if text.startswith(b"class", start):
                piece = self._class(head, start)
            else:
                piece = self._statements.function(head, start, b"")
        except FAULTS:
            return self._plain(text, "0\n")
        if tail:
            piece.add(self._plain(tail, "0\n"))
        return piece

    def _plain(self, text: bytes, before: str) -> Piece:
        """Any statements of a module, without a cut."""
        source = before + text.decode()
        piece = filled(text, parsed(source), owner(b""), before.count("\n"))
        piece.markers = marked(text, source, self._words)
        return piece

    def _class(self, text: bytes, start: int) -> Piece:
        """A class, its methods read apart."""
        indent, body = body_start(text, start)
        edges = [one.start() + 1 for one in _members(indent).finditer(text, body)] if indent else []
        if not edges:
            return self._plain(text, "0\n")
        header, *members = cut(text, edges, indent)
        name, first = self._class_header(header, indent)
        piece = Piece(b"")
        piece.add(first)
        for member in members:
            piece.add(self._members.get(member) or self._members.keep(member, self._member(member, indent)))
        piece.bodies = tuple(one._replace(symbol=f"{name}.{one.symbol}") for one in piece.bodies)
        if name.startswith("_"):
            piece.hints = piece.hint_slots = 0
        return piece

    def _class_header(self, text: bytes, indent: bytes) -> tuple[str, Piece]:
        """The name of a class, and what stands before its first method."""
        known = self._headers.get(hash(text))
        if known is not None and known[1].size == len(text):
            return known
        source = f"{text.decode()}{indent.decode()}pass\n"
        match parsed(source):
            case [ast.ClassDef(name=name, body=[*own, ast.Pass(col_offset=column)])] if column == len(indent):
                piece = filled(text, own, owner(indent), 0)
                piece.markers = marked(text, source, self._words)
                self._headers[hash(text)] = name, piece
                return name, piece
            case _:
                raise UnsureError

    def _member(self, text: bytes, indent: bytes) -> Piece:
        """A method with what follows it up to the next."""
        start = keyword(text, indent)
        head, tail = parted(text, start, indent)
        if text.startswith(b"class", start):
            return self._in_class(text, indent)
        try:
            piece = self._statements.function(head, start, indent)
        except FAULTS:
            return self._in_class(text, indent)
        if tail:
            piece.add(self._in_class(tail, indent))
        return piece

    def _in_class(self, text: bytes, indent: bytes) -> Piece:
        """Any statements of a class, without a cut."""
        source = f"class _:\n{indent.decode()}0\n{text.decode()}"
        match parsed(source):
            case [ast.ClassDef(body=[_, *nodes])]:
                piece = filled(text, nodes, owner(indent), 2)
                piece.markers = marked(text, source, self._words)
                return piece
            case _:
                raise UnsureError


def _plain_bytes(data: bytes) -> bytes | None:
    """The content as UTF-8 with LF alone; None where it is not that simple."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if b"\0" in data or b"\r" in data or b"\f" in data or defines_deprecating(data):
        return None
    data = data.removeprefix(codecs.BOM_UTF8)
    return data if cookie(data).lower() in _UTF8 else None


def _summed(data: bytes, pieces: list[Piece]) -> Tally:
    functions = sum(len(piece.bodies) for piece in pieces)
    inside = sum(one.complexity for piece in pieces for one in piece.bodies)
    return Tally(
        loc=data.count(b"\n") + (not data.endswith(b"\n") and bool(data)),
        complexity=inside + sum(piece.own + piece.aside for piece in pieces),
        functions=functions,
        in_functions=inside,
        markers=sum(piece.markers for piece in pieces),
        hints=sum(piece.hints for piece in pieces),
        hint_slots=sum(piece.hint_slots for piece in pieces),
    )


@lru_cache(maxsize=64)
def _members(indent: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\n" + indent + rb"(?:def |class |async def |@)")
