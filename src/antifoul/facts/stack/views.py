"""What the `config` commands show: finished data, nothing left to look up."""

from typing import NamedTuple

from antifoul.facts.stack.nodes import Node, Note
from antifoul.facts.stack.paths import KeyPath
from antifoul.facts.stack.stack import Layer


class Row(NamedTuple):
    """One value in force."""

    path: KeyPath
    node: Node


class Shown(NamedTuple):
    """A config with all its layers."""

    name: str
    rows: tuple[Row, ...]
    layers: tuple[Layer, ...]
    notes: tuple[Note, ...]
