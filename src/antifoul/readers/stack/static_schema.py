"""A schema out of source that is not run: the class that a reference names, those that it holds and inherits from."""

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from antifoul.facts.errors import UsageError
from antifoul.facts.stack.nodes import Listing, Node, Origin, Scalar, Table, Unknown
from antifoul.facts.stack.paths import Key
from antifoul.facts.stack.schema import Extra, Field, Kind, Schema, Shape
from antifoul.facts.stack.secrets import is_secret_name
from antifoul.facts.stack.words import hint
from antifoul.readers.stack.class_sources import fields_in
from antifoul.readers.stack.static_extra import (
    enum_kind,
    extra_of_function,
    extra_said,
    in_its_library,
    reworked_fields,
    reworks_mapping,
)
from antifoul.readers.stack.static_fields import Declared, declared_field
from antifoul.readers.stack.static_kinds import static_kind
from antifoul.readers.stack.static_modules import Found, Module, Modules
from antifoul.readers.stack.static_python import Static

_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "ExplicitEnum", "Flag", "IntFlag"})
_LEAVES = frozenset(
    {"object", "ABC", "Protocol", "Generic", "NamedTuple", "Struct", "BaseModel", "BaseSettings", "TypedDict"}
)


def static_schema(reference: str, modules: Modules) -> Schema:
    """The schema that `file.py:Class`, `package.module:Class` or the file of a JSON Schema names.

    Raises:
        ReadError: the file cannot be read.
        UsageError: there is no such class.
    """
    if reference.endswith((".json", ".yaml", ".yml")):
        return _json(reference)
    module, name = _module(reference, modules)
    found = modules.find(module, name)
    if found is None or not isinstance(found.node, ast.ClassDef | ast.FunctionDef):
        names = [one.name for one in module.tree.body if isinstance(one, ast.ClassDef)]
        raise UsageError(f"there is no class {name!r} in {module.place}{_said(hint(name, names))}")
    work = _Classes(modules)
    top = work.enter(found)
    return Schema(work.shapes, Kind("object", found.node.name, of=top), tuple(work.notes))


def _said(half: str) -> str:
    return f": {half}" if half else ""


def _json(place: str) -> Schema:
    from antifoul.facts.stack.nodes import to_plain  # noqa: PLC0415  for JSON Schema alone
    from antifoul.readers.stack.files import read_file  # noqa: PLC0415  as above
    from antifoul.readers.stack.json_schema import json_schema  # noqa: PLC0415  as above

    plain = to_plain(read_file(place, "default").tree)
    return json_schema(plain if isinstance(plain, Mapping) else json.loads("{}"))


def _module(reference: str, modules: Modules) -> tuple[Module, str]:
    place, sign, name = reference.partition(":")
    if place.endswith(".py"):
        if not sign:
            raise UsageError(f"{reference}: which class? write {reference}:TrainConfig")
        return modules.at(place), name
    if not sign:
        place, _, name = reference.rpartition(".")
    module = modules.named(place) if place else None
    if module is None or not name:
        raise UsageError(f"there is no module {place or reference!r} here").with_remedy(
            "write path/to/file.py:TrainConfig, or package.module:TrainConfig"
        )
    return module, name


