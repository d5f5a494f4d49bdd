"""What an expression is worth, told from its syntax tree. Nothing is run: what only running could tell is unknown."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from antifoul.facts.stack.merge import merge
from antifoul.facts.stack.nodes import Listing, Node, Origin, Scalar, Table, Unknown, step
from antifoul.facts.stack.paths import Key

_MOST = 10_000  # characters of a text, or items of a list, that an operation may make
_MOST_BITS = 4_096  # of a whole number
_OPERATORS: Mapping[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_CASTS: Mapping[str, Callable[[object], object]] = {
    "int": cast("Callable[[object], object]", int),  # what does not fit raises, and is unknown then
    "float": cast("Callable[[object], object]", float),
    "str": str,
    "bool": bool,
    "Path": str,
    "pathlib.Path": str,
    "PurePath": str,
}
_MAPPINGS = frozenset(
    {"dict", "ConfigDict", "SimpleNamespace", "Namespace", "EasyDict", "Box", "OrderedDict", "Config"}
)


class Static:
    """Values of expressions among names that are known."""

    def __init__(
        self, layer: str, place: str, known: dict[Key, Node], look: Callable[[str], Node | None] = lambda _: None
    ) -> None:
        self._layer = layer
        self._place = place
        self.known = known
        self._look = look  # for a name that is not among them

    def origin(self, at: ast.AST) -> Origin:
        """Where that piece of the source stands."""
        return Origin(self._layer, self._place, getattr(at, "lineno", 0), getattr(at, "col_offset", -1) + 1)

    def value(self, tree: ast.expr) -> Node:  # noqa: PLR0911  one for each kind
        """What the expression is worth."""
        match tree:
            case ast.Constant(value) if value is None or isinstance(value, str | int | float | bool | bytes):
                return Scalar(value, self.origin(tree))
            case ast.List(items) | ast.Tuple(items) | ast.Set(items):
                return self._list(tree, items)
            case ast.Dict():
                return self._dict(tree)
            case ast.Name(name):
                return self._named(tree, self.known.get(name) or self._look(name))
            case ast.Attribute(inner, name):
                return self._named(tree, step(self.value(inner), name))
            case ast.Subscript(inner, ast.Constant(str() | int() as key)):
                return self._named(tree, step(self.value(inner), key))
            case ast.Call():
                return self._call(tree)
            case _:
                return self._computed(tree)

    def unknown(self, tree: ast.AST, why: str) -> Unknown:
        """The source itself, as what is not known."""
        text = ast.unparse(tree)
        return Unknown(text if len(text) <= 200 else f"{text[:200]}...", self.origin(tree), why)

    def _named(self, tree: ast.expr, node: Node | None) -> Node:
        if node is None or isinstance(node, Unknown):
            return self.unknown(tree, "it is computed when the file runs")
        return replace(node, origin=self.origin(tree))

    def _list(self, tree: ast.expr, items: list[ast.expr]) -> Node:
        out: list[Node] = []
        for item in items:
            inner = self.value(item.value if isinstance(item, ast.Starred) else item)
            if not isinstance(item, ast.Starred):
                out.append(inner)
            elif isinstance(inner, Listing):
                out += inner.items
            else:
                return self.unknown(tree, "a list that is computed when the file runs")
        return Listing(tuple(out), self.origin(tree))

    def _dict(self, tree: ast.Dict) -> Node:
        items: dict[Key, Node] = {}
        for key, value in zip(tree.keys, tree.values, strict=True):
            inner = self.value(value)
            if key is None:
                if not isinstance(inner, Table):
                    return self.unknown(tree, "a mapping that is computed when the file runs")
                items |= inner.items
                continue
            name = self.value(key)
            if not isinstance(name, Scalar) or isinstance(name.value, bytes):
                return self.unknown(tree, "a key that is computed when the file runs")
            items[name.value] = replace(inner, origin=self.origin(key))  # type: ignore[index]  # a literal key
        return Table(items, self.origin(tree))

    def _call(self, tree: ast.Call) -> Node:
        name = ast.unparse(tree.func) if isinstance(tree.func, ast.Name | ast.Attribute) else ""
        last = name.rpartition(".")[2]
        if name in _CASTS and len(tree.args) == 1 and not tree.keywords:
            return self._applied(tree, _CASTS[name], (tree.args[0],))
        mapping = last in _MAPPINGS or name == "OmegaConf.create" or (last[:1].isupper() and not tree.args)
        if not mapping or len(tree.args) > 1:
            return self.unknown(tree, "a call")
        whole: Node = Table({}, self.origin(tree))
        for one in tree.args:
            whole = merge(whole, self.value(one))
        for keyword in tree.keywords:
            inner = self.value(keyword.value)
            over = (
                inner
                if keyword.arg is None
                else Table({keyword.arg: replace(inner, origin=self.origin(keyword))}, inner.origin)
            )
            if not isinstance(over, Table) or not isinstance(whole, Table):
                return self.unknown(tree, "a call with what is computed when the file runs")
            whole = Table({**whole.items, **over.items}, whole.origin)
        return whole if isinstance(whole, Table) else self.unknown(tree, "a call")

    def _computed(self, tree: ast.expr) -> Node:  # noqa: PLR0911  one for each kind
        match tree:
            case ast.UnaryOp(ast.USub(), inner):
                return self._applied(tree, operator.neg, (inner,))
            case ast.UnaryOp(ast.UAdd(), inner):
                return self.value(inner)
            case ast.UnaryOp(ast.Not(), inner):
                return self._applied(tree, operator.not_, (inner,))
            case ast.BinOp(left, sign, right) if type(sign) in _OPERATORS:
                return self._operated(tree, left, type(sign), right)
            case ast.JoinedStr(parts):
                return self._text(tree, parts)
            case ast.IfExp(test, body, orelse):
                known = self.value(test)
                if isinstance(known, Scalar):
                    return self.value(body if known.value else orelse)
            case _:
                pass
        return self.unknown(tree, "it is computed when the file runs")

    def _operated(self, tree: ast.expr, left: ast.expr, sign: type[ast.operator], right: ast.expr) -> Node:
        first, second = self.value(left), self.value(right)
        if sign is ast.Add and isinstance(first, Listing) and isinstance(second, Listing):
            return Listing(first.items + second.items, self.origin(tree))
        if isinstance(first, Scalar) and isinstance(second, Scalar) and _is_small(sign, first.value, second.value):
            return self._applied(tree, _OPERATORS[sign], (left, right))
        return self.unknown(tree, "it is computed when the file runs")

    def _text(self, tree: ast.expr, parts: list[ast.expr]) -> Node:
        out = ""
        for part in parts:
            plain = isinstance(part, ast.FormattedValue) and part.conversion == -1 and part.format_spec is None
            inner = self.value(part.value if plain and isinstance(part, ast.FormattedValue) else part)
            if not isinstance(inner, Scalar):
                return self.unknown(tree, "a text that is put together when the file runs")
            out += str(inner.value)
        return Scalar(out, self.origin(tree))

    def _applied(self, tree: ast.expr, function: Callable[..., object], arguments: tuple[ast.expr, ...]) -> Node:
        given = [self.value(one) for one in arguments]
        if all(isinstance(one, Scalar) for one in given):
            try:
                value = function(*(one.value for one in given if isinstance(one, Scalar)))
            except (TypeError, ValueError, ArithmeticError):
                return self.unknown(tree, "it fails when the file runs")
            if value is None or isinstance(value, str | int | float | bool | bytes):
                return Scalar(value, self.origin(tree))
        return self.unknown(tree, "it is computed when the file runs")


def _is_small(sign: type[ast.operator], left: object, right: object) -> bool:
    """The operation makes nothing that is large."""
    if isinstance(left, int) and isinstance(right, int):
        if sign is ast.Pow:
            return abs(right) <= _MOST_BITS and abs(left).bit_length() * abs(right) <= _MOST_BITS
        return left.bit_length() + right.bit_length() <= _MOST_BITS
    if sign is ast.Mult and (isinstance(left, str | bytes) or isinstance(right, str | bytes)):
        text, count = (left, right) if isinstance(left, str | bytes) else (right, left)
        return isinstance(count, int) and isinstance(text, str | bytes) and len(text) * count <= _MOST
    return not (sign is ast.Mod and isinstance(left, str | bytes))  # a width in the text makes any size
