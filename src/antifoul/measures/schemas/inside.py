"""What may stand inside of a value, by the type that its option declares."""

from __future__ import annotations

import ast

from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.code import Definition
from antifoul.measures.schemas.outline import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.measures.schemas.fields import Declared
    from antifoul.measures.schemas.outline import Outline
    from antifoul.measures.schemas.shapes import Shape, Shapes

_THROUGH = frozenset({
    "Optional", "Union", "Annotated", "List", "list", "Sequence", "Iterable", "Tuple", "tuple", "Set", "set", "MinLen",
    "conlist", "Required", "NotRequired", "Final", "Type", "type", "InitVar",
})  # fmt: skip
_LISTS = frozenset({"List", "list", "Sequence", "Iterable", "Tuple", "tuple", "Set", "set", "conlist"})
_MAPS = frozenset({"Dict", "dict", "Mapping", "DictConfig", "OrderedDict", "MutableMapping", "defaultdict"})
_SCALARS = frozenset({
    "str", "int", "float", "bool", "bytes", "None", "Path", "PathLike", "Literal", "PositiveInt", "NonNegativeInt",
    "PositiveFloat", "NonNegativeFloat", "StrictStr", "StrictBool", "StrictInt", "NoneType", "complex",
})  # fmt: skip
_NOT_CONFIGS = frozenset({"function"})


class Inside(NamedTuple):
    """What a value may hold: one of these shapes; anything, when it is open."""

    shapes: tuple[Shape, ...] = ()
    open: bool = False
    each: tuple[Shape, ...] = ()  # what the values of a mapping by free names may hold

    def joined(self, other: Inside) -> Inside:
        """What either allows."""
        return Inside(
            (*self.shapes, *(one for one in other.shapes if one not in self.shapes)),
            self.open or other.open,
            (*self.each, *(one for one in other.each if one not in self.each)),
        )


def inside_of(shapes: Shapes, declared: Declared) -> Inside:
    """What the value of an option may hold."""
    if declared.annotation is None:
        return Inside(open=True)
    return _inside(shapes, declared.outline, declared.annotation, 0)


def _inside(  # noqa: PLR0911  one return a form of annotation
    shapes: Shapes, outline: Outline, node: ast.expr, depth: int
) -> Inside:
    if depth > 8:
        return Inside(open=True)
    match node:
        case ast.Constant(value=str(text)):
            try:
                return _inside(shapes, outline, ast.parse(text, mode="eval").body, depth + 1)
            except (SyntaxError, ValueError):
                return Inside(open=True)
        case ast.Constant(value=None):
            return Inside()
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _inside(shapes, outline, left, depth + 1).joined(_inside(shapes, outline, right, depth + 1))
        case ast.Subscript(value=value, slice=inner):
            return _subscript(shapes, outline, value, inner, depth)
        case ast.Name() | ast.Attribute():
            return _named(shapes, outline, node, depth)
        case _:
            return Inside(open=True)


def _subscript(shapes: Shapes, outline: Outline, value: ast.expr, inner: ast.expr, depth: int) -> Inside:
    name = parts_of(value)[-1:]
    if name == ("Literal",):
        return Inside()
    if name and name[0] in _MAPS:
        held = inner.elts[1] if isinstance(inner, ast.Tuple) and len(inner.elts) == 2 else None
        values = _inside(shapes, outline, held, depth + 1) if held is not None else Inside(open=True)
        return Inside(open=True) if values.open or values.each else Inside(each=values.shapes)
    if not name or name[0] not in _THROUGH:
        return _inside(shapes, outline, value, depth + 1)
    elements = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == ("Annotated",):
        elements = elements[:1]
    out = Inside()
    for one in elements:
        out = out.joined(_inside(shapes, outline, one, depth + 1))
    return out


def _named(  # noqa: PLR0911  one return a kind of name
    shapes: Shapes, outline: Outline, node: ast.expr, depth: int
) -> Inside:
    parts = parts_of(node)
    if not parts or parts[-1] in _MAPS or parts[-1] in {"Any", "object"} or parts[-1] in _LISTS:
        return Inside(open=True)
    if parts[-1] in _SCALARS:
        return Inside()
    found = shapes.code.find(outline, parts)
    if not isinstance(found, Definition):
        return Inside(open=True)
    if isinstance(found.node, ast.ClassDef):
        if _is_enum(shapes, found):
            return Inside()
        shape = shapes.of(found)
        made = shape is not None and shape.make not in {"class", "function"}
        return Inside((shape,)) if made and shape is not None else Inside(open=True)
    if isinstance(found.node, ast.expr):
        return _inside(shapes, found.outline, found.node, depth + 1)
    return Inside(open=True)


def _is_enum(shapes: Shapes, found: Definition) -> bool:
    names = {
        getattr(base, "last", base.name if isinstance(base, Definition) else "") for base in shapes.code.parents(found)
    }
    return bool(names & {"Enum", "StrEnum", "IntEnum", "ExplicitEnum", "str", "int"})
