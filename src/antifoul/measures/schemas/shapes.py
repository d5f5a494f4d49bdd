"""The options of a class with all that it inherits, and those of a function."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from antifoul.facts.options import Option, Place
from antifoul.measures.schemas.code import Definition, External
from antifoul.measures.schemas.fields import (
    Declared,
    checked_keys,
    extra_of,
    own_fields,
    place_of,
    renames,
    stripped_prefixes,
)
from antifoul.measures.schemas.outline import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Literal, TypeAlias

    from antifoul.facts.options import Fate
    from antifoul.measures.schemas.code import Code, Found
    from antifoul.measures.schemas.outline import Function

Make: TypeAlias = "Literal['dataclass', 'pydantic', 'attrs', 'msgspec', 'typeddict', 'namedtuple', 'class', 'function']"

_ROOTS: dict[str, Make] = {
    "BaseModel": "pydantic", "BaseSettings": "pydantic", "RootModel": "pydantic", "SQLModel": "pydantic",
    "BaseConfig": "pydantic", "Struct": "msgspec", "TypedDict": "typeddict", "NamedTuple": "namedtuple",
}  # fmt: skip
_DECORATORS: dict[str, Make] = {
    "dataclass": "dataclass", "dataclasses.dataclass": "dataclass", "define": "attrs", "frozen": "attrs",
    "mutable": "attrs", "attrs": "attrs", "attr.s": "attrs", "attr.define": "attrs", "attrs.define": "attrs",
    "attrs.frozen": "attrs", "attr.attrs": "attrs", "attr.frozen": "attrs", "dataclass_transform": "dataclass",
}  # fmt: skip
_FATES: dict[str, Fate] = {"allow": "kept", "ignore": "dropped", "forbid": "refused"}
# Parents that give no option.
_NEUTRAL = frozenset({"object", "ABC", "Generic", "Protocol", "Enum", "IntEnum", "StrEnum", "Mapping", "abc.ABC"})
_HARMLESS = frozenset({"add_start_docstrings", "runtime_checkable", "final", "total_ordering", "deprecated"})


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What may be given to build something. `open` says why other keys may be known too."""

    name: str
    make: Make
    place: Place
    fields: Mapping[str, Declared]  # by name and by alias
    handled: frozenset[str] = frozenset()  # keys that its own checks look at
    open: str = ""
    fate: Fate = "refused"
    missing: tuple[str, ...] = ()  # parents that are not at hand
    prefixes: frozenset[str] = frozenset()  # what its own checks take off the beginning of a key

    @property
    def options(self) -> Iterator[Option]:
        """Every option, once."""
        yield from dict.fromkeys(declared.option for declared in self.fields.values())


class _Inherited:
    """What a class has from those that it is built on."""

    def __init__(self) -> None:
        self.fields: dict[str, Declared] = {}
        self.handled: set[str] = set()
        self.prefixes: set[str] = set()
        self.missing: list[str] = []
        self.open = ""
        self.extra = ""

    def take(self, parent: Shape) -> None:
        """Add a parent's; the later one's fields win."""
        self.fields.update(parent.fields)
        self.handled |= parent.handled
        self.prefixes |= parent.prefixes
        self.missing += parent.missing
        self.open = self.open or parent.open


