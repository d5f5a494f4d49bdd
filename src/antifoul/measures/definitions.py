"""The functions and classes of both sides of a change, and which of the new side was which of the old."""

from __future__ import annotations

import ast

from antifoul.facts.errors import ReadError
from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TypeAlias

    from antifoul.facts.change import ChangedFile
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.source import Source

    Node: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Key(NamedTuple):
    """A definition's place. `ordinal` counts, from 0, definitions of one name: a property and its setter."""

    path: RepoPath
    symbol: str
    ordinal: int


class Definition(NamedTuple):
    """One function or class. Lines count from 1, as Python counts them; `start` is the first decorator's."""

    key: Key
    node: Node
    start: int
    line: int
    end_line: int

    @property
    def name(self) -> str:
        """Its name without what is around it."""
        return self.key.symbol.rpartition(".")[2]


def definitions(source: Source) -> tuple[Definition, ...]:
    """Every function and class, nested ones too, in the order of the text.

    Raises:
        ReadError: the file cannot be read.
    """
    if "definitions" not in source.derived:
        source.derived["definitions"] = tuple(_walk(source))
    found: tuple[Definition, ...] = source.derived["definitions"]
    return found


def _walk(source: Source) -> Iterator[Definition]:
    seen: dict[str, int] = {}
    stack: list[tuple[ast.AST, str]] = [(one, "") for one in reversed(source.tree.body)]
    while stack:
        node, prefix = stack.pop()
        if isinstance(node, DEFS):
            prefix = f"{prefix}.{node.name}" if prefix else node.name
            ordinal = seen[prefix] = seen.get(prefix, -1) + 1
            start = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield Definition(
                Key(source.path, prefix, ordinal), node, start, node.lineno, node.end_lineno or node.lineno
            )
        stack += [(child, prefix) for child in reversed(_within(node))]


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Every statement, those inside others too, in no order; expressions are not looked into."""
    stack: list[ast.AST] = [*tree.body]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.stmt):
            yield node
        stack += _within(node)


def _within(node: ast.AST) -> list[ast.AST]:
    """The statements, handlers and cases in the blocks of a statement, handler or case."""
    kind = type(node)
    fields = _FIELDS.get(kind)
    if fields is None:  # most statements have no block: what a kind has is looked up once
        fields = _FIELDS[kind] = tuple(field for field in kind._fields if field in _BLOCKS)
    return [child for field in fields for child in getattr(node, field)] if fields else []


_BLOCKS = frozenset({"body", "orelse", "handlers", "finalbody", "cases"})
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


class Counterparts:
    """Which definition of the old side each one of the new side was: by name, else moved or renamed as a whole."""

    def __init__(self, files: Iterable[ChangedFile]) -> None:
        self.new: dict[Key, Definition] = {}
        self.old: dict[Key, Definition] = {}
        self._was: dict[Key, Key] = {}
        for file in files:
            old, new = _readable(file.before), _readable(file.after)
            by_name = {(one.key.symbol, one.key.ordinal): one for one in old}
            self.old |= {one.key: one for one in old}
            for one in new:
                self.new[one.key] = one
                twin = by_name.get((one.key.symbol, one.key.ordinal))
                if twin is not None:
                    self._was[one.key] = twin.key
        self._find_moved()

    def of(self, key: Key) -> Definition | None:
        """The old side's definition that became this one; None for a new one."""
        was = self._was.get(key)
        return self.old[was] if was is not None else None

    def symbol_before(self, path: RepoPath, symbol: str) -> tuple[RepoPath, str] | None:
        """Where what stands in a symbol stood before; the definitions around it may have moved as a whole."""
        rest = ""
        while symbol:
            was = self._was.get(Key(path, symbol, 0))
            if was is not None:
                return was.path, f"{was.symbol}{rest}"
            symbol, _, last = symbol.rpartition(".")
            rest = f".{last}{rest}"
        return None

    def _find_moved(self) -> None:
        taken = set(self._was.values())
        gone = [one for key, one in self.old.items() if key not in taken]
        if not gone:
            return
        by_text: dict[str, list[Definition]] = {}
        by_symbol: dict[str, list[Definition]] = {}
        by_name: dict[str, list[Definition]] = {}
        for one in gone:
            by_text.setdefault(text_of(one.node), []).append(one)
            by_symbol.setdefault(one.key.symbol, []).append(one)
            by_name.setdefault(one.name, []).append(one)
        left = [one for key, one in self.new.items() if key not in self._was]
        for places, name_of in (
            (by_text, lambda one: text_of(one.node)),
            (by_symbol, lambda one: one.key.symbol),
            (by_name, lambda one: one.name),
        ):
            for one in left:
                if one.key in self._was:
                    continue
                homes = [home for home in places.get(name_of(one), ()) if home.key not in taken]
                if homes and (places is not by_name or len(homes) == 1):
                    taken.add(homes[0].key)
                    self._was[one.key] = homes[0].key


def text_of(node: Node) -> str:
    """The definition without its name, layout, comments and places: equal for code that is the same by syntax."""
    dumped = ast.dump(node)
    head = f"{type(node).__name__}(name={node.name!r}"
    return f"{type(node).__name__}({dumped.removeprefix(head)}"


def _readable(source: Source | None) -> tuple[Definition, ...]:
    if source is None or not source.is_python:
        return ()
    try:
        return definitions(source)
    except ReadError:
        return ()


def symbol_at(found: Mapping[Key, Definition], path: RepoPath, line: int) -> str:
    """The innermost definition around a line, "" for the module's own."""
    inside = [one for one in found.values() if one.key.path == path and one.start <= line <= one.end_line]
    return max(inside, key=lambda one: one.start).key.symbol if inside else ""
