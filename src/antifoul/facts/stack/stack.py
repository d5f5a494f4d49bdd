"""Layers on each other: what is in force, and which of them set it."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from antifoul.facts.stack.merge import merged
from antifoul.facts.stack.nodes import Gone, Listing, Node, Note, Origin, Table, step
from antifoul.facts.stack.paths import KeyPath

# From the lowest to the highest.
SCHEMA = "the schema"  # the place of the layer that holds a schema's defaults
LEVELS = ("default", "user", "experiment", "environment", "command line")
Act: TypeAlias = Literal["sets", "adds", "removes", "replaces"]


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file, the environment or the command line sets. `place` is the file, or what stands for it."""

    level: str
    place: str
    tree: Table
    parent: str = ""  # the place that named it as its base


@dataclass(frozen=True, slots=True)
class Step:
    """What one layer does to one key."""

    act: Act
    origin: Origin
    node: Node


@dataclass(frozen=True)
class Stack:
    """The layers, the lowest first, and what there is to say of them."""

    layers: tuple[Layer, ...]
    notes: tuple[Note, ...] = field(default=())

    @cached_property
    def tree(self) -> Table:
        """All layers as one."""
        return merged((layer.tree for layer in self.layers), Table({}, Origin("default", "")))

    def with_layer(self, layer: Layer, *notes: Note) -> "Stack":
        """The same with one more on top."""
        return Stack((*self.layers, layer), self.notes + notes)

    def history(self, path: KeyPath) -> tuple[Step, ...]:
        """What each layer does to the key, the highest first; below one that replaces nothing is left to see."""
        steps = []
        for layer in reversed(self.layers):
            found = _step(layer.tree, path)
            if found is not None:
                steps.append(found)
        return tuple(steps)


def _step(tree: Node, path: KeyPath) -> Step | None:
    """What that layer does to the key, by setting it or something that it is in."""
    node = tree
    for number, part in enumerate(path):
        inner = step(node, part)
        if inner is None:
            if isinstance(node, Gone):
                return Step("removes", node.origin, node)
            cuts = number and (not isinstance(node, Table) or node.alone)
            return Step("replaces", node.origin, node) if cuts and not _adds(node) else None
        node = inner
    if isinstance(node, Gone):
        return Step("removes", node.origin, node)
    return Step("adds" if _adds(node) else "sets", node.origin, node)


def _adds(node: Node) -> bool:
    return isinstance(node, Listing) and node.append
