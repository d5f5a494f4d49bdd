"""A layer in the schema's own names: `lr` where the file has its alias. So a base and its child mean the same key."""

from dataclasses import replace

from antifoul.facts.stack.nodes import Listing, Node, Table
from antifoul.facts.stack.paths import Key, shown_key
from antifoul.facts.stack.schema import Kind, Schema


def in_own_names(node: Node, kind: Kind, schema: Schema) -> Node:
    """The node with every alias replaced by the name of its field; where both stand, both stay, and are a misfit."""
    match node, kind.sort:
        case Table(), "union":
            objects = [one for one in kind.args if one.sort == "object"]
            return in_own_names(node, objects[0], schema) if len(objects) == 1 else node
        case Table(items), "object":
            shape = schema.shape(kind)
            if shape is None:
                return node
            renamed: dict[Key, Node] = {}
            for key, inner in items.items():
                one = shape.field(shown_key(key))
                name = one.name if one is not None and one.name not in items else key
                renamed[name] = in_own_names(inner, one.kind, schema) if one is not None else inner
            return replace(node, items=renamed)
        case Table(items), "mapping" if len(kind.args) == 2:
            return replace(node, items={key: in_own_names(inner, kind.args[1], schema) for key, inner in items.items()})
        case Listing(items), "list" if kind.args:
            return replace(node, items=tuple(in_own_names(inner, kind.args[0], schema) for inner in items))
        case _:
            return node
