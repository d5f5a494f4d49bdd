"""How much of a repository's configs is said again, and which config another one could inherit from."""

from __future__ import annotations

from antifoul.facts.keys import dotted, leaves
from antifoul.facts.lint import Alike, Likeness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from antifoul.facts.keys import Node
    from antifoul.facts.paths import RepoPath

_FEWEST = 8  # values that make a config worth inheriting from
_ALIKE = 0.85
_MOST = 1_000  # pairs that are told


def likeness(documents: Mapping[RepoPath, Node]) -> Likeness:
    """The share of values that another config of the tree has under the same key, and the pairs most alike.

    The likeness of two configs is the number of values that they share, over the size of the larger.
    """
    sets = {path: _values(node) for path, node in documents.items()}
    sets = {path: values for path, values in sets.items() if len(values) >= _FEWEST}
    total = sum(map(len, sets.values()))
    distinct = len(set().union(*sets.values())) if sets else 0
    pairs = [pair for path in sets if (pair := _nearest(path, sets)) is not None]
    pairs.sort(key=lambda one: (-one.similarity, -one.shared, one.path))
    return Likeness(len(sets), total, total - distinct, tuple(pairs[:_MOST]))


def _values(node: Node) -> frozenset[tuple[str, str]]:
    return frozenset((dotted(leaf.path), leaf.node.text) for leaf in leaves(node))


def _nearest(path: RepoPath, sets: Mapping[RepoPath, frozenset[tuple[str, str]]]) -> Alike | None:
    mine = sets[path]
    best: tuple[float, RepoPath] | None = None
    for other, values in sets.items():
        if other == path or min(len(mine), len(values)) < _ALIKE * max(len(mine), len(values)):
            continue
        similarity = len(mine & values) / max(len(mine), len(values))
        if similarity >= _ALIKE and (best is None or (-similarity, other) < (-best[0], best[1])):
            best = (similarity, other)
    if best is None:
        return None
    keep = sorted({key for key, _ in mine - sets[best[1]]})
    return Alike(path, best[1], round(best[0], 4), len(mine & sets[best[1]]), tuple(keep))
