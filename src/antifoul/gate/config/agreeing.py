"""Whether Hydra composes a config as it was composed without Hydra."""

from collections.abc import Iterator, Sequence

from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.nodes import Node, Note, Origin, from_plain, leaves
from antifoul.facts.stack.paths import KeyPath, dotted, shown_key
from antifoul.readers.stack.assembly import Assembled
from antifoul.readers.stack.hydra_compose import compose

_MOST = 20


def by_hydra(file: str, overrides: Sequence[str], whole: Assembled) -> list[Note]:
    """That Hydra agrees, or each key where it does not, before references are followed.

    Raises:
        UsageError: Hydra is not installed, or refuses the config.
    """
    try:
        theirs = from_plain(compose(file, overrides), Origin("Hydra", file))
    except ReadError as problem:
        raise UsageError(str(problem)) from None
    differences = list(_differences(whole.stack.tree, theirs))
    if not differences:
        return [Note("Hydra composes the same values", Origin("Hydra", file))]
    more = (
        [Note(f"and {len(differences) - _MOST} more keys", Origin("Hydra", file))] if len(differences) > _MOST else []
    )
    return differences[:_MOST] + more


def _differences(ours: Node, theirs: Node) -> Iterator[Note]:
    left, right = _values(ours), _values(theirs)
    for path in dict.fromkeys((*left, *right)):
        mine, other = left.get(path), right.get(path)
        if mine is None or other is None or literal(mine) != literal(other):
            there = mine or other
            said = [literal(one) if one is not None else "(not set)" for one in (other, mine)]
            origin = there.origin if there is not None else Origin("Hydra", "")
            yield Note(f"{dotted(path)} is {said[0]} to Hydra, {said[1]} here", origin)


def _values(tree: Node) -> dict[KeyPath, Node]:
    """The leaves by paths in text: JSON, by which Hydra answers, has no other keys."""
    found = {path: node for path, node in leaves(tree) if path}
    return {
        tuple(part if isinstance(part, int) else shown_key(part) for part in path): one for path, one in found.items()
    }
