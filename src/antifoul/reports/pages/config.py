"""The pages of `antifoul config` on one or two configs: show, why, diff."""

from antifoul.facts.paths import shown
from antifoul.facts.stack.explain import said
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.nodes import Node, Note, Origin, Scalar, Unknown
from antifoul.facts.stack.paths import dotted
from antifoul.facts.stack.stack import SCHEMA
from antifoul.facts.stack.views import Change, Compared, Reason, Shown, Why
from antifoul.reports.blocks import Block, Bullets, Heading, Mono, Paragraph, Ref, Table, Words, counted, words

_WIDEST = 80  # signs of a value in a table


def show_page(found: Shown) -> tuple[Block, ...]:
    """Each value in force, with the layer, the file and the line that set it."""
    rows = tuple((words(Mono(dotted(row.path))), value(row.node), setter(row.node.origin)) for row in found.rows)
    table = (Table(("key", "value", "set by"), rows),) if rows else ()
    return (
        Heading(1, found.name),
        Paragraph(words(_lead(found))),
        *note_blocks("No run may start with this", found.problems),
        *table,
        *note_blocks("To know", found.notes),
    )


def _lead(found: Shown) -> str:
    above = sum(layer.level in {"environment", "command line"} for layer in found.layers)
    files = len({layer.place for layer in found.layers if layer.level in {"default", "user", "experiment"}} - {SCHEMA})
    more = f", {counted(above, 'key')} set from above" if above else ""
    return f"{counted(len(found.rows), 'value')} from {counted(files, 'file')}{more}. Fingerprint {found.fingerprint}."


def value(node: Node | None) -> Words:
    """A value, cut where it is long; nothing where there is none."""
    if node is None:
        return words("")
    text = literal(node)
    parts: list[str | Mono] = [Mono(text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…")]
    if isinstance(node, Scalar) and node.via:
        parts += [" by ", Mono(node.via)]
    if isinstance(node, Unknown):
        parts.append(" (not known)")
    return tuple(parts)


def setter(origin: Origin) -> Words:
    """The place that set a value, and its layer where that is not the experiment's own."""
    head = "" if origin.layer == "experiment" else f"{origin.layer} "
    return words(head, Ref(origin.place, origin.line)) if origin.line else words(f"{head}{origin.place}".strip())


def note_blocks(title: str, notes: tuple[Note, ...]) -> tuple[Block, ...]:
    """What there is to say, each with its place."""
    if not notes:
        return ()
    return (Heading(2, title), Bullets(tuple(words(*place(note.origin), f": {note.message}") for note in notes)))


def place(origin: Origin) -> Words:
    """A file and line, or what stands for it."""
    return words(Ref(origin.place, origin.line)) if origin.line else words(shown(origin.place))


def why_page(found: Why) -> tuple[Block, ...]:
    """Who set a key."""
    if not found.name:
        rows = tuple((value(one.node), setter(one.node.origin), words(Ref(one.name))) for one in found.places)
        lead = f"{counted(len(found.places), 'config')} of {found.looked} have a value for it."
        table = Table(("value", "set by", "config"), rows)
        return Heading(1, found.key), Paragraph(words(lead)), table, *note_blocks("Not read", found.skipped)
    return (Heading(1, f"{found.key} in {found.name}"), *(block for one in found.reasons for block in _reason(one)))


def _reason(one: Reason) -> tuple[Block, ...]:
    name = Mono(dotted(one.path))
    if one.node is None:
        lead = words(name, " is not set")
        rest = one.steps
    else:
        lead = words(name, " = ", *value(one.node), ", set by ", one.node.origin.layer, ", ", *place(one.node.origin))
        rest = one.steps if one.steps and one.steps[0].act == "adds" else one.steps[1:]
    if not rest:
        return (Paragraph(lead),)
    return Paragraph(lead), Bullets(tuple(words("over " if one.node else "", said(step, one.path)) for step in rest))


def diff_page(found: Compared) -> tuple[Block, ...]:
    """The keys whose values differ, with who set them on each side."""
    lead = f"{counted(len(found.changes), 'value')} differ, {found.same:,} are the same."
    if not found.changes:
        lead = f"The same values in force: {found.same:,}."
    rows = tuple((words(Mono(dotted(one.path))), *_sides(one)) for one in found.changes)
    table = (Table(("key", "left", "right", "left set by", "right set by"), rows),) if rows else ()
    return (
        Heading(1, f"{found.left} and {found.right}"),
        Paragraph(words(lead)),
        *table,
        *note_blocks("No run may start with this", found.notes),
    )


def _sides(one: Change) -> tuple[Words, ...]:
    setters = tuple(setter(node.origin) if node is not None else words("") for node in (one.left, one.right))
    return (_side(one.left), _side(one.right), *setters)


def _side(node: Node | None) -> Words:
    return words("(not set)") if node is None else value(node)
