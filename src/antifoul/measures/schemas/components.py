"""Names of classes and functions in configs: whether they exist, and which arguments they take."""

from __future__ import annotations

import ast
import re
from difflib import get_close_matches

from antifoul.facts.keys import dotted
from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.code import Definition, External
from antifoul.measures.schemas.matching import near, takes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.keys import Entry, Node, Path
    from antifoul.facts.options import Option
    from antifoul.measures.schemas.outline import Outline
    from antifoul.measures.schemas.shapes import Shape, Shapes

NAMING = ("_component_", "_target_")  # the node's other keys are the arguments
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
# Keys that whoever builds the thing takes for himself.
_BUILDERS = frozenset({"_partial_", "_args_", "_recursive_", "_convert_", "_mode_", "_resolve_", "defaults"})


class Missing(NamedTuple):
    """A dotted name that its module does not define."""

    path: Path
    name: str
    line: int
    column: int
    module: str  # the file that would define it
    near: str


class Unasked(NamedTuple):
    """An argument that the named thing does not take. `naming` is the key that names it."""

    path: Path
    entry: Entry
    shape: Shape
    near: Option | None
    naming: str


def missing(shapes: Shapes, node: Node, ours: frozenset[str]) -> Iterator[Missing]:
    """The dotted names of a config that lead into the repository's own packages (`ours`) and end nowhere."""
    yield from _missing(shapes, node, (), ours)


def _missing(shapes: Shapes, node: Node, path: Path, ours: frozenset[str]) -> Iterator[Missing]:
    for entry in node.entries:
        value = entry.value
        if value.kind == "scalar" and _is_name(entry, ours):
            lost = _lost(shapes, value.text)
            if lost is not None:
                yield Missing((*path, entry.key), value.text, entry.line, entry.column, *lost)
        yield from _missing(shapes, value, (*path, entry.key), ours)
    for number, element in enumerate(node.elements):
        yield from _missing(shapes, element, (*path, number), ours)


def _is_name(entry: Entry, ours: frozenset[str]) -> bool:
    text = entry.value.text
    named = entry.key in NAMING or entry.key in {"class_path", "_class_", "class_name", "target", "cls"}
    top = text.partition(".")[0]
    return bool(_DOTTED.fullmatch(text)) and (named and (top in ours or "." in text))


def _lost(shapes: Shapes, name: str) -> tuple[str, str] | None:
    """The module that a name leads to without being defined there, and the nearest that is; None for a good one."""
    code = shapes.code
    if isinstance(code.dotted(name), Definition):
        return None
    if lost := _lost_member(shapes, name):
        return lost
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        module = code.module(".".join(parts[:end]), None)
        if module is None:
            continue
        if (module.library is not None and module.library.remembered) or _is_open(module):
            return None
        if parts[end] in (*module.classes, *module.functions, *module.assigns, *module.imports):
            return None  # it is there, and what it is or holds could not be followed
        names = [*module.classes, *module.functions, *module.assigns, *module.imports]
        close = get_close_matches(parts[end], names, n=1, cutoff=0.7)
        return module.path, ".".join((*parts[:end], close[0], *parts[end + 1 :])) if close else ""
    return None


def _lost_member(shapes: Shapes, name: str) -> tuple[str, str] | None:
    """The file of a class that has no member of that name, and the nearest; None where that cannot be told."""
    owner_name, _, member = name.rpartition(".")
    owner = shapes.code.dotted(owner_name)
    if not isinstance(owner, Definition) or not isinstance(owner.node, ast.ClassDef) or owner.outline.library:
        return None
    names = _members(shapes, owner, 0)
    if names is None or member in names:
        return None
    close = get_close_matches(member, names, n=1, cutoff=0.7)
    return owner.outline.path, f"{owner_name}.{close[0]}" if close else ""


def _members(shapes: Shapes, owner: Definition, depth: int) -> set[str] | None:
    """What a class and those that it is built on define; None where one is not at hand, or decides when it runs."""
    node = owner.node
    if not isinstance(node, ast.ClassDef) or depth > 8 or node.keywords or node.decorator_list:
        return None
    names: set[str] = set()
    for item in node.body:
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(item.name)
        names |= {one.id for one in ast.walk(item) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    for base in shapes.code.parents(owner):
        inherited = _members(shapes, base, depth + 1) if isinstance(base, Definition) else None
        if inherited is None and not (isinstance(base, External) and base.last in {"object", "ABC", "Protocol"}):
            return None
        names |= inherited or set()
    return None if "__getattr__" in names else names


def _is_open(module: Outline) -> bool:
    """The module may define names that are not written in it."""
    return "__getattr__" in module.functions or "globals" in {*module.assigns} or bool(module.stars)


def unasked(shapes: Shapes, node: Node, path: Path = ()) -> Iterator[Unasked]:
    """The arguments in the nodes that name a component and that it does not take."""
    naming = next((key for key in NAMING if node.get(key) is not None), "")
    named = node.get(naming) if naming else None
    shape = shapes.of(shapes.code.dotted(named.text)) if named is not None and named.kind == "scalar" else None
    for entry in node.entries:
        judged = shape is not None and not shape.open and not entry.key.startswith("_") and entry.key not in _BUILDERS
        if judged and shape is not None and not takes(shape, entry.key):
            yield Unasked((*path, entry.key), entry, shape, near(entry.key, (shape,)), naming)
        yield from unasked(shapes, entry.value, (*path, entry.key))
    for number, element in enumerate(node.elements):
        yield from unasked(shapes, element, (*path, number))


def has_components(node: Node) -> bool:
    """A node of the config names what it is built into."""
    return any(entry.key in NAMING or has_components(entry.value) for entry in node.entries) or any(
        has_components(element) for element in node.elements
    )


def shown(path: Path) -> str:
    """The way to a key."""
    return dotted(path)
