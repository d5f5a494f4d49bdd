"""The pages of `antifoul config`."""

from antifoul.facts.paths import shown
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.nodes import Note, Origin
from antifoul.facts.stack.paths import dotted
from antifoul.facts.stack.views import Row, Shown
from antifoul.reports.blocks import Block, Bullets, Heading, Mono, Paragraph, Ref, Table, Words, counted, words

_WIDEST = 80  # signs of a value in a table


def show_page(found: Shown) -> tuple[Block, ...]:
    """Each value in force, with the layer, the file and the line that set it."""
    layers = counted(len(found.layers), "layer")
    lead = f"{counted(len(found.rows), 'value')} from {layers}."
    rows = tuple((words(Mono(dotted(row.path))), value(row), setter(row.node.origin)) for row in found.rows)
    return (
        Heading(1, found.name),
        Paragraph(words(lead)),
        Table(("key", "value", "set by"), rows),
        *note_blocks(found.notes),
    )


def value(row: Row) -> Words:
    """A value, cut where it is long."""
    text = literal(row.node)
    return words(Mono(text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"))


def setter(origin: Origin) -> Words:
    """The layer, and the place in it."""
    if not origin.line:
        return words(f"{origin.layer} {origin.place}".strip())
    return words(f"{origin.layer} ", Ref(origin.place, origin.line))


def note_blocks(notes: tuple[Note, ...]) -> tuple[Block, ...]:
    """What there is to say, each with its place."""
    if not notes:
        return ()
    items = tuple(
        words(
            Ref(note.origin.place, note.origin.line) if note.origin.line else shown(note.origin.place),
            f": {note.message}",
        )
        for note in notes
    )
    return (Heading(2, "To know"), Bullets(items))
