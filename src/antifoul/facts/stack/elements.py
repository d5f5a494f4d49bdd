"""What stands behind a `=` or in a variable: `3e-4`, `[a, b]`, `{k: 1}`, `"text"`. JSON, or else as Hydra reads it."""

import json
from typing import TYPE_CHECKING

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.nodes import Listing, Node, Origin, Scalar, Table, from_plain
from antifoul.facts.stack.scalars import resolved

if TYPE_CHECKING:
    from antifoul.facts.stack.paths import Key

_DEEPEST = 50
_CLOSES = {"[": "]", "{": "}"}


def element(text: str, origin: Origin) -> Node:
    """The value that the text means; a word keeps its text, so that a schema may take it for another type.

    Raises:
        ReadError: a bracket or quote is not closed, or something stands behind it.
    """
    bare = text.strip()
    if not bare:
        return Scalar("", origin, "")
    if bare[0] in _CLOSES:
        try:
            return from_plain(json.loads(bare), origin)
        except (ValueError, RecursionError):
            pass
    elif bare[0] not in "\"'":
        value = resolved(bare)
        return Scalar(text if isinstance(value, str) else value, origin, text)
    work = _Reading(bare, origin)
    node = work.node(0)
    work.skip()
    if work.at < len(bare):
        raise ReadError(f"{origin.place}: {bare[work.at :]!r} stands behind the value")
    return node


class _Reading:
    def __init__(self, text: str, origin: Origin) -> None:
        self.at = 0
        self._text = text
        self._origin = origin

    def skip(self) -> None:
        """Pass over white space."""
        while self.at < len(self._text) and self._text[self.at].isspace():
            self.at += 1

    def node(self, depth: int) -> Node:
        """The value that begins here."""
        self.skip()
        sign = self._sign()
        if depth > _DEEPEST:
            raise ReadError(f"{self._origin.place}: it is nested more than {_DEEPEST} levels deep")
        if sign == "[":
            return self._list(depth)
        if sign == "{":
            return self._table(depth)
        if sign in {'"', "'"}:
            return Scalar(self._quoted(sign), self._origin)
        word = self._word(",]}")
        return Scalar(resolved(word), self._origin, word)

    def _sign(self) -> str:
        if self.at >= len(self._text):
            raise ReadError(f"{self._origin.place}: the value is not closed")
        return self._text[self.at]

    def _list(self, depth: int) -> Listing:
        self.at += 1
        items: list[Node] = []
        while not self._ends("]"):
            items.append(self.node(depth + 1))
            self._between("]")
        return Listing(tuple(items), self._origin)

    def _table(self, depth: int) -> Table:
        self.at += 1
        items: dict[Key, Node] = {}
        while not self._ends("}"):
            sign = self._sign()
            key: Key = self._quoted(sign) if sign in {'"', "'"} else resolved(self._word(":,}"))
            self.skip()
            if self._sign() != ":":
                raise ReadError(f"{self._origin.place}: a key without a value: write {{key: value}}")
            self.at += 1
            items[key] = self.node(depth + 1)
            self._between("}")
        return Table(items, self._origin)

    def _ends(self, close: str) -> bool:
        self.skip()
        if self._sign() == close:
            self.at += 1
            return True
        return False

    def _between(self, close: str) -> None:
        self.skip()
        if self._sign() == ",":
            self.at += 1
        elif self._sign() != close:
            raise ReadError(f"{self._origin.place}: {self._text[self.at]!r} stands where a comma or {close} must")

    def _quoted(self, quote: str) -> str:
        out = ""
        self.at += 1
        while self._sign() != quote:
            if self._sign() == "\\" and self._text[self.at + 1 : self.at + 2] in {quote, "\\"}:
                self.at += 1
            out += self._sign()
            self.at += 1
        self.at += 1
        return out

    def _word(self, ends: str) -> str:
        """Up to one of these signs; a reference is passed over whole."""
        start, depth = self.at, 0
        while self.at < len(self._text) and (depth or self._text[self.at] not in ends):
            depth += self._text.startswith("${", self.at)
            depth -= depth > 0 and self._text[self.at] == "}"
            self.at += 1
        return self._text[start : self.at].strip()
