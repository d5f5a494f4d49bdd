"""What a config holds, as nodes that know their lines: nothing is built of it, no alias is expanded twice."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal, TypeAlias

Kind: TypeAlias = "Literal['map', 'list', 'scalar']"
Path: TypeAlias = "tuple[str | int, ...]"


class Entry(NamedTuple):
    """One key of a mapping with its value. Lines and columns count from 1."""

    key: str
    line: int
    column: int
    value: Node
    merged: bool = False  # it comes from a merged mapping (`<<`), whose line it has


class Node(NamedTuple):
    """One value. `tag` says what a plain YAML 1.1 loader makes of a scalar: str, int, float, bool, null, timestamp."""

    kind: Kind
    line: int
    column: int
    text: str = ""
    tag: str = "str"
    plain: bool = False  # a scalar written without quotes
    entries: tuple[Entry, ...] = ()
    elements: tuple[Node, ...] = ()

    def get(self, key: str) -> Node | None:
        """The value of a key; the last where it stands twice, as loaders have it."""
        return next((entry.value for entry in reversed(self.entries) if entry.key == key), None)


class Leaf(NamedTuple):
    """A scalar with the way to it. The line is that of its key."""

    path: Path
    line: int
    column: int
    node: Node


def leaves(node: Node, path: Path = ()) -> Iterator[Leaf]:
    """Every scalar below a node, and every empty mapping or list, in the order of the file."""
    yield from _leaves(node, path, node.line, node.column)


def _leaves(node: Node, path: Path, line: int, column: int) -> Iterator[Leaf]:
    if node.kind == "map" and node.entries:
        for entry in node.entries:
            yield from _leaves(entry.value, (*path, entry.key), entry.line, entry.column)
    elif node.kind == "list" and node.elements:
        for number, element in enumerate(node.elements):
            yield from _leaves(element, (*path, number), element.line, element.column)
    else:
        yield Leaf(path, line, column, node)


def dotted(path: Path) -> str:
    """The way to a value as people write it: "model.layers[2].size"."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