class Shapes:
    """Shapes by definition, each made once."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self._known: dict[str, Shape] = {}

    def of(self, found: Found) -> Shape | None:
        """The shape of a class or function; None for what is neither, or not at hand."""
        if not isinstance(found, Definition):
            return None
        if found.id not in self._known:
            node = found.node
            if isinstance(node, ast.ClassDef):
                self._known[found.id] = Shape(found.name, "class", place_of(found.outline, node), {}, open="a circle")
                self._known[found.id] = self._of_class(found, node)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._known[found.id] = self._of_function(found, node, skip_first=False)
            else:
                return None
        return self._known[found.id]

    def make_of(self, found: Definition, depth: int = 0) -> Make:
        """How a class takes its options, by its decorators, then its parents."""
        node = found.node
        if not isinstance(node, ast.ClassDef) or depth > 10:
            return "class"
        for one in node.decorator_list:
            name = ".".join(parts_of(one.func if isinstance(one, ast.Call) else one))
            short = name.rpartition(".")[2]
            if name in _DECORATORS or short.endswith("dataclass"):
                return _DECORATORS.get(name, "dataclass")
        for base in self.code.parents(found):
            last = base.last if isinstance(base, External) else base.name
            if isinstance(base, External) and last in _ROOTS:
                return _ROOTS[last]
            if isinstance(base, Definition) and (make := self.make_of(base, depth + 1)) != "class":
                return make
        return "class"

    def _of_class(self, found: Definition, node: ast.ClassDef) -> Shape:
        make = self.make_of(found)
        if make == "class":
            return self._of_plain(found, node)
        got = self._inherited(found, make)
        if make not in {"dataclass", "attrs"} or node.decorator_list:
            for declared in own_fields(node, found.outline):
                for name in (declared.option.name, *declared.option.aliases):
                    got.fields[name] = declared
        extra = extra_of(node) or got.extra or ("ignore" if make in {"pydantic", "msgspec"} else "forbid")
        opened = got.open
        if extra == "allow":
            opened = f"{found.name} takes extra keys"
        elif renames(node):
            opened = f"{found.name} renames its fields"
        elif got.missing and not opened:
            opened = f"{got.missing[0]}, which {found.name} is built on, is not at hand"
        return Shape(
            found.name,
            make,
            place_of(found.outline, node),
            got.fields,
            frozenset(got.handled.union(checked_keys(node))),
            opened,
            _FATES.get(extra, "refused"),
            tuple(dict.fromkeys(got.missing)),
            frozenset(got.prefixes.union(stripped_prefixes(node))),
        )

    def _inherited(self, found: Definition, make: Make) -> _Inherited:
        got = _Inherited()
        for base in reversed(self.code.parents(found)):
            parent = self.of(base)
            if parent is None:
                name = base.last if isinstance(base, External) else base.name
                if name not in _NEUTRAL and name not in _ROOTS and not name.endswith("Mixin"):
                    got.missing.append(base.dotted if isinstance(base, External) else base.name)
            elif parent.make == "class":
                self._take_checks(base, got, 0)
            else:
                got.take(parent)
                if make == "pydantic":
                    got.extra = {"kept": "allow", "dropped": "ignore", "refused": "forbid"}[parent.fate]
        return got

    def _take_checks(self, base: Found, got: _Inherited, depth: int) -> None:
        """What a class without options of its own checks for those that are built on it."""
        if not isinstance(base, Definition) or not isinstance(base.node, ast.ClassDef) or depth > 6:
            return
        got.handled.update(checked_keys(base.node))
        got.prefixes.update(stripped_prefixes(base.node))
        for parent in self.code.parents(base):
            self._take_checks(parent, got, depth + 1)

    def _of_plain(self, found: Definition, node: ast.ClassDef) -> Shape:
        """The parameters of a class's own `__init__`, or of the one it inherits."""
        start = self.code.method(found, "__init__") or self.code.method(found, "__new__")
        if start is None or not isinstance(start.node, ast.FunctionDef):
            known = all(isinstance(base, Definition) or base.last in _NEUTRAL for base in self.code.parents(found))
            opened = "" if known else f"what {found.name} is built on is not at hand"
            return Shape(found.name, "class", place_of(found.outline, node), {}, open=opened)
        shape = self._of_function(start, start.node, skip_first=True)
        return replace(shape, name=found.name, make="class", place=place_of(found.outline, node))

    def _of_function(self, found: Definition, node: Function, *, skip_first: bool) -> Shape:
        arguments = node.args
        named = [*arguments.posonlyargs, *arguments.args]
        if skip_first or (named and named[0].arg in {"self", "cls"} and "." in found.name):
            named = named[1:]
        fields = {}
        for one in (*named, *arguments.kwonlyargs):
            text = ast.unparse(one.annotation) if one.annotation is not None else ""
            option = Option(one.arg, place_of(found.outline, one), text)
            fields[one.arg] = Declared(option, one.annotation, found.outline)
        opened = ""
        if arguments.kwarg is not None:
            opened = f"{found.name} takes **{arguments.kwarg.arg}"
        elif any(not _is_harmless(one) for one in node.decorator_list):
            opened = f"{found.name} is decorated"
        return Shape(found.name, "function", place_of(found.outline, node), fields, open=opened)


def _is_harmless(decorator: ast.expr) -> bool:
    parts = parts_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
    known = {"staticmethod", "classmethod", "wraps", "no_grad", "cache", "lru_cache", "abstractmethod", "override"}
    return bool(parts) and (parts[-1] in known or parts[-1] in _HARMLESS)
