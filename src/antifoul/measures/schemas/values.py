"""Whether a value can be what its option takes: numbers, switches and choices; of other types nothing is said."""

from __future__ import annotations

import ast
import re

from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.inside import inside_of
from antifoul.measures.schemas.outline import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antifoul.facts.keys import Entry, Node, Path
    from antifoul.measures.schemas.fields import Declared
    from antifoul.measures.schemas.shapes import Shape, Shapes

_NUMBER = re.compile(r"[-+]?(?:\d[\d_]*)(?:\.\d*)?(?:[eE][-+]?\d+)?|[-+]?\.\d+|[-+]?\.?(?:inf|nan)", re.IGNORECASE)
_SWITCH = re.compile(r"true|false|yes|no|on|off|1|0", re.IGNORECASE)
_NOTHING = frozenset({"null", "none", "~", ""})


class Atoms(NamedTuple):
    """What a type is made of: "int", "float", "bool", "None", and the texts of its choices."""

    kinds: frozenset[str]
    choices: tuple[str, ...]


class Misfit(NamedTuple):
    """A value that its option does not take."""

    path: Path
    entry: Entry
    declared: Declared
    why: str


def misfits(shapes: Shapes, document: Node, top: Iterable[Shape], path: Path = ()) -> Iterator[Misfit]:
    """The scalars of a document that none of the options of that name takes."""
    for entry in document.entries:
        found = [shape.fields[entry.key] for shape in top if entry.key in shape.fields]
        if not found:
            continue
        if entry.value.kind == "scalar":
            told = [_why(entry.value, declared) for declared in found]
            if all(told):
                yield Misfit((*path, entry.key), entry, found[0], told[0])
        elif entry.value.kind == "map" and len(found) == 1:
            inside = inside_of(shapes, found[0])
            if inside.shapes and not inside.open:
                yield from misfits(shapes, entry.value, inside.shapes, (*path, entry.key))
            for each in entry.value.entries if inside.each and not inside.open and not inside.shapes else ():
                if each.value.kind == "map":
                    yield from misfits(shapes, each.value, inside.each, (*path, entry.key, each.key))


def _why(value: Node, declared: Declared) -> str:
    """Why an option does not take a value; "" where it does, or it cannot be told."""
    atoms = _atoms(declared.annotation)
    text = value.text.strip()
    if atoms is None or "$" in text or "{" in text or value.tag == "tagged":
        return ""
    if text.lower() in _NOTHING or text in atoms.choices or (value.tag == "bool" and "bool" in atoms.kinds):
        return ""
    if atoms.kinds & {"int", "float"} and (value.tag in {"int", "float"} or _NUMBER.fullmatch(text)):
        return ""
    if "bool" in atoms.kinds and _SWITCH.fullmatch(text):
        return ""
    if atoms.choices and not atoms.kinds & {"int", "float", "bool"}:
        return f"{text!r} is none of {', '.join(map(repr, atoms.choices))}"
    return f"{text!r} is no {' or '.join(sorted(atoms.kinds - {'None'}))}" if value.tag != "bool" else ""


def _atoms(node: ast.expr | None) -> Atoms | None:  # noqa: PLR0911  one return a form of type
    """What a type is made of; None where a part of it is of another kind."""
    match node:
        case ast.Constant(value=str(text)):
            try:
                return _atoms(ast.parse(text, mode="eval").body)
            except (SyntaxError, ValueError):
                return None
        case ast.Constant(value=None):
            return Atoms(frozenset({"None"}), ())
        case ast.Name(id="int" | "float" | "bool" as name):
            return Atoms(frozenset({name}), ())
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _joined([_atoms(left), _atoms(right)])
        case ast.Subscript(value=value, slice=inner):
            return _subscript(parts_of(value)[-1:], inner.elts if isinstance(inner, ast.Tuple) else [inner])
        case _:
            return None


def _subscript(name: tuple[str, ...], elements: list[ast.expr]) -> Atoms | None:
    if name == ("Literal",):
        texts = [one.value for one in elements if isinstance(one, ast.Constant)]
        whole = len(texts) == len(elements) and all(isinstance(one, str) for one in texts)
        return Atoms(frozenset(), tuple(str(one) for one in texts)) if whole else None
    if name in {("Optional",), ("Union",)}:
        return _joined([*map(_atoms, elements), Atoms(frozenset({"None"}), ())])
    return _atoms(elements[0]) if name == ("Annotated",) else None


def _joined(parts: list[Atoms | None]) -> Atoms | None:
    known = [one for one in parts if one is not None]
    if len(known) != len(parts):
        return None
    kinds = frozenset(kind for one in known for kind in one.kinds)
    return Atoms(kinds, tuple(choice for one in known for choice in one.choices))
