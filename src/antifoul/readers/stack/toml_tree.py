"""TOML as a tree of values with their lines. tomllib gives no lines: a scan of keys and headers does."""

import re
import tomllib
from collections.abc import Iterator, Mapping

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.nodes import Listing, Node, Note, Origin, Scalar, Table
from antifoul.facts.stack.paths import Key, KeyPath

_DEEPEST = 200
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_NAME = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
_HEADER = re.compile(rf"^[ \t]*(\[\[?)[ \t]*({_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)[ \t]*\]\]?[ \t]*(?:#.*)?$")
_KEY = re.compile(rf"^[ \t]*({_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)[ \t]*=")
_PART = re.compile(_NAME)
_SKIPPED = re.compile(r'"""|\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}]')


def toml_tree(text: str, layer: str, place: str) -> tuple[Node, list[Note]]:
    """The table in the text, and what there is to say of it.

    Raises:
        ReadError: with line and column: it is not TOML, or too deep.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = _PLACE.search(str(problem))
        line, column = (int(found[1]), int(found[2])) if found and found[1] else (text.count("\n") + 1, 1)
        raise ReadError(f"it is not TOML: {_PLACE.sub('', str(problem))}", line, column) from None
    except RecursionError:
        raise ReadError(f"it is nested more than {_DEEPEST} levels deep", 1, 1) from None
    except ValueError as problem:  # a number with too many digits
        raise ReadError(f"it is not TOML: {problem}", 1, 1) from None
    places = dict(_places(text))
    return _node(table, (), Origin(layer, place, 1, 1), places), []


def _node(value: object, path: KeyPath, around: Origin, places: Mapping[KeyPath, int]) -> Node:
    line = places.get(path)
    origin = Origin(around.layer, around.place, line, 1) if line else around
    if len(path) > _DEEPEST:
        raise ReadError(f"it is nested more than {_DEEPEST} levels deep", origin.line, 1)
    match value:
        case dict():
            items: dict[Key, Node] = {key: _node(inner, (*path, key), origin, places) for key, inner in value.items()}
            return Table(items, origin)
        case list():
            return Listing(tuple(_node(one, (*path, at), origin, places) for at, one in enumerate(value)), origin)
        case _:
            return Scalar(value, origin)


def _places(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Each key and table that stands at the start of a line, with that line. Of a table, its first mention."""
    counts: dict[KeyPath, int] = {}  # of arrays of tables: how many so far
    table: KeyPath = ()
    seen: set[KeyPath] = set()
    for number, line in _starts(text):
        if header := _HEADER.match(line):
            table = _counted(_parts(header[2]), counts, again=header[1] == "[[")
            path = table
        elif key := _KEY.match(line):
            path = table + _parts(key[1])
        else:
            continue
        for size in range(1, len(path) + 1):
            if path[:size] not in seen:
                seen.add(path[:size])
                yield path[:size], number


def _counted(names: tuple[str, ...], counts: dict[KeyPath, int], *, again: bool) -> KeyPath:
    """The header's path, with the number of the table where it goes through an array of tables."""
    path: KeyPath = ()
    for at, name in enumerate(names, start=1):
        path = (*path, name)
        if again and at == len(names):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(_unquoted(part) for part in _PART.findall(dotted))


def _unquoted(part: str) -> str:
    if part.startswith("'"):
        return part[1:-1]
    return str(tomllib.loads(f"x = {part}")["x"]) if part.startswith('"') else part


def _starts(text: str) -> Iterator[tuple[int, str]]:
    """The lines that start outside of any string or bracket, with their numbers."""
    depth, fence = 0, ""
    for number, line in enumerate(text.split("\n"), start=1):
        if not depth and not fence:
            yield number, line
            if _HEADER.match(line):
                continue
        at = 0
        while at < len(line):
            if fence:
                end = _closes(line, fence, at)
                if end < 0:
                    break
                fence, at = "", end
                continue
            found = _SKIPPED.search(line, at)
            if found is None:
                break
            at = found.end()
            if found[0] in {'"""', "'''"}:
                fence = found[0]
            elif len(found[0]) == 1 and found[0] in "[]{}":
                depth += 1 if found[0] in "[{" else -1


def _closes(line: str, fence: str, at: int) -> int:
    """Behind the end of a long string; -1 where it goes on. A quote may stand before the closing three."""
    while at < len(line):
        if line[at] == "\\" and fence == '"""':
            at += 2
        elif line.startswith(fence, at):
            while line.startswith(fence[0], at + 3):
                at += 1
            return at + 3
        else:
            at += 1
    return -1
