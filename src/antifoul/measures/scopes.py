"""Which names a scope binds, and where a walk through a module stands."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias


Scope: TypeAlias = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
SCOPES = (*DEFS, ast.Lambda)


def bindings(scope: Scope) -> dict[str, str]:
    """Every name that a scope binds: for an import the dotted name imported, otherwise ""."""
    bound: dict[str, str] = {}
    stack: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while stack:
        node = stack.pop()
        bound.update(_bound_by(node))
        if not isinstance(node, SCOPES):
            stack.extend(ast.iter_child_nodes(node))
        elif not isinstance(node, ast.Lambda):  # its decorators and defaults belong out here
            stack.extend(node.decorator_list)
    return bound


def _bound_by(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name, ""
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, ""
        case ast.arg(arg=name):
            yield name, ""
        case ast.Import(names=names):
            for alias in names:
                yield (
                    alias.asname or alias.name.partition(".")[0],
                    alias.name if alias.asname else alias.name.partition(".")[0],
                )
        case ast.ImportFrom(module=module, names=names, level=level):
            for alias in names:
                yield alias.asname or alias.name, f"{'.' * level}{module or ''}.{alias.name}"
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name, ""
        case ast.MatchMapping(rest=str(name)):
            yield name, ""
        case _:
            pass


class Names:
    """Looks names up through nested scopes as Python does; each scope's bindings are collected once, when needed."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[int, dict[str, str]] = {}

    def origin(self, name: str, scopes: tuple[Scope, ...]) -> str | None:
        """What a name means in the innermost of the scopes.

        An import's dotted name, "" for another binding, None when nothing binds it: it is a builtin or undefined.
        """
        for depth, scope in enumerate(reversed(scopes)):
            if depth and isinstance(scope, ast.ClassDef):
                continue  # a class body is not seen from the functions inside it
            bound = self._known.get(id(scope))
            if bound is None:
                bound = self._known[id(scope)] = bindings(scope)
            if name in bound:
                return bound[name]
        return None


def last_name(node: ast.expr) -> str:
    """`c` for a name or a chain of attributes that ends in it, otherwise ""."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def dotted(node: ast.expr) -> str:
    """`a.b.c` for a chain of attributes on a name, otherwise ""."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def meaning(node: ast.expr, scopes: tuple[Scope, ...], names: Names) -> str:
    """The dotted name that an expression means: imports resolved, builtins as `builtins.NAME`, "" for anything else."""
    head, dot, rest = dotted(node).partition(".")
    if not head:
        return ""
    origin = names.origin(head, scopes)
    if origin is None:
        return f"builtins.{head}{dot}{rest}"
    return f"{origin}{dot}{rest}" if origin else ""
