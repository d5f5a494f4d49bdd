"""How hard a config is to hold in mind: log2(1 + n) times its depth, over the n values in force.

A list of plain values is one value: its length is no choice of structure.
"""

from math import log2
from typing import NamedTuple

from antifoul.facts.stack.nodes import Node, rows

LIMIT = 20.0  # over it a config is worth splitting: nine in ten of those measured are below


class Complexity(NamedTuple):
    """One config. `depth` counts the keys on the way to the deepest value."""

    leaves: int
    depth: int

    @property
    def score(self) -> float:
        """In bits of choice, times levels."""
        return log2(1 + self.leaves) * self.depth


def complexity(tree: Node) -> Complexity:
    """The complexity of a tree; an empty one has none."""
    paths = [path for path, _ in rows(tree) if path]
    return Complexity(len(paths), max(map(len, paths), default=0))
