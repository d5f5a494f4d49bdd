"""A config with its layers on each other, and where each value was set."""

from antifoul.facts.stack.dump import fingerprint, yaml_text
from antifoul.facts.stack.hiding import HIDDEN, hidden
from antifoul.facts.stack.nodes import Note, Table, Unknown, rows
from antifoul.facts.stack.paths import dotted
from antifoul.facts.stack.views import Row, Shown
from antifoul.gate.config.agreeing import by_hydra
from antifoul.gate.config.asking import Question, answered, problems_of


def show(file: str, question: Question) -> Shown:
    """The values in force, and all that is wrong with them.

    Raises:
        UsageError: a file cannot be read, or is built on what is not there; an override sets what there is not.
    """
    whole = answered(file, question)
    tree = hidden(whole.tree, sign=HIDDEN)
    if not isinstance(tree, Table):
        raise TypeError("a mapping stays one")
    values = tuple(Row(path, node) for path, node in rows(tree) if path)
    notes = [note for note in whole.notes if not note.fatal]
    if question.by_hydra:
        notes += by_hydra(file, question.overrides, whole)
    notes += [Note(f"{dotted(path)}: {node.why}", node.origin) for path, node in values if isinstance(node, Unknown)]
    return Shown(
        file,
        values,
        whole.stack.layers,
        tuple(notes),
        problems_of(whole),
        fingerprint(tree),
        yaml_text(tree, places=True),
    )
