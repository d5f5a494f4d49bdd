"""The pages of `antifoul config` on a folder or a class: complexity, tree, env, docs."""

from collections.abc import Iterator, Mapping

from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.schema import Extra, Field, Kind, Shape
from antifoul.facts.stack.views import Branch, Heaviness, Inheritance, Reference, Variable, Variables
from antifoul.reports.blocks import (
    Block,
    Bullets,
    Heading,
    Inline,
    Mono,
    Paragraph,
    Ref,
    Table,
    Words,
    counted,
    listed,
    words,
)
from antifoul.reports.pages.config import note_blocks, place

_MOST_PLACES = 3
_FATES: Mapping[Extra, str] = {
    "refused": "",
    "dropped": " A key that it does not have is dropped without a word.",
    "kept": " It takes other keys too.",
}


def complexity_page(found: Heaviness) -> tuple[Block, ...]:
    """Every config, the most complex first."""
    over = sum(one.score > found.limit for one in found.configs)
    lead = f"log2(1 + values) x depth. {counted(len(found.configs), 'config')}, {over:,} over {found.limit:.0f}."
    rows = tuple(
        (
            words(f"{one.score:.1f}"), words(f"{one.leaves:,}"), words(str(one.depth)), words(Ref(one.name)),
            words("over the limit: split it, or inherit" if one.score > found.limit else ""),
        )
        for one in found.configs
    )  # fmt: skip
    table = (Table(("complexity", "values", "depth", "config", ""), rows, right=(0, 1, 2)),) if rows else ()
    return (
        Heading(1, f"Complexity of configs in {found.name}"),
        Paragraph(words(lead)),
        *table,
        *note_blocks("Not read", found.skipped),
    )


def tree_page(found: Inheritance) -> tuple[Block, ...]:
    """Which config is built on which, a line each."""
    what = "is built on the one that it stands under"
    if found.upwards:
        what = "is a base of the one that it stands under"
    lines = tuple(line for root in found.roots for line in _branch(root, 0))
    if not lines:
        lead = f"None of {counted(found.looked, 'config')} is built on another."
        return (Heading(1, found.name), Paragraph(words(lead)), *note_blocks("Not read", found.skipped))
    return (
        Heading(1, found.name),
        Paragraph(words(f"Each config {what}.")),
        Bullets(lines),
        *note_blocks("Not read", found.skipped),
    )


def _branch(branch: Branch, depth: int) -> Iterator[Words]:
    head = "│ " * (depth - 1) + ("└ " if depth else "")
    sets = f", sets {counted(branch.values, 'value')}" if branch.values else ""
    yield words(head, Ref(branch.name), sets, f" ({branch.remark})" if branch.remark else "")
    for inner in branch.branches:
        yield from _branch(inner, depth + 1)


def env_page(found: Variables) -> tuple[Block, ...]:
    """Every variable that is read, with its default and places."""
    secret = sum(one.secret for one in found.variables)
    lead = (
        f"{counted(len(found.variables), 'variable')} read in {counted(found.files, 'file')}, "
        f"{secret:,} by {'its' if secret == 1 else 'their'} name a secret."
    )
    rows = tuple(
        (words(Mono(one.name)), words(_default(one)), words("secret" if one.secret else ""), _places(one))
        for one in found.variables
    )
    table = (Table(("variable", "default", "", "read at"), rows),) if rows else ()
    return (
        Heading(1, f"Environment variables of {found.name}"),
        Paragraph(words(lead)),
        *table,
        *note_blocks("Read by a name that is only known when it runs", found.unknown),
        *note_blocks("Not read", found.skipped),
    )


def _default(one: Variable) -> str:
    """The defaults that are written; that it must be set, where no place has one and one fails without."""
    written = list(dict.fromkeys(read.default for read in one.reads if read.default is not None))
    if written:
        return ", ".join(text if len(text) <= 40 else f"{text[:39]}…" for text in written[:3])
    return "must be set" if any(read.required for read in one.reads) else "none"


def _places(one: Variable) -> Words:
    parts: list[Inline] = []
    for number, read in enumerate(one.reads[:_MOST_PLACES]):
        parts += [", ", Ref(read.path, read.line)] if number else [Ref(read.path, read.line)]
    if len(one.reads) > _MOST_PLACES:
        parts.append(f" and {len(one.reads) - _MOST_PLACES} more")
    return tuple(parts)


def docs_page(found: Reference) -> tuple[Block, ...]:
    """Each class with its fields: type, default, what is written of it, and where it is read."""
    top = found.schema.shape(found.schema.top)
    others = tuple(one for one in found.schema.classes.values() if one is not top)
    ordered = (top, *others) if top is not None else others
    notes = (Bullets(tuple(words(note) for note in found.notes)),) if found.notes else ()
    return (
        Heading(1, top.name if top is not None else found.name),
        *notes,
        *(block for shape in ordered for block in _shape(shape, found, top=shape is top)),
    )


def _shape(shape: Shape, found: Reference, *, top: bool) -> Iterator[Block]:
    if not top:
        yield Heading(2, shape.name)
    where: Words = words("Declared at ", Ref(shape.place, shape.line), ".") if shape.line else words("")
    about = f"{shape.about} " if shape.about.endswith((".", "!", "?")) else f"{shape.about}. " if shape.about else ""
    yield Paragraph(words(about, *where, _FATES[shape.extra]))
    used = any((shape.name, field.name) in found.used for field in shape.fields)
    heads = ("key", "type", "default", "about", *(("read at",) if used else ()))
    rows = tuple(
        (
            words(Mono(field.name)), words(Mono(_written(field.kind))), _field_default(field), words(_about(field)),
            *((_used(shape, field, found),) if used else ()),
        )
        for field in shape.fields
    )  # fmt: skip
    if rows:
        yield Table(heads, rows)


def _written(kind: Kind) -> str:
    if kind.sort == "enum":
        return " | ".join(map(str, kind.choices[::2]))
    return kind.written


def _field_default(field: Field) -> Words:
    if field.default is not None:
        text = literal(field.default)
        if text == "{}" and any(one.sort == "object" for one in (field.kind, *field.kind.args)):
            return words("its own defaults")
        return words(Mono(text))
    if field.computed:
        return words("computed: ", Mono(field.computed))
    return words("must be set") if field.required else words("none")


def _about(field: Field) -> str:
    also = [f"also {listed(field.aliases)}"] if field.aliases else []
    also += [f"short {listed(field.flags)}"] if field.flags else []
    also += ["a secret"] if field.secret else []
    rest = f"({'; '.join(also)})" if also else ""
    return " ".join(part for part in (field.about, rest) if part)


def _used(shape: Shape, field: Field, found: Reference) -> Words:
    used = found.used.get((shape.name, field.name))
    if used is None:
        return words("")
    parts: list[Inline] = []
    for number, one in enumerate(used.places):
        parts += [", ", *place(one)] if number else list(place(one))
    if used.number > len(used.places):
        parts.append(f" and {used.number - len(used.places)} more")
    return tuple(parts)
