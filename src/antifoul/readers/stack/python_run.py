"""A Python config as it is when it has run: under pytest, or where a run's own code asks for it. No gate does."""

import runpy
import types
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.nodes import Node, Origin, Table, Unknown, at, placed
from antifoul.readers.stack.classes import node_of
from antifoul.readers.stack.files import Reading, read_file
from antifoul.readers.stack.python_tree import ENTRIES

if TYPE_CHECKING:
    from antifoul.facts.stack.paths import Key

_NO_VALUE = (types.ModuleType, types.FunctionType, type, types.BuiltinFunctionType)


def run_file(place: str, layer: str) -> Reading:
    """What the file sets when it is run, each value at the line where its source sets it.

    Raises:
        ReadError: it cannot be read, or it raises.
    """
    read = read_file(place, layer)
    try:
        names = runpy.run_path(place, run_name="antifoul_config")
        made = next((names[name]() for name in ENTRIES if callable(names.get(name))), None)
    except Exception as problem:  # noqa: BLE001  a guest's file: what it raises is shown
        raise ReadError(f"{place}: it fails when it is run: {type(problem).__name__}: {problem}") from None
    values: Any = made if made is not None else {name: one for name, one in names.items() if _is_setting(name, one)}
    origin = Origin(layer, place, 1, 1)
    tree = Table({name: _node(one, origin) for name, one in dict(values).items()}, origin)
    return Reading(_with_lines(tree, read.tree), read.notes, read.text)


def _is_setting(name: str, value: object) -> bool:
    hidden = name.startswith("_") and name != "_base_"
    return not hidden and not isinstance(value, _NO_VALUE) and type(value).__module__ not in {"typing", "__future__"}


def _node(value: object, origin: Origin) -> Node:
    try:
        return node_of(value, origin)
    except TypeError:
        return Unknown(repr(value)[:200], origin, f"{type(value).__name__} is no value of a config")


def _with_lines(tree: Table, read: Table) -> Table:
    """The values, at the places where the source sets them."""
    items: dict[Key, Node] = {}
    for key, node in tree.items.items():
        written = at(read, (key,))
        if isinstance(node, Table) and isinstance(written, Table):
            items[key] = replace(_with_lines(node, written), origin=written.origin)
        else:
            items[key] = node if written is None else placed(node, written.origin)
    return replace(tree, items=items)
