"""A tree that can be shown: secrets are left out."""

from dataclasses import replace

from antifoul.facts.stack.merge import MISSING
from antifoul.facts.stack.nodes import Listing, Node, Scalar, Table
from antifoul.facts.stack.paths import KeyPath
from antifoul.facts.stack.secrets import is_secret

HIDDEN = "(secret)"


def hidden(node: Node, path: KeyPath = (), sign: str = MISSING) -> Node:
    """The tree with a sign in the place of each secret; by default the sign of what must be set anew."""
    match node:
        case Table(items):
            return replace(node, items={key: hidden(inner, (*path, key), sign) for key, inner in items.items()})
        case Listing(items):
            return replace(node, items=tuple(hidden(inner, (*path, at), sign) for at, inner in enumerate(items)))
        case Scalar(_, origin) if is_secret(path, node):
            return Scalar(sign, origin)
        case _:
            return node
