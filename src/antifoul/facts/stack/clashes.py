"""Where a layer does not fit those below it: it takes away what is not there, or a value stands where a mapping did."""

from collections.abc import Iterator, Sequence

from antifoul.facts.stack.known import Known
from antifoul.facts.stack.merge import is_missing, merge, settled
from antifoul.facts.stack.nodes import Gone, Listing, Node, Note, Origin, Scalar, Table
from antifoul.facts.stack.paths import KeyPath, dotted
from antifoul.facts.stack.stack import Layer


def clashes(layers: Sequence[Layer]) -> Iterator[Note]:
    """A note for each, at the line of the layer above."""
    below: Node = Table({}, Origin("default", ""))
    for layer in layers:
        if isinstance(below, Table):
            yield from _between(below, layer.tree, (), below)
        below = settled(merge(below, layer.tree))


def _between(below: Node | None, above: Node, path: KeyPath, whole: Table) -> Iterator[Note]:
    match above:
        case Gone(origin) if below is None:
            hint = Known(whole, None).hint(path)
            yield Note(f"{dotted(path)} is taken away, and nothing below sets it{hint}", origin, fatal=True)
        case Table(items, alone=False) if isinstance(below, Table):
            for key, inner in items.items():
                yield from _between(below.items.get(key), inner, (*path, key), whole)
        case Table(items) if below is not None and items and not _is_nothing(below):
            if not isinstance(below, Table):
                yield Note(f"{dotted(path)} is a mapping here, and {_said(below)} at {below.origin.spot}", above.origin)
        case Table(items):
            for key, inner in items.items():
                yield from _between(None, inner, (*path, key), whole)
        case Scalar() | Listing() if isinstance(below, Table) and below.items and not _is_nothing(above):
            yield Note(f"{dotted(path)} is {_said(above)} here, and a mapping at {below.origin.spot}", above.origin)
        case _:
            pass


def _is_nothing(node: Node) -> bool:
    reference = isinstance(node, Scalar) and isinstance(node.value, str) and node.value.startswith("${")
    return reference or is_missing(node) or (isinstance(node, Scalar) and node.value is None)


def _said(node: Node) -> str:
    return "a list" if isinstance(node, Listing) else "a value"
