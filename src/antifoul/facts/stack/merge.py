"""How layers become one.

The rules, for what is above over what is below:

- a mapping is merged into a mapping, key by key, to any depth; the keys below keep their place, new ones follow
- a list replaces a list; with `append` it is added to its end
- a value replaces a value, a list or a mapping, and they it
- null is a value: it does not take a key away. `Gone` does
- a mapping that is `alone` is not merged: it replaces
- `???` must be set by another layer: it replaces nothing, and anything replaces it

`merge` is associative for all of that: a mapping that has replaced something is `alone`, so that it replaces again
what comes below it later. `settled` drops what was only said to the layers below.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from antifoul.facts.stack.nodes import Gone, Listing, Node, Scalar, Table, Unknown
from antifoul.facts.stack.paths import Key

MISSING = "???"


def merge(lower: Node, upper: Node) -> Node:  # noqa: PLR0911  one for each rule
    """The two as one; neither is changed, and nothing of the result can change them."""
    if is_missing(upper):
        return lower
    match lower, upper:
        case Scalar(), _ if is_missing(lower):
            return upper
        case Table(), Table(alone=False):
            return Table(_joined(lower, upper), upper.origin, lower.alone)
        case Listing(), Listing(append=True):
            return Listing(lower.items + upper.items, upper.origin, lower.append)
        case _, Listing(append=True):
            return replace(upper, append=False)
        case _, Table():
            return replace(upper, alone=True)
        case _:
            return upper


def is_missing(node: Node) -> bool:
    """The value is `???`, as Hydra writes what must still be set: over a value it says nothing."""
    return isinstance(node, Scalar) and node.value == MISSING


def _joined(lower: Table, upper: Table) -> dict[Key, Node]:
    items = dict(lower.items)
    for key, node in upper.items.items():
        items[key] = merge(items[key], node) if key in items else node
    return items


def merged(layers: Iterable[Table], first: Table) -> Table:
    """All of them on the first, the last on top, as one tree that holds values alone."""
    start: Node = first
    whole = settled(reduce(merge, layers, start))
    if not isinstance(whole, Table):
        raise TypeError("a stack of mappings is a mapping")
    return whole


def settled(node: Node) -> Node:
    """The node without what was only said to the layers below: keys taken away, lists to be added, `alone`."""
    match node:
        case Table(items):
            kept = {key: settled(inner) for key, inner in items.items() if not isinstance(inner, Gone)}
            return Table(kept, node.origin)
        case Listing(items):
            return Listing(tuple(settled(inner) for inner in items if not isinstance(inner, Gone)), node.origin)
        case Scalar() | Unknown() | Gone():
            return node
