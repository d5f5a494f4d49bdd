"""Which classes a call builds from a mapping: Config(**loaded), Config.model_validate(loaded), structured(Config)."""

from __future__ import annotations

import ast
import re

from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.outline import constant, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.schemas.code import Definition, Found
    from antifoul.measures.schemas.outline import Outline
    from antifoul.measures.schemas.shapes import Shape, Shapes

_BY_METHOD = frozenset({"model_validate", "parse_obj", "from_dict", "validate", "model_validate_json", "parse_file"})
_BY_ARGUMENT = re.compile(
    r"structured|TypeAdapter|structure|wrap|decode|Decoder|convert|(?:load|parse|from_|read|build)\w*"
)


class Built(NamedTuple):
    """A class that a call builds. `section` is the way to the part of the config that it is built of."""

    shape: Shape
    section: tuple[str, ...]


def built_by(shapes: Shapes, node: ast.Call, outline: Outline, owner: Definition | None = None) -> Iterator[Built]:
    """The classes that hold options and that the call builds. `owner` is the class that the call stands in."""
    for found, mapping in _named(shapes, node, outline, owner):
        shape = shapes.of(found)
        if shape is not None and shape.make not in {"class", "function"}:
            yield Built(shape, _section(mapping))


def _named(
    shapes: Shapes, node: ast.Call, outline: Outline, owner: Definition | None
) -> Iterator[tuple[Found, ast.expr | None]]:
    """What the call may build, each with the mapping that it is built of."""
    parts = parts_of(node.func)
    if not parts:
        return
    spread = [one.value for one in node.keywords if one.arg is None]
    if spread and not node.args:
        mapping = spread[0] if len(spread) == 1 else None
        if parts != ("cls",):
            yield shapes.code.find(outline, parts), mapping
        elif owner is not None:
            yield owner, mapping
    first = node.args[0] if node.args else None
    if parts[-1] in _BY_METHOD and len(parts) > 1:
        yield shapes.code.find(outline, parts[:-1]), first
    if _BY_ARGUMENT.fullmatch(parts[-1]):
        given = [*node.args, *(key.value for key in node.keywords)]
        classes = [names for one in given if (names := parts_of(one))]
        others = [one for one in given if not isinstance(one, ast.Name | ast.Attribute) or parts_of(one) not in classes]
        for names in classes:
            yield shapes.code.find(outline, names), others[0] if len(others) == 1 else None


def _section(node: ast.expr | None) -> tuple[str, ...]:
    """The keys that lead to a part of what was loaded: raw["model"], raw.get("model", {}), raw["a"]["b"]."""
    match node:
        case ast.Subscript(value=inner, slice=ast.Constant(value=str(key))):
            return (*_section(inner), key)
        case ast.Call(func=ast.Attribute(value=inner, attr="get" | "pop"), args=[first, *_]) if constant(first):
            return (*_section(inner), constant(first) or "")
        case ast.BoolOp(op=ast.Or(), values=[first, *_]):
            return _section(first)
        case _:
            return ()
