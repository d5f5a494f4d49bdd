"""What a module defines and imports, for looking its names up."""

from __future__ import annotations

import ast

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from antifoul.facts.library import Library
    from antifoul.facts.source import Source

    Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class Imported(NamedTuple):
    """Where a name comes from: a module as written, and the name in it ("" for the module itself)."""

    module: str
    name: str


class Outline:
    """The names of one module, each with its syntax. Of names bound twice the first in a `try` counts."""

    __slots__ = ("assigns", "classes", "functions", "imports", "library", "others", "path", "stars", "tree")

    def __init__(self, source: Source, library: Library | None = None) -> None:
        self.path = source.path
        self.library = library
        self.tree = source.tree
        self.classes: dict[str, ast.ClassDef] = {}
        self.functions: dict[str, Function] = {}
        self.assigns: dict[str, ast.expr] = {}
        self.imports: dict[str, Imported] = {}
        self.others: dict[str, list[Imported]] = {}  # of a name that is imported from several places, the later ones
        self.stars: list[str] = []
        for node in top_statements(self.tree.body):
            self._take(node)
        for inner in ast.walk(self.tree):  # what functions import for themselves
            if isinstance(inner, ast.Import | ast.ImportFrom):
                self._take(inner)

    def _take(self, node: ast.AST) -> None:
        match node:
            case ast.ClassDef():
                self.classes.setdefault(node.name, node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.functions.setdefault(node.name, node)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.assigns[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                self.assigns[name] = value
            case ast.Import(names=names):
                for alias in names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    self._bind(bound, Imported(alias.name if alias.asname else bound, ""))
            case ast.ImportFrom(module=module, names=names, level=level):
                where = f"{'.' * level}{module or ''}"
                for alias in names:
                    if alias.name == "*":
                        self.stars.append(where)
                    else:
                        self._bind(alias.asname or alias.name, Imported(where, alias.name))
            case _:
                pass

    def _bind(self, name: str, origin: Imported) -> None:
        first = self.imports.setdefault(name, origin)
        if origin != first and origin not in self.others.get(name, ()):
            self.others.setdefault(name, []).append(origin)


def top_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, those in its branches, loops and `with` blocks included; not those of definitions."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from top_statements(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from top_statements(handler.body)
        for case in getattr(node, "cases", []):
            yield from top_statements(case.body)


def parts_of(node: ast.expr) -> tuple[str, ...]:
    """The parts of a dotted name; empty for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ()
    return (node.id, *reversed(parts))


def constant(node: ast.expr | None) -> str | None:
    """The text of a string constant, joined where it is a sum of them; None for any other expression."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = constant(left), constant(right)
            return None if first is None or second is None else first + second
        case _:
            return None


def keywords(call: ast.Call) -> Mapping[str, ast.expr]:
    """The named arguments of a call; `**` ones are left out."""
    return {one.arg: one.value for one in call.keywords if one.arg is not None}
