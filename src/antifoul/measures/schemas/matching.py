"""Hold the keys of a config against shapes: how well they fit, and which keys nothing takes."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache

from antifoul.facts.keys import dotted
from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.inside import Inside, inside_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antifoul.facts.keys import Entry, Node, Path
    from antifoul.facts.options import Option
    from antifoul.measures.schemas.shapes import Shape, Shapes

# A merge, and what holds anchors for the rest of the file by convention.
_NEVER = re.compile(r"<<$|_(?!_)|x-|\.")


class Miss(NamedTuple):
    """A key that none of the shapes at its place takes."""

    path: Path
    entry: Entry
    shapes: tuple[Shape, ...]  # those that were asked
    near: Option | None

    @property
    def name(self) -> str:
        """The key with the way to it."""
        return dotted(self.path)


def takes(shape: Shape, key: str) -> bool:
    """The shape has an option of that name, or its own checks look at it."""
    return key in shape.handled or (key in shape.fields and shape.fields[key].option.settable)


def fit(document: Node, shapes: Iterable[Shape]) -> float:
    """The share of the top keys that the shapes take together; 0 for a document without keys."""
    keys = {entry.key for entry in document.entries}
    known = keys & frozenset().union(*(_taken(shape) for shape in shapes))
    return len(known) / len(keys) if keys else 0.0


@lru_cache(maxsize=4096)
def _taken(shape: Shape) -> frozenset[str]:
    """All keys that a shape takes."""
    return shape.handled | {key for key, declared in shape.fields.items() if declared.option.settable}


def misses(shapes: Shapes, document: Node, top: Inside, also: frozenset[str] = frozenset()) -> Iterator[Miss]:
    """The keys of a document, at any depth, that nothing takes; below a value of unknown type nothing is judged."""
    yield from _misses(shapes, document, top, (), also)


def _misses(shapes: Shapes, node: Node, inside: Inside, path: Path, also: frozenset[str]) -> Iterator[Miss]:
    if node.kind == "list":
        for number, element in enumerate(node.elements):
            yield from _misses(shapes, element, inside, (*path, number), frozenset())
        return
    if node.kind == "map" and inside.each and not inside.open and not inside.shapes:
        for entry in node.entries:
            yield from _misses(shapes, entry.value, Inside(inside.each), (*path, entry.key), frozenset())
        return
    if node.kind != "map" or inside.open or inside.each or not inside.shapes:
        return
    loose = next((shape for shape in inside.shapes if shape.open), None)
    for entry in node.entries:
        takers = [shape for shape in inside.shapes if takes(shape, entry.key)]
        if takers:
            yield from _below(shapes, entry, takers, (*path, entry.key))
        elif loose is None and entry.key not in also and not _NEVER.match(entry.key):
            yield Miss((*path, entry.key), entry, inside.shapes, near(entry.key, inside.shapes))


def _below(shapes: Shapes, entry: Entry, takers: list[Shape], path: Path) -> Iterator[Miss]:
    if entry.value.kind == "scalar":
        return
    deeper = Inside()
    for shape in takers:
        declared = shape.fields.get(entry.key)
        deeper = deeper.joined(inside_of(shapes, declared) if declared is not None else Inside(open=True))
    yield from _misses(shapes, entry.value, deeper, path, frozenset())


def near(key: str, shapes: Iterable[Shape]) -> Option | None:
    """The option whose name is most like a key."""
    names = {name: declared.option for shape in shapes for name, declared in shape.fields.items()}
    close = get_close_matches(key, names, n=1, cutoff=0.72)
    return names[close[0]] if close else None
