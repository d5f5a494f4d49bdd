"""The reference of a class of settings, read and not run: its fields, and where they are read."""

import os
from collections.abc import Iterator

from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import is_python
from antifoul.facts.source import Source
from antifoul.facts.stack.explain import flags_of
from antifoul.facts.stack.nodes import Origin
from antifoul.facts.stack.schema import Schema
from antifoul.facts.stack.views import Reference, Used
from antifoul.gate.config.listing import named_from_here
from antifoul.gate.scope import in_scope, role_by
from antifoul.gate.survey import World
from antifoul.measures.field_reads import bound_in, field_reads, is_usual
from antifoul.readers.disk import read_regular
from antifoul.readers.files import tracked, walked
from antifoul.readers.stack.static_modules import Modules
from antifoul.readers.stack.static_schema import static_schema

_MOST = 3  # places that are named for a field


def reference(named: str, world: World, prefix: str) -> Reference:
    """The reference of the class that `file.py:Class`, `package.module:Class` or a JSON Schema's file names.

    Raises:
        UsageError: there is no such class, or its file cannot be read.
    """
    try:
        schema = static_schema(named, Modules())
    except ReadError as problem:
        raise UsageError(str(problem)) from None
    used = _used(schema, world) if ":" in named or "." in named else {}
    return Reference(named, schema, flags_of(schema, prefix), used, schema.notes)


def _used(schema: Schema, world: World) -> dict[tuple[str, str], Used]:
    """Where each field of each class is read."""
    owners: dict[str, list[str]] = {}  # field -> the classes that have it
    holders: dict[str, set[str]] = {}  # class -> the names that values of it go by
    for shape in schema.classes.values():
        holders.setdefault(shape.name, set())
        for field in shape.fields:
            owners.setdefault(field.name, []).append(shape.name)
            for kind in (field.kind, *field.kind.args):
                inner = schema.shape(kind)
                if inner is not None:
                    holders.setdefault(inner.name, set()).add(field.name)
    found: dict[tuple[str, str], list[Origin]] = {}
    elsewhere: dict[tuple[str, str], list[Origin]] = {}  # in modules that name none of the classes
    words = tuple(name.encode() for name in holders)
    defined = {os.path.normpath(shape.place) for shape in schema.classes.values()}
    for path, source in _sources(world):
        place = named_from_here(world, path)
        for name, one in _reads(source, owners, holders, own=os.path.normpath(place) in defined):
            named = any(word in source.data for word in words)
            (found if named else elsewhere).setdefault((name, one.place), []).append(Origin("", place, one.line))
    return {key: Used(tuple(places[:_MOST]), len(places)) for key, places in (elsewhere | found).items()}


def _reads(
    source: Source, owners: dict[str, list[str]], holders: dict[str, set[str]], *, own: bool
) -> Iterator[tuple[str, Origin]]:
    """Each read of a field in one file: the class, and the field's name and line."""
    try:
        tree = source.tree
    except ReadError:
        return
    bound = bound_in(tree, holders.keys())
    for read in field_reads(tree):
        for owner in owners.get(read.name, ()):
            named = read.on in holders[owner] or read.on in bound.get(owner, ()) or is_usual(read.on, owner)
            if named or (own and read.on == "self"):
                yield owner, Origin("", read.name, read.line)


def _sources(world: World) -> Iterator[tuple[RepoPath, Source]]:
    judged, role = in_scope(world.settings), role_by(world.settings)
    for path in (tracked(world.git) if world.git else walked(world.root)).paths:
        if is_python(path) and judged(path) and role(path) != "test":
            try:
                data = read_regular(os.path.join(world.root, path), world.settings.thresholds.file_bytes)  # noqa: PTH118
            except ReadError:
                continue
            yield path, Source(path, data, role(path))
