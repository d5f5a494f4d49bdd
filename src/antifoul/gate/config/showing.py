"""A config with its layers on each other, and where each value was set."""

from antifoul.facts.stack.nodes import leaves
from antifoul.facts.stack.stack import Stack
from antifoul.facts.stack.views import Row, Shown
from antifoul.readers.stack.chain import chain_of


def show(file: str) -> Shown:
    """The values in force.

    Raises:
        ReadError: a file cannot be read, or is built on what is not there.
    """
    chain = chain_of(file, "experiment")
    stack = Stack(tuple(chain.layers), tuple(chain.notes))
    rows = tuple(Row(path, node) for path, node in leaves(stack.tree) if path)
    return Shown(file, rows, stack.layers, stack.notes)
