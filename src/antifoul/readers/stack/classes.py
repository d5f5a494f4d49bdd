"""A schema out of a class at hand: a dataclass, a class of attrs, pydantic or msgspec, a TypedDict, a function."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from antifoul.facts.errors import UsageError
from antifoul.facts.stack.nodes import Listing, Node, Origin, Scalar, Table, from_plain
from antifoul.facts.stack.schema import Field, Kind, Schema, Shape
from antifoul.readers.stack.class_fields import Given, extra_of, family_of, fields_of, reworks
from antifoul.readers.stack.class_kinds import kind_of, limited
from antifoul.readers.stack.class_sources import Written, written_fields

DEFAULT = "default"


@dataclass(slots=True)
class Declared:
    """A schema, and the classes that its objects are made of."""

    schema: Schema
    classes: dict[str, Any] = field(default_factory=dict)


def schema_of(given: Any) -> Declared:  # noqa: ANN401  anything may be given as a schema
    """The schema that a class, a function or a JSON Schema declares.

    Raises:
        UsageError: it declares none.
    """
    if isinstance(given, Mapping):
        from antifoul.readers.stack.json_schema import json_schema  # noqa: PLC0415  for JSON Schema alone

        return Declared(json_schema(given))
    if not isinstance(given, type) and family_of(type(given)) not in {None, "NamedTuple"}:
        return _with_values(given)
    family = family_of(given)
    if family is None:
        raise UsageError(f"{given!r} declares no settings").with_remedy(
            "a dataclass, an attrs, pydantic or msgspec class, a TypedDict, a function, or a JSON Schema as a dict"
        )
    work = _Classes()
    name = work.enter(given)
    return Declared(Schema(work.shapes, Kind("object", given.__name__, of=name)), work.classes)


def _with_values(given: Any) -> Declared:  # noqa: ANN401  as above
    """The schema of an object's class, with its values as the defaults."""
    declared = schema_of(type(given))
    top = declared.schema.shape(declared.schema.top)
    if top is None:
        return declared
    values = node_of(given, Origin(DEFAULT, top.place or top.name, top.line))
    items = values.items if isinstance(values, Table) else {}
    fields = tuple(
        dataclasses.replace(
            one, default=items.get(one.name, one.default), required=one.required and one.name not in items
        )
        for one in top.fields
    )
    shapes = {**declared.schema.classes, declared.schema.top.of: dataclasses.replace(top, fields=fields)}
    return Declared(dataclasses.replace(declared.schema, classes=shapes), declared.classes)


class _Classes:
    def __init__(self) -> None:
        self.shapes: dict[str, Shape] = {}
        self.classes: dict[str, Any] = {}

    def enter(self, cls: Any) -> str:  # noqa: ANN401  as above
        """The name of a class of settings, which is read when it is first met; "" for another."""
        family = family_of(cls)
        if family is None:
            return ""
        name = f"{cls.__module__}.{cls.__qualname__}"
        if name in self.classes:
            return name
        self.classes[name] = cls
        written = written_fields(cls)
        place, line = written.place, written.line
        fields = tuple(self._field(one, written) for one in fields_of(cls, family))
        about = _first_line(cls.__doc__ or "")
        self.shapes[name] = Shape(cls.__name__, fields, extra_of(cls, family), about, place, line, reworks=reworks(cls))
        return name

    def _field(self, given: Given, written: Written) -> Field:
        kind = limited(kind_of(given.hint, self.enter), given.marks)
        place, line, about = written.fields.get(given.name, (written.place, written.line, ""))
        default, computed = _default(given, Origin(DEFAULT, place or written.name, line))
        return Field(
            given.name,
            kind,
            default,
            given.required,
            computed,
            given.about or about,
            given.aliases,
            given.flags,
            place,
            line,
            given.secret,
        )


def _default(given: Given, origin: Origin) -> tuple[Node | None, str]:
    """The default as a node; else the source of one that is no value of a config."""
    if given.default is None:
        return None, ""
    try:
        value = given.default()
    except Exception as problem:  # noqa: BLE001  a guest's factory
        return None, f"{type(problem).__name__}: {problem}"
    try:
        return node_of(value, origin), ""
    except TypeError:
        return None, repr(value)


def node_of(value: Any, origin: Origin) -> Node:  # noqa: ANN401, PLR0911  as above; one for each kind
    """A value of any of these classes as a node.

    Raises:
        TypeError: something in it is no value of a config.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _object({one.name: getattr(value, one.name) for one in dataclasses.fields(value) if one.init}, origin)
    if hasattr(type(value), "__attrs_attrs__"):
        fields = [one for one in type(value).__attrs_attrs__ if one.init]
        return _object({one.alias or one.name: getattr(value, one.name) for one in fields}, origin)
    if hasattr(type(value), "model_fields"):
        return _object({name: getattr(value, name) for name in type(value).model_fields}, origin)
    if hasattr(type(value), "__struct_fields__"):
        return _object({name: getattr(value, name) for name in type(value).__struct_fields__}, origin)
    if type(value).__module__ in {"pathlib", "decimal", "enum"} or hasattr(type(value), "__members__"):
        return Scalar(value, origin)
    if isinstance(value, Mapping):
        return Table({key: node_of(inner, origin) for key, inner in value.items()}, origin)
    if isinstance(value, list | tuple | set | frozenset):
        return Listing(tuple(node_of(inner, origin) for inner in value), origin)
    return from_plain(value, origin)


def _object(fields: Mapping[str, object], origin: Origin) -> Table:
    return Table({name: node_of(inner, origin) for name, inner in fields.items()}, origin)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
