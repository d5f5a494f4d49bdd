"""What the signature of a function says, and what a class is built on."""

from __future__ import annotations

import ast
import re

from antifoul.facts.record import NamedTuple
from antifoul.measures.definitions import DEFS, Definition, definitions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from antifoul.facts.source import Source

    Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_WHOLE_COMMENT = re.compile(r"#\s*type:\s*\(.*\)\s*->")
_COMMENT = re.compile(r"#\s*type:\s*(?!ignore\b)\S")
_NO_RETURN = frozenset({"__init__", "__post_init__", "__init_subclass__", "__del__"})
# Bases that have no public methods that a class could override, or none that need to be told.
_PLAIN_BASES = frozenset(
    {
        "object", "ABC", "Protocol", "Generic", "NamedTuple", "TypedDict", "Enum", "IntEnum", "StrEnum", "Flag",
        "IntFlag", "Exception", "BaseException", "ValueError", "RuntimeError", "TypeError", "KeyError",
    }
)  # fmt: skip


class Public(NamedTuple):
    """A public definition with the class around it, if any."""

    definition: Definition
    owner: ast.ClassDef | None


def public(source: Source) -> Iterator[Public]:
    """The functions, methods and classes that others may call: neither private nor inside a function.

    Raises:
        ReadError: the file cannot be read.
    """
    found = definitions(source)
    classes = {one.key.symbol: one.node for one in found if isinstance(one.node, ast.ClassDef)}
    functions = {one.key.symbol for one in found if not isinstance(one.node, ast.ClassDef)}
    for one in found:
        *around, name = one.key.symbol.split(".")
        if any(is_private(part) for part in (*around, name)):
            continue
        prefixes = [".".join(around[: n + 1]) for n in range(len(around))]
        if not any(prefix in functions for prefix in prefixes):
            yield Public(one, classes.get(prefixes[-1]) if prefixes else None)


def is_private(name: str) -> bool:
    """The name starts with an underscore and is no dunder."""
    return name.startswith("_") and not is_dunder(name)


def is_dunder(name: str) -> bool:
    """The name is one of the data model's."""
    return name.startswith("__") and name.endswith("__") and len(name) > 4


def decorated(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> frozenset[str]:
    """The last names of its decorators: `setter` for `@x.setter`."""
    return frozenset(map(_last_name, node.decorator_list))


def unhinted(source: Source, node: Function, *, is_method: bool) -> list[str]:
    """The parameters without an annotation, and "the return"; type comments count."""
    lines = source.python_lines
    first = lines[node.lineno - 1 : node.body[0].lineno]
    if any(_WHOLE_COMMENT.search(line) for line in first):
        return []
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    bound = is_method and "staticmethod" not in decorated(node)
    if bound or (positional and positional[0].arg in {"self", "cls"}):  # a function may be made for a class, too
        positional = positional[1:]
    every = [(one.arg, one) for one in (*positional, *arguments.kwonlyargs)]
    every += [(f"*{one.arg}", one) for one in [arguments.vararg] if one]
    every += [(f"**{one.arg}", one) for one in [arguments.kwarg] if one]
    missing = [
        name for name, one in every if one.annotation is None and not _COMMENT.search(lines[(one.end_lineno or 1) - 1])
    ]
    if node.returns is None and node.name not in _NO_RETURN:
        missing.append("the return")
    return missing


def colon_line(source: Source, node: Function) -> int:
    """The line of the colon that ends the signature, as Python counts lines."""
    arguments = node.args
    last: list[ast.expr | ast.arg] = [
        *arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *arguments.defaults,
        *(one for one in arguments.kw_defaults if one),
        *(one for one in (arguments.vararg, arguments.kwarg, node.returns) if one),
    ]  # fmt: skip
    ends = [(one.end_lineno or node.lineno, one.end_col_offset or 0) for one in last]
    line, column = max(ends, default=(node.lineno, node.col_offset))
    lines = source.python_lines
    while line < node.body[0].lineno:
        text = lines[line - 1].encode("utf-8", "surrogatepass")[column:].split(b"#", 1)[0]
        if b":" in text:
            return line
        line, column = line + 1, 0
    return line


def may_override(name: str, owner: ast.ClassDef, source: Source) -> bool:
    """A class that it is built on has the method, or is not in this module, so that it may have it."""
    classes = {one.name: one.node for one in definitions(source) if isinstance(one.node, ast.ClassDef)}
    stack, seen = [owner], {owner.name}
    while stack:
        for base in stack.pop().bases:
            plain = _last_name(base)
            if plain in _PLAIN_BASES:
                continue
            parent = classes.get(plain)
            if parent is None:
                return True
            if any(isinstance(one, DEFS) and one.name == name for one in parent.body):
                return True
            if plain not in seen:
                seen.add(plain)
                stack.append(parent)
    return False


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return _last_name(inner)
        case _:
            return ""
