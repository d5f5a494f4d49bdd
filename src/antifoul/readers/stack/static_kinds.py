"""The type of an annotation, told from its syntax tree."""

import ast
from collections.abc import Callable

from antifoul.facts.stack.schema import ANY, Kind, Sort

_SIMPLE: dict[str, Sort] = {
    "None": "none", "bool": "bool", "int": "int", "float": "float", "str": "str", "date": "date",
    "datetime": "datetime", "time": "time", "Path": "made", "PurePath": "made", "PosixPath": "made", "Decimal": "made",
    "Any": "any", "object": "any",
    "PositiveInt": "int", "NonNegativeInt": "int", "PositiveFloat": "float", "NonNegativeFloat": "float",
    "StrictInt": "int", "StrictStr": "str", "StrictBool": "bool", "StrictFloat": "float", "SecretStr": "str",
}  # fmt: skip
_LISTS = frozenset(
    {"list", "List", "Sequence", "MutableSequence", "Iterable", "Collection", "set", "Set", "frozenset", "FrozenSet",
     "AbstractSet", "MutableSet", "deque", "Deque"}
)  # fmt: skip
_MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "DefaultDict", "defaultdict"})
_WRAPPED = frozenset({"Annotated", "Final", "ClassVar", "InitVar", "Required", "NotRequired", "ReadOnly"})

Look = Callable[[str], Kind | None]  # a name that is no type known here: a class, an enum, an alias


def static_kind(tree: ast.expr | None, look: Look, depth: int = 0) -> Kind:  # noqa: PLR0911  one for each form
    """The type; one that cannot be told takes anything, and is shown as it is written."""
    if tree is None or depth > 20:
        return ANY
    match tree:
        case ast.Constant(str() as text):
            return _from_text(text, look, depth)
        case ast.Constant(None):
            return Kind("none", "None")
        case ast.BinOp(left, ast.BitOr(), right):
            return _union([static_kind(left, look, depth + 1), static_kind(right, look, depth + 1)])
        case ast.Subscript(value, inner):
            return _subscript(_last(value), inner, tree, look, depth)
        case ast.Name() | ast.Attribute():
            return _named(tree, look)
        case _:
            return Kind("any", ast.unparse(tree))


def _from_text(text: str, look: Look, depth: int) -> Kind:
    try:
        return static_kind(ast.parse(text, mode="eval").body, look, depth + 1)
    except SyntaxError:
        return Kind("any", text)


def _named(tree: ast.expr, look: Look) -> Kind:
    name = _last(tree)
    if name in _SIMPLE:
        return Kind(_SIMPLE[name], name)
    if name in _LISTS or name in {"tuple", "Tuple"}:
        return Kind("list", name, (ANY,))
    if name in _MAPPINGS:
        return Kind("mapping", name, (ANY, ANY))
    return look(ast.unparse(tree)) or Kind("any", ast.unparse(tree))


def _subscript(  # noqa: PLR0911  one for each form
    name: str, inner: ast.expr, whole: ast.expr, look: Look, depth: int
) -> Kind:
    args = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    written = ast.unparse(whole)
    if name in _WRAPPED:
        return static_kind(args[0], look, depth + 1)
    if name == "Literal":
        choices = tuple(one.value for one in args if isinstance(one, ast.Constant))
        whole_known = len(choices) == len(args)
        return Kind("choice", written, choices=choices) if whole_known else Kind("any", written)
    kinds = [static_kind(one, look, depth + 1) for one in args]
    if name == "Optional":
        return _union([*kinds, Kind("none", "None")])
    if name == "Union":
        return _union(kinds)
    if name in {"tuple", "Tuple"} and not (isinstance(args[-1], ast.Constant) and args[-1].value is Ellipsis):
        return Kind("tuple", written, tuple(kinds))
    if name in _LISTS or name in {"tuple", "Tuple"}:
        return Kind("list", written, (kinds[0],))
    if name in _MAPPINGS:
        return Kind("mapping", written, tuple(kinds[:2]) if len(kinds) == 2 else (ANY, ANY))
    return Kind("any", written)


def _union(kinds: list[Kind]) -> Kind:
    flat = [inner for one in kinds for inner in (one.args if one.sort == "union" else (one,))]
    return Kind("union", " | ".join(dict.fromkeys(one.written for one in flat)), tuple(flat))


def _last(tree: ast.expr) -> str:
    match tree:
        case ast.Name(name):
            return name
        case ast.Attribute(_, name):
            return name
        case _:
            return ""
