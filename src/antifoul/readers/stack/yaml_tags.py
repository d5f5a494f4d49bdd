"""What a YAML tag makes of a value. A tag of someone's own makes nothing: no object is constructed."""

import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.nodes import Listing, Node, Note, Plain, Scalar, Table, Unknown
from antifoul.facts.stack.scalars import number_of, resolved

if TYPE_CHECKING:
    from antifoul.facts.stack.paths import Key

_STANDARD = "tag:yaml.org,2002:"


def tagged(tag: str | None, node: Scalar | Listing | Table, notes: list[Note]) -> Node:
    """The node as its tag says.

    Raises:
        ReadError: the tag does not fit the value.
    """
    name = (tag or "!").removeprefix(_STANDARD)
    if name in {"!", "map", "seq", "python/tuple", "python/list", "python/dict"}:
        return node
    if isinstance(node, Scalar):
        return _scalar(name, node)
    if name == "set" and isinstance(node, Table):
        return Listing(tuple(Scalar(key, node.origin) for key in node.items), node.origin)
    if name in {"omap", "pairs"} and isinstance(node, Listing):
        return _ordered(node)
    message = f"the tag {_shown(name)} is not acted on: what it holds is read as plain values"
    notes.append(Note(message, node.origin, fatal=True))
    return node


def _scalar(name: str, node: Scalar) -> Node:
    text = str(node.value)
    if name not in _SCALARS:
        return Unknown(f"{_shown(name)} {text}".strip(), node.origin, f"the tag {_shown(name)} is not acted on")
    try:
        return Scalar(_SCALARS[name](text), node.origin)
    except (ValueError, ReadError, binascii.Error):
        raise ReadError(f"{text!r} is no !!{name}", node.origin.line, node.origin.column) from None


def _bool(text: str) -> bool:
    if text.lower() in {"true", "yes", "on", "false", "no", "off"}:
        return text.lower() in {"true", "yes", "on"}
    raise ValueError(text)


def _int(text: str) -> int:
    number = number_of(text.replace("_", ""))
    if isinstance(number, int):
        return number
    raise ValueError(text)


def _float(text: str) -> float:
    number = number_of(text.replace("_", ""))
    if number is None:
        raise ValueError(text)
    return float(number)


def _null(text: str) -> None:
    if resolved(text) is not None:
        raise ValueError(text)


_SCALARS: dict[str, Callable[[str], Plain]] = {
    "str": str,
    "python/str": str,
    "python/unicode": str,
    "timestamp": str,
    "bool": _bool,
    "python/bool": _bool,
    "int": _int,
    "python/int": _int,
    "float": _float,
    "python/float": _float,
    "null": _null,
    "python/none": _null,
    "binary": lambda text: base64.b64decode("".join(text.split()), validate=True),
}


def _ordered(node: Listing) -> Node:
    items: dict[Key, Node] = {}
    for one in node.items:
        if not isinstance(one, Table) or len(one.items) != 1:
            raise ReadError("an ordered mapping is a list of single keys", node.origin.line, node.origin.column)
        items |= one.items
    return Table(items, node.origin)


def _shown(name: str) -> str:
    return name if name.startswith("!") else f"!!{name}"
