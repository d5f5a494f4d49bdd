"""A value as YAML in one line, so written that YAML 1.1 and 1.2 read the same: `1.0e-05`, `"no"`, `"2026-01-01"`."""

import json
import math
import re
from datetime import date, datetime, time
from enum import Enum

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.nodes import Gone, Listing, Node, Scalar, Table, Unknown
from antifoul.facts.stack.old_words import read_otherwise
from antifoul.facts.stack.paths import Key
from antifoul.facts.stack.scalars import resolved

_SAFE = re.compile(r"[A-Za-z_/\\.][A-Za-z0-9_/\\.+@$^()-]*(?: [A-Za-z0-9_/\\.+@$^()-]+)*")
_UNSHOWN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def literal(node: Node) -> str:
    """The node in one line. What is not known stands as it is written in the source."""
    match node:
        case Scalar(value):
            return word(value)
        case Unknown(text):
            return text
        case Listing(items):
            return f"[{', '.join(map(literal, items))}]"
        case Table(items):
            return "{" + ", ".join(f"{key_word(key)}: {literal(inner)}" for key, inner in items.items()) + "}"
        case Gone():
            return "(taken away)"


def word(value: object) -> str:  # noqa: PLR0911  one for each kind
    """One value."""
    match value:
        case Enum():
            return word(value.value) if isinstance(value.value, str) else _text(value.name)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _number(value)
        case str():
            return _text(value)
        case bytes():
            import base64  # noqa: PLC0415  hardly ever

            return f"!!binary {base64.b64encode(value).decode()}" if value else '!!binary ""'
        case datetime() | date() | time():
            return _text(value.isoformat())
        case _:
            return _text(str(value))


def key_word(key: Key) -> str:
    """One key."""
    return word(key)


def _number(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    shown = repr(value)
    mantissa, sign, exponent = shown.partition("e")
    if not sign:
        return shown
    point = "" if "." in mantissa else ".0"  # YAML 1.1 takes 1e-05 for text
    return f"{mantissa}{point}e{exponent if exponent[0] in '+-' else f'+{exponent}'}"


def _text(value: str) -> str:
    try:
        plain = _SAFE.fullmatch(value) is not None and resolved(value) == value and not read_otherwise(value)
    except ReadError:
        plain = False
    return value if plain else _quoted(value)


def _quoted(value: str) -> str:
    """In double quotes, by JSON's escapes, which YAML shares; what YAML does not allow to stand is escaped too."""
    return _UNSHOWN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(value, ensure_ascii=False))
