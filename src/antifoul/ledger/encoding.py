"""Numbers of one file as bytes for the store, and back. JSON: a shared cache folder must not be able to run code."""

import json
from typing import Any

from antifoul.facts.copyable import Unit, Units
from antifoul.facts.errors import ReadError
from antifoul.facts.tree import Cell, Class, Code, Copyable, Function, Halstead, Marker, Undefined

_HALSTEAD = tuple.__new__  # past its constructor, as below
_ROWS: dict[str, type[tuple[Any, ...]]] = {
    "functions": Function,
    "classes": Class,
    "markers": Marker,
    "copyable": Copyable,
    "undefined": Undefined,
}


def encoded(outcome: Code | ReadError) -> bytes:
    """The bytes of an outcome: the numbers, or why there are none."""
    if isinstance(outcome, ReadError):
        return json.dumps({"unread": str(outcome)}).encode()
    return json.dumps(outcome, separators=(",", ":")).encode("utf-8", "surrogatepass")


def decoded(raw: bytes) -> Code | ReadError:
    """The outcome that those bytes hold.

    Raises:
        ValueError: they are not what `encoded` writes.
    """
    value: Any = json.loads(raw.decode("utf-8", "surrogatepass"))
    if isinstance(value, dict):
        return ReadError(str(value["unread"]))
    fields: dict[str, Any] = dict(zip(Code._fields, value, strict=True))
    for one in fields["functions"]:
        one[-1] = _HALSTEAD(Halstead, one[-1])
    for name, row in _ROWS.items():
        fields[name] = _made(row, fields[name])
    fields["cells"] = tuple(Cell(*one) for one in fields["cells"])
    fields["unread_cells"] = tuple((number, why) for number, why in fields["unread_cells"])
    fields["halstead"] = Halstead(*fields["halstead"])
    return Code(**fields)


def _made(row: Any, values: Any) -> tuple[Any, ...]:  # noqa: ANN401  rows of any kind
    """The rows as values of their kind, past its constructor: a large tree has a hundred thousand of them."""
    if values and len(values[0]) != len(row._fields):
        raise ValueError(f"{row.__name__} has other fields")
    new = tuple.__new__
    return tuple([new(row, one) for one in values])


def encoded_units(outcome: Units | ReadError) -> bytes:
    """The bytes of a file's units, or of why there are none."""
    if isinstance(outcome, ReadError):
        return encoded(outcome)
    return json.dumps(outcome, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def decoded_units(raw: bytes) -> Units | ReadError:
    """The units that those bytes hold.

    Raises:
        ValueError: they are not what `encoded_units` writes.
    """
    value: Any = json.loads(raw)
    if isinstance(value, dict):
        return ReadError(str(value["unread"]))
    units, *rest = value
    return Units(tuple(Unit(*one) for one in units), *rest)
