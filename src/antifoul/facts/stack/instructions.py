"""What a file says to those below it, in keys: `~key` takes a key away, `key+` adds to a list, `_delete_` replaces."""

import re
from dataclasses import replace

from antifoul.facts.stack.nodes import Gone, Listing, Node, Scalar, Table
from antifoul.facts.stack.paths import Key

REPLACES = "_delete_"  # as mmengine has it: the mapping that holds it is not merged into the one below
_MORE = re.compile(r"(.*\w)\+", re.DOTALL)


def instructed(node: Node) -> Node:
    """The tree with what its keys say done."""
    match node:
        case Table(items):
            done: dict[Key, Node] = {}
            for key, inner in items.items():
                name, value = _entry(key, inner)
                done[name] = value
            alone = items.get(REPLACES)
            if isinstance(alone, Scalar) and isinstance(alone.value, bool):
                done.pop(REPLACES)
                return replace(node, items=done, alone=alone.value)
            return replace(node, items=done)
        case Listing(items):
            return replace(node, items=tuple(map(instructed, items)))
        case _:
            return node


def _entry(key: Key, node: Node) -> tuple[Key, Node]:
    if isinstance(key, str) and len(key) > 1 and key.startswith("~") and key[1].isidentifier():
        return key[1:], Gone(node.origin)
    more = _MORE.fullmatch(key) if isinstance(key, str) else None
    if more is not None and isinstance(node, Listing):
        return more[1], replace(node, items=tuple(map(instructed, node.items)), append=True)
    return key, instructed(node)
