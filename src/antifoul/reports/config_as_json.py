"""The `config` commands as JSON, by the schemas in docs/schema."""

import math
from datetime import date, time
from typing import Any

from antifoul.facts.paths import for_json
from antifoul.facts.report import Look
from antifoul.facts.stack.literals import word
from antifoul.facts.stack.nodes import Listing, Node, Note, Origin, Scalar, Table, Unknown
from antifoul.facts.stack.paths import dotted, shown_key
from antifoul.facts.stack.views import Shown
from antifoul.reports.as_json import dump


def render_config_show(found: Shown, _: Look) -> str:
    """The object that `config show --format json` promises."""
    return dump(
        {
            "schema": 1,
            "file": for_json(found.name),
            "layers": [{"level": one.level, "place": for_json(one.place)} for one in found.layers],
            "values": [{"key": dotted(row.path), **value_object(row.node)} for row in found.rows],
            "notes": [note_object(note) for note in found.notes],
        }
    )


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


def note_object(note: Note) -> dict[str, Any]:
    """One thing to know."""
    return {"message": note.message, "fatal": note.fatal, **origin_object(note.origin)}


def plain_value(node: Node) -> object:  # noqa: PLR0911  one for each kind
    """The value as JSON has it: dates are text, infinities too."""
    match node:
        case Scalar(float() as number) if not math.isfinite(number):
            return word(number)
        case Scalar(date() | time() as moment):
            return moment.isoformat()
        case Scalar(bytes() as value):
            return word(value)
        case Scalar(value):
            return value
        case Listing(items):
            return [plain_value(inner) for inner in items]
        case Table(items):
            return {shown_key(key): plain_value(inner) for key, inner in items.items()}
        case Unknown(text):
            return text
        case _:
            return None
