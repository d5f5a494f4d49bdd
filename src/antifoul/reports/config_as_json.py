"""The `config` commands as JSON, by the schemas in docs/schema."""

import math
from collections.abc import Iterable
from datetime import date, time
from typing import Any

from antifoul.facts.paths import for_json
from antifoul.facts.report import Look
from antifoul.facts.stack.literals import literal, word
from antifoul.facts.stack.nodes import Listing, Node, Note, Origin, Scalar, Table, Unknown
from antifoul.facts.stack.paths import dotted, shown_key
from antifoul.facts.stack.schema import Field, Shape
from antifoul.facts.stack.views import (
    Branch,
    Compared,
    Heaviness,
    Inheritance,
    Reason,
    Reference,
    Shown,
    Variables,
    Why,
)
from antifoul.reports.as_json import dump


def render_config_show(found: Shown, _: Look) -> str:
    """The object that `config show --format json` promises."""
    return dump(
        {
            "schema": 1,
            "file": for_json(found.name),
            "fingerprint": found.fingerprint,
            "layers": [{"level": one.level, "place": for_json(one.place)} for one in found.layers],
            "values": [{"key": dotted(row.path), **value_object(row.node)} for row in found.rows],
            "problems": notes(found.problems),
            "notes": notes(found.notes),
        }
    )


def render_config_why(found: Why, _: Look) -> str:
    """The object that `config why --format json` promises."""
    return dump(
        {
            "schema": 1,
            "key": found.key,
            "file": for_json(found.name) if found.name else None,
            "values": [_reason(one) for one in found.reasons],
            "configs": [{"file": for_json(one.name), **value_object(one.node)} for one in found.places],
            "skipped": notes(found.skipped),
        }
    )


def _reason(one: Reason) -> dict[str, Any]:
    steps = [
        {"act": step.act, "value": plain_value(step.node), "set_by": origin_object(step.origin)} for step in one.steps
    ]
    value = (
        value_object(one.node)
        if one.node is not None
        else {"value": None, "known": True, "written": None, "set_by": None}
    )
    return {"key": dotted(one.path), "set": one.node is not None, **value, "history": steps}


def render_config_diff(found: Compared, _: Look) -> str:
    """The object that `config diff --format json` promises."""
    changes = [
        {
            "key": dotted(one.path),
            "left": value_object(one.left) if one.left is not None else None,
            "right": value_object(one.right) if one.right is not None else None,
        }
        for one in found.changes
    ]
    return dump(
        {
            "schema": 1,
            "left": for_json(found.left),
            "right": for_json(found.right),
            "same": found.same,
            "changes": changes,
            "problems": notes(found.notes),
        }
    )


def render_config_complexity(found: Heaviness, _: Look) -> str:
    """The object that `config complexity --format json` promises."""
    configs = [
        {
            "file": for_json(one.name),
            "leaves": one.leaves,
            "depth": one.depth,
            "complexity": round(one.score, 3),
            "over": one.score > found.limit,
        }
        for one in found.configs
    ]
    return dump({"schema": 1, "limit": found.limit, "configs": configs, "skipped": notes(found.skipped)})


def render_config_tree(found: Inheritance, _: Look) -> str:
    """The object that `config tree --format json` promises."""
    direction = "bases" if found.upwards else "built on it"
    return dump(
        {
            "schema": 1,
            "branches_are": direction,
            "roots": [_branch(one) for one in found.roots],
            "skipped": notes(found.skipped),
        }
    )


def _branch(one: Branch) -> dict[str, Any]:
    return {
        "file": for_json(one.name),
        "values": one.values,
        "remark": one.remark or None,
        "branches": [_branch(inner) for inner in one.branches],
    }


def render_config_env(found: Variables, _: Look) -> str:
    """The object that `config env --format json` promises."""
    variables = [
        {
            "name": one.name,
            "secret": one.secret,
            "reads": [{**read._asdict(), "path": for_json(read.path)} for read in one.reads],
        }
        for one in found.variables
    ]
    unknown = [
        {"source": one.message, "path": for_json(one.origin.place), "line": one.origin.line} for one in found.unknown
    ]
    return dump({"schema": 1, "variables": variables, "unknown": unknown, "skipped": notes(found.skipped)})


def render_config_docs(found: Reference, _: Look) -> str:
    """The object that `config docs --format json` promises."""
    classes = [_shape(one, found) for one in found.schema.classes.values()]
    flags = [one._asdict() for one in found.flags]
    top = found.schema.shape(found.schema.top)
    return dump(
        {"schema": 1, "top": top.name if top else None, "classes": classes, "flags": flags, "notes": list(found.notes)}
    )


def _shape(shape: Shape, found: Reference) -> dict[str, Any]:
    return {
        "name": shape.name,
        "about": shape.about,
        "other_keys": shape.extra,
        "path": for_json(shape.place),
        "line": shape.line or None,
        "fields": [_field(one, shape, found) for one in shape.fields],
    }


def _field(field: Field, shape: Shape, found: Reference) -> dict[str, Any]:
    used = found.used.get((shape.name, field.name))
    return {
        "name": field.name,
        "type": field.kind.written,
        "required": field.required,
        "default": literal(field.default) if field.default is not None else field.computed or None,
        "about": field.about,
        "aliases": [*field.aliases, *field.flags],
        "secret": field.secret,
        "path": for_json(field.place),
        "line": field.line or None,
        "read_at": [{"path": for_json(one.place), "line": one.line} for one in used.places] if used else [],
        "reads": used.number if used else 0,
    }


def value_object(node: Node) -> dict[str, Any]:
    """A value and where it was set; `known` is false where only running something could tell it."""
    via = node.via if isinstance(node, Scalar) else ""
    return {
        "value": plain_value(node),
        "known": not isinstance(node, Unknown),
        "written": via or None,
        "set_by": origin_object(node.origin),
    }


def origin_object(origin: Origin) -> dict[str, Any]:
    """The layer, the place, and the line, null where there are no lines."""
    return {"layer": origin.layer, "place": for_json(origin.place), "line": origin.line or None}


def notes(given: Iterable[Note]) -> list[dict[str, Any]]:
    """What there is to say, each with its place."""
    return [{"message": note.message, **origin_object(note.origin)} for note in given]


def plain_value(node: Node) -> object:  # noqa: PLR0911  one for each kind
    """The value as JSON has it: dates are text, infinities too."""
    match node:
        case Scalar(float() as number) if not math.isfinite(number):
            return word(number)
        case Scalar(date() | time() as moment):
            return moment.isoformat()
        case Scalar(None | str() | int() | float() | bool() as value):
            return value
        case Scalar(value):
            return word(value)
        case Listing(items):
            return [plain_value(inner) for inner in items]
        case Table(items):
            return {shown_key(key): plain_value(inner) for key, inner in items.items()}
        case Unknown(text):
            return text
        case _:
            return None
