"""Deprecations in code: decorators, warnings of those categories or words, and arguments that say so."""

from __future__ import annotations

import ast
import re

from antifoul.measures import markers
from antifoul.measures.expressions import CATEGORIES, WARNING_CALLS, says_so
from antifoul.measures.scopes import last_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antifoul.facts.tree import Marker

# A function that deprecates what it is given: `deprecated`, `deprecate_kwarg`. `deprecated_call` only asks.
_DEPRECATES = re.compile(r"_{0,2}deprecated?\Z|_{0,2}deprecate_\w+\Z|_{0,2}deprecated_(?!call)\w+\Z")
_SAYS_SO = re.compile(
    r"deprecat|\b(?:will|to) be (?:removed|dropped|unsupported)\b|no longer be supported", re.IGNORECASE
)
_DEFINES = re.compile(rb"\b(?:def|class)[ \t]+_{0,2}deprecat(?:e|ed|ion)(?:_\w+)?\b")
_DECORATES = re.compile(r"_{0,2}deprecat(?:e|ed|ion)(?:_\w+)?\Z")


def defines_deprecating(data: bytes) -> bool:
    """The file has a function that makes things deprecated: what stands in it is read only as a whole."""
    return b"deprecat" in data and bool(_DEFINES.search(data))


def deprecations(decorators: Iterable[tuple[ast.expr, str]], calls: Iterable[tuple[ast.Call, str]]) -> Iterator[Marker]:
    """The deprecations among decorators, calls and what is raised, each given with its symbol.

    The code of a function that makes things deprecated is none itself.
    """
    seen = set()
    for node, symbol in decorators:
        function = node.func if isinstance(node, ast.Call) else node
        if _DECORATES.match(last_name(function)):
            seen.add(id(node))
            yield _marker(node, _first_text(node) or f"{symbol} is deprecated", symbol)
    for call, symbol in calls:
        seen |= {id(one) for one in call.args[:1]}  # warn(DeprecationWarning("...")) is one
        said = None if id(call) in seen or _makes_deprecated(symbol) else _said_by(call)
        if said is not None:
            yield _marker(_place(call), said or "deprecated", symbol)


def _marker(node: ast.expr, text: str, symbol: str) -> Marker:
    return markers.deprecated(node.lineno, node.end_lineno or node.lineno, text)._replace(symbol=symbol)


def _makes_deprecated(symbol: str) -> bool:
    return any(_DECORATES.match(part) for part in symbol.split("."))


def _said_by(call: ast.Call) -> str | None:
    """What a call that deprecates something says; None for any other."""
    name = last_name(call.func)
    if name in CATEGORIES:  # it is raised
        return _text(call.args[0]) if call.args else ""
    if name in WARNING_CALLS:
        first = call.args[0] if call.args else None
        text = _text(first)
        categories = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "category")]
        if isinstance(first, ast.Call):  # warn(DeprecationWarning("..."))
            categories.append(first.func)
            text = text or (_text(first.args[0]) if first.args else "")
        if any(_is_category(one) for one in categories) or _SAYS_SO.search(text):
            return text
        return None
    if _DEPRECATES.match(name):
        return _first_text(call) or f"{_last(call)} is deprecated"
    for word in call.keywords:
        value = word.value if word.arg == "deprecated" else says_so(word.value)
        if isinstance(value, ast.Constant) and value.value:
            return value.value if isinstance(value.value, str) else _first_text(call)
    return None


def _place(call: ast.Call) -> ast.expr:
    """What the marker points at: the argument that says deprecated, where it is not the call itself."""
    if last_name(call.func) in WARNING_CALLS | CATEGORIES or _DEPRECATES.match(last_name(call.func)):
        return call
    places = (word.value if word.arg == "deprecated" else says_so(word.value) for word in call.keywords)
    return next((one for one in places if one is not None), call)


def _is_category(node: ast.expr) -> bool:
    name = last_name(node)
    return name in CATEGORIES or "Deprecat" in name


def _last(call: ast.Call) -> str:
    return ast.unparse(call.args[0])[:80] if call.args else "it"


def _first_text(node: ast.expr) -> str:
    """The first argument that is a text."""
    if not isinstance(node, ast.Call):
        return ""
    values = [
        *node.args,
        *(word.value for word in node.keywords if word.arg in {"msg", "message", "reason", "description"}),
    ]
    return next((text for text in map(_text, values) if text), "")


def _text(node: ast.expr | None) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_text(one) or "…" for one in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left) + _text(right)
        case ast.BinOp(left=left):
            return _text(left)
        case ast.Call(func=ast.Attribute(value=value, attr="format" | "strip" | "replace")):
            return _text(value)
        case _:
            pass
    return ""
