"""Which functions a commit changed: those whose lines differ between two revisions, layout and comments apart.

The spans of functions are cut out at their indentation, without a parse: fast enough for every revision of a file. A
function inside a function is part of it; one that stands in a block of a module, an `if` or a `try`, is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from antifoul.measures.pieces import UnsureError, body_start, cut, docstring_span, keyword, parted

Cut: TypeAlias = Sequence[bytes]  # a content's definitions and what lies between them

_TOP = re.compile(rb"\n(?:def |class |async def |@)")
_NAME = re.compile(rb"(?:async[ ]+)?(?:def|class)[ ]+(\w+)")


def cut_of(data: bytes) -> Cut:
    """The pieces of a content, to be compared with those of another."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    return cut(data, [found.start() + 1 for found in _TOP.finditer(data)])


def codes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The functions of a content with the lines of their code, the first one, which bears the name, left out."""
    for symbol, text in _functions(cut_of(data), b"", ""):
        yield symbol, _code(text).partition(b"\n")[2]


def changed(before: Cut, after: Cut) -> set[str]:
    """The symbols of the functions of `after` that are new or have other code."""
    left, right = _others(before, after)
    return _differing(_functions(left, b"", ""), _functions(right, b"", ""))


def _others(before: Iterable[bytes], after: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
    """What is not word for word on the other side."""
    old, new = set(before), set(after)
    return [one for one in before if one not in new], [one for one in after if one not in old]


def _differing(before: Iterable[tuple[str, bytes]], after: Iterable[tuple[str, bytes]]) -> set[str]:
    old: dict[str, list[bytes]] = {}
    new: dict[str, list[bytes]] = {}
    for side, rows in ((old, before), (new, after)):
        for symbol, text in rows:
            side.setdefault(symbol, []).append(text)
    return {symbol for symbol, texts in new.items() if _other(old.get(symbol, []), texts)}


def _other(before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    return before != after and [_code(text) for text in before] != [_code(text) for text in after]


def _functions(pieces: Iterable[bytes], indent: bytes, around: str) -> Iterator[tuple[str, bytes]]:
    """The functions among the pieces with their symbols, those of classes too."""
    for piece in pieces:
        try:
            start = keyword(piece, indent)
        except UnsureError:
            continue
        named = _NAME.match(piece, start)
        if named is None:
            continue
        head, _ = parted(piece, start, indent)
        symbol = around + named[1].decode("utf-8", "replace")
        if piece.startswith(b"class", start):
            inner, body = body_start(head, start)
            if len(inner) > len(indent):
                _, *members = cut(head, [one.start() + 1 for one in _members(inner).finditer(head, body)], inner)
                yield from _functions(members, inner, f"{symbol}.")
        else:
            yield symbol, head


def _code(text: bytes) -> bytes:
    """The lines of a function that hold code, without indentation, comments and docstring."""
    if span := docstring_span(text, 0):
        text = text[: span[0]] + text[span[1] + 3 :]
    lines = (line.strip() for line in text.split(b"\n"))
    return b"\n".join(line for line in lines if line and line[0] != 35)


def _members(indent: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\n" + indent + rb"(?:def |class |async def |@)")
