"""A parser's arguments that a config file fills: `parser.set_defaults(**loaded)`, `vars(args).update(loaded)`."""

from __future__ import annotations

import ast

from antifoul.facts.options import Option
from antifoul.measures.schemas.fields import Declared
from antifoul.measures.schemas.shapes import Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from antifoul.facts.options import Flag, Place
    from antifoul.measures.schemas.outline import Outline
    from antifoul.measures.schemas.tracing import Call, Scope

_KINDS = frozenset({"int", "float", "str", "bool"})


def fills(call: Call) -> bool:
    """The call puts the keys of a mapping among a parser's arguments."""
    node = call.node
    if call.name == "set_defaults":
        return any(one.arg is None for one in node.keywords)
    if call.name == "setattr" and len(node.args) == 3:
        return not isinstance(node.args[1], ast.Constant) and _is_parsed(node.args[0], call.scope)
    if call.name != "update" or not isinstance(node.func, ast.Attribute):
        return False
    match node.func.value:
        case ast.Call(func=ast.Name(id="vars"), args=[of]) | ast.Attribute(value=of, attr="__dict__"):
            return _is_parsed(of, call.scope)
        case _:
            return False


def _is_parsed(node: ast.expr, scope: Scope) -> bool:
    """The expression is a name for what `parse_args` gave."""
    bound = scope.value(node.id) if isinstance(node, ast.Name) else None
    made = bound[0] if bound is not None else None
    return (
        isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) and made.func.attr.startswith("parse_args")
    )


def arguments_of(flags: Iterable[Flag], place: Place, outline: Outline) -> Shape:
    """The arguments of a parser as options; what is no flag stays on the namespace, where code may read it."""
    fields = {}
    for flag in flags:
        if flag.dest and flag.dest != "help":
            kind = flag.type if flag.type in _KINDS else "bool" if flag.takes is False else ""
            annotation = ast.Name(kind, ast.Load()) if kind else None
            fields[flag.dest] = Declared(Option(flag.dest, flag.place, kind, flag.default), annotation, outline)
    return Shape("the parser", "class", place, fields, fate="kept")