class _Classes:
    def __init__(self, modules: Modules) -> None:
        self.shapes: dict[str, Shape] = {}
        self.notes: list[str] = []
        self._modules = modules
        self._entered: set[str] = set()

    def enter(self, found: Found) -> str:
        """The name of a class, which is read when it is first met."""
        node = found.node
        assert isinstance(node, ast.ClassDef | ast.FunctionDef)  # noqa: S101  what the callers look for
        name = f"{found.module.name}.{node.name}"
        if name in self._entered:
            return name
        self._entered.add(name)
        about = (ast.get_docstring(node) or "").partition("\n")[0]
        if isinstance(node, ast.FunctionDef):
            fields, extra, reworks = self._parameters(found, node), extra_of_function(node), False
        else:
            lineage = list(self._lineage(found))
            gathered: dict[str, Field] = {}
            for one in reversed(lineage):
                gathered |= {field.name: field for field in self._fields(one)}
            classes = [one.node for one in lineage if isinstance(one.node, ast.ClassDef)]
            early = {name for one in classes for name in reworked_fields(one)}
            fields = tuple(
                replace(one, kind=Kind("any", one.kind.written)) if early & {one.name, "*"} else one
                for one in gathered.values()
            )
            extra, reworks = self._extra(lineage), any(map(reworks_mapping, classes))
        place = found.module.place
        self.shapes[name] = Shape(node.name, fields, extra, about, place, node.lineno, reworks=reworks)
        return name

    def _lineage(self, found: Found, depth: int = 0) -> Iterator[Found]:
        """The class, then those that it inherits from, in Python's order but for diamonds."""
        yield found
        if not isinstance(found.node, ast.ClassDef) or depth > 20:
            return
        for base in found.node.bases:
            tree = base.value if isinstance(base, ast.Subscript) else base
            name = ast.unparse(tree)
            parent = self._modules.find(found.module, name)
            if parent is not None and isinstance(parent.node, ast.ClassDef):
                yield from self._lineage(parent, depth + 1)
            elif name.rpartition(".")[2] not in _LEAVES and not self._modules.is_standard(found.module, name):
                note = f"{found.node.name} inherits from {name}, whose fields are not in this repository"
                self.notes += [note] if note not in self.notes else []

    def _extra(self, lineage: list[Found]) -> Extra:
        """What becomes of another key, by the library that the class is of."""
        texts = [ast.unparse(base) for one in lineage if isinstance(one.node, ast.ClassDef) for base in one.node.bases]
        names = {text.partition("[")[0].rpartition(".")[2] for text in texts}
        heads = tuple(f"{one.node.name} inherits from" for one in lineage if isinstance(one.node, ast.ClassDef))
        if any(note.startswith(heads) for note in self.notes):
            return "kept"
        for one in lineage:
            if (said := extra_said(one)) is not None:
                return said
        return "dropped" if names & {"BaseModel", "BaseSettings", "Struct"} else "refused"

    def _fields(self, found: Found) -> Iterator[Field]:
        node, module = found.node, found.module
        assert isinstance(node, ast.ClassDef)  # noqa: S101  as above
        said = {name: about for name, _, about in fields_in(node, module.text.split("\n"))}
        static = self._static(module)
        for one in node.body:
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                declared = declared_field(one, static)
                if declared is not None:
                    yield self._field(
                        in_its_library(declared, one, node), one.annotation, module, said.get(one.target.id, "")
                    )

    def _parameters(self, found: Found, node: ast.FunctionDef) -> tuple[Field, ...]:
        static = self._static(found.module)
        given = node.args
        ordered = [*given.posonlyargs, *given.args]
        defaults: dict[str, ast.expr | None] = dict.fromkeys(one.arg for one in (*ordered, *given.kwonlyargs))
        defaults |= {
            one.arg: tree
            for one, tree in zip(ordered[len(ordered) - len(given.defaults) :], given.defaults, strict=True)
        }
        defaults |= {one.arg: tree for one, tree in zip(given.kwonlyargs, given.kw_defaults, strict=True)}
        out = []
        for one in (*ordered, *given.kwonlyargs):
            tree = defaults[one.arg]
            value = static.value(tree) if tree is not None else None
            out.append(
                self._field(
                    Declared(one.arg, one.lineno, value, required=tree is None), one.annotation, found.module, ""
                )
            )
        return tuple(out)

    def _field(self, declared: Declared, annotation: ast.expr | None, module: Module, about: str) -> Field:
        kind = static_kind(annotation, lambda name: self._look(module, name))
        default = declared.default
        computed = ""
        if declared.factory:
            made = self._look(module, declared.factory)
            default = Table({}, Origin("default", module.place, declared.line)) if made and made.of else None
            computed = "" if default is not None else f"{declared.factory}()"
        elif isinstance(default, Unknown):
            computed = default.text
            default = self._of_enum(default, kind)
        return Field(
            declared.name,
            kind,
            default,
            declared.required,
            computed if default is None else "",
            declared.about or about,
            declared.aliases,
            declared.flags,
            module.place,
            declared.line,
            declared.secret or is_secret_name(declared.name),
        )

    def _of_enum(self, default: Unknown, kind: Kind) -> Node | None:
        """`Name.member` as the member's name; `Class()` as a mapping that its own defaults fill."""
        kinds = kind.args if kind.sort == "union" else (kind,)
        head, _, last = default.text.rpartition(".")
        for one in kinds:
            if one.sort == "enum" and head and last in one.choices[::2]:
                return Scalar(last, default.origin)
            if one.sort == "object" and default.text == f"{one.written}()":
                return Table({}, default.origin)
        return None

    def _look(self, module: Module, name: str) -> Kind | None:  # noqa: PLR0911  one for each kind of statement
        found = self._modules.find(module, name)
        if found is None:
            return None
        match found.node:
            case ast.ClassDef(bases=bases) as node:
                if {ast.unparse(base).rpartition(".")[2] for base in bases} & _ENUMS:
                    return enum_kind(node, found.module)
                if not is_settings(node) and not any(is_settings(one.node) for one in self._lineage(found)):
                    return Kind("any", name)
                return Kind("object", name.rpartition(".")[2], of=self.enter(found))
            case ast.Assign(value=ast.Call(ast.Name("NewType") | ast.Attribute(attr="NewType"), [_, inner])):
                return static_kind(inner, lambda deeper: self._look(found.module, deeper) if deeper != name else None)
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                alias = static_kind(value, lambda inner: self._look(found.module, inner) if inner != name else None)
                return replace(alias, written=name) if alias.sort != "any" else None
            case _:
                return None

    def _static(self, module: Module) -> Static:
        """The values of expressions in a module: of its own constants, and of those that it imports from here."""
        return Static("default", module.place, self._constants(module), lambda name: self._imported(module, name))

    def _imported(self, module: Module, name: str) -> Node | None:
        found = self._modules.find(module, name)
        if found is None or found.module is module:
            return None
        return self._constants(found.module).get(name)

    def _constants(self, module: Module) -> dict[Key, Node]:
        """The constants at the top of a module."""
        known: dict[Key, Node] = {}
        static = Static("default", module.place, known)
        for one in module.tree.body:
            match one:
                case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                    node = static.value(value)
                    if isinstance(node, Scalar | Listing):
                        known[name] = node
                case _:
                    pass
        return known


def is_settings(node: ast.stmt) -> bool:
    """The class holds settings: annotated names, of whatever library."""
    return isinstance(node, ast.ClassDef) and any(isinstance(one, ast.AnnAssign) for one in node.body)
