"""JSON as a tree of values with their lines, by its tokens: depth is the file's to choose, so nothing recurses."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.nodes import Listing, Node, Note, Origin, Scalar, Table

if TYPE_CHECKING:
    from antifoul.facts.stack.paths import Key

_DEEPEST = 200  # levels, as in YAML
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


class _Open:
    """An object or list that is not closed yet."""

    __slots__ = ("at", "items", "key", "mapping", "origin")

    def __init__(self, *, mapping: bool, origin: Origin) -> None:
        self.mapping = mapping
        self.origin = origin
        self.items: list[tuple[Key, Origin, Node]] = []
        self.key: str | None = None  # whose value comes next
        self.at = origin  # where that key stands


def json_tree(text: str, layer: str, place: str) -> tuple[Node, list[Note]]:
    """The value in the text, and what there is to say of it.

    Raises:
        ReadError: with line and column: it is not JSON, or too deep.
    """
    try:
        json.loads(text)
    except json.JSONDecodeError as problem:
        raise ReadError(f"it is not JSON: {problem.msg}", problem.lineno, problem.colno) from None
    except RecursionError:
        raise ReadError(f"it is nested more than {_DEEPEST} levels deep", 1, 1) from None
    except ValueError as problem:  # a number with too many digits
        raise ReadError(f"it is not JSON: {problem}", 1, 1) from None
    notes: list[Note] = []
    return _built(text, layer, place, notes), notes


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    line, line_start, told = 1, 0, 0
    for token in _TOKEN.finditer(text):
        start = token.start()
        if breaks := text.count("\n", told, start):
            line += breaks
            line_start = text.rfind("\n", told, start) + 1
        told = start
        yield token[0], line, start - line_start + 1


def _built(text: str, layer: str, place: str, notes: list[Note]) -> Node:
    around = _Open(mapping=False, origin=Origin(layer, place, 1, 1))  # of the whole text
    waiting = [around]
    for sign, line, column in _tokens(text):
        origin = Origin(layer, place, line, column)
        top = waiting[-1]
        if sign in "{[":
            if len(waiting) > _DEEPEST:
                raise ReadError(f"it is nested more than {_DEEPEST} levels deep", line, column)
            waiting.append(_Open(mapping=sign == "{", origin=origin))
        elif sign in "}]":
            waiting.pop()
            _add(waiting[-1], _closed(top, notes))
        elif sign[0] == '"' and top.mapping and top.key is None:
            top.key, top.at = json.loads(sign), origin
        elif sign not in ",:":
            _add(top, Scalar(json.loads(sign), origin))
    return around.items[0][2]


def _add(around: _Open, node: Node) -> None:
    if around.mapping:
        around.items.append((around.key, around.at, node))
        around.key = None
    else:
        around.items.append((None, node.origin, node))


def _closed(one: _Open, notes: list[Note]) -> Node:
    if not one.mapping:
        return Listing(tuple(node for _, _, node in one.items), one.origin)
    table: dict[Key, Node] = {}
    for key, origin, node in one.items:
        if key in table:
            message = f"{key!r} is set again, first at line {table[key].origin.line}: the last one counts"
            notes.append(Note(message, origin, fatal=True))
        table[key] = _moved(node, origin)
    return Table(table, one.origin)


def _moved(node: Node, origin: Origin) -> Node:
    """A value is found where its key stands."""
    match node:
        case Table(items):
            return Table(items, origin)
        case Listing(items):
            return Listing(items, origin)
        case Scalar(value):
            return Scalar(value, origin)
        case _:
            return node
