"""Which classes a call builds from a mapping: Config(**loaded), Config.model_validate(loaded), structured(Config)."""

from __future__ import annotations

from antifoul.measures.schemas.outline import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from antifoul.measures.schemas.outline import Outline
    from antifoul.measures.schemas.shapes import Shape, Shapes

_BY_METHOD = frozenset({"model_validate", "parse_obj", "from_dict", "validate", "model_validate_json", "parse_file"})
_BY_ARGUMENT = frozenset({"structured", "from_dict", "convert", "TypeAdapter", "structure", "wrap", "parse"})


def built_by(shapes: Shapes, node: ast.Call, outline: Outline) -> Iterator[Shape]:
    """The classes that hold options and that the call builds."""
    parts = parts_of(node.func)
    if not parts:
        return
    named: list[tuple[str, ...]] = []
    if any(one.arg is None for one in node.keywords) and not node.args:
        named.append(parts)
    if parts[-1] in _BY_METHOD and len(parts) > 1:
        named.append(parts[:-1])
    if parts[-1] in _BY_ARGUMENT:
        given = (*node.args, *(key.value for key in node.keywords))
        named += [names for one in given if (names := parts_of(one))]
    for names in named:
        shape = shapes.of(shapes.code.find(outline, names))
        if shape is not None and shape.make not in {"class", "function"}:
            yield shape
