"""Two configs by their values in force."""

from antifoul.facts.stack.hiding import HIDDEN, hidden
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.nodes import Node, Scalar, rows
from antifoul.facts.stack.paths import KeyPath
from antifoul.facts.stack.views import Change, Compared
from antifoul.gate.config.asking import Question, answered


def compare(left: str, right: str, question: Question) -> Compared:
    """The keys whose values differ, in the order of the left, then those that only the right has.

    Raises:
        UsageError: one of them cannot be read.
    """
    first, second = answered(left, question), answered(right, question)
    ours, theirs = _values(first.tree), _values(second.tree)
    changes = []
    for path, node in ours.items():
        other = theirs.get(path)
        if other is None or not same(node, other):
            changes.append(Change(path, node, other))
    changes += [Change(path, None, node) for path, node in theirs.items() if path not in ours]
    shown = tuple(one._replace(left=_hidden(one.path, one.left), right=_hidden(one.path, one.right)) for one in changes)
    notes = tuple(note for whole in (first, second) for note in whole.notes if note.fatal)
    return Compared(
        left,
        right,
        shown,
        len(ours.keys() & theirs.keys()) - sum(bool(one.left and one.right) for one in changes),
        notes,
    )


def same(left: Node, right: Node) -> bool:
    """The values are the same to the code that reads them: 1 is not 1.0, and null is not missing."""
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        return type(left.value) is type(right.value) and literal(left) == literal(right)
    return type(left) is type(right) and literal(left) == literal(right)


def _values(tree: Node) -> dict[KeyPath, Node]:
    return {path: node for path, node in rows(tree) if path}


def _hidden(path: KeyPath, node: Node | None) -> Node | None:
    return hidden(node, path, HIDDEN) if node is not None else None
