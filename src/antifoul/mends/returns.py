"""`-> None` for functions that provably return nothing."""

from __future__ import annotations

import ast

from antifoul.facts.mending import Fix
from antifoul.measures.scopes import dotted
from antifoul.mends.plan import Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from antifoul.facts.source import Source

    Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_NAME = "return-none"
# Decorators that leave the function's own return alone; any other may read its annotations.
_HARMLESS = frozenset(
    {
        "staticmethod", "classmethod", "override", "typing.override", "torch.no_grad", "torch.inference_mode",
        "no_grad", "inference_mode", "torch.enable_grad", "pytest.fixture", "functools.wraps", "wraps",
    }
)  # fmt: skip
_ENDINGS = frozenset({"setter", "deleter"})
_NEVER_RETURN = frozenset({"sys.exit", "exit", "quit", "os._exit", "os.abort"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def return_nones(source: Source, elsewhere: Callable[[str, bool], bool]) -> Plan:
    """Functions without a return annotation whose every way out gives None, and which do something.

    Left alone: stubs and hooks that others fill in (`pass`, `...`, a lone `raise`), generators, functions that never
    come back, decorated ones whose decorator may read annotations, those with a type comment, and methods of a name
    under which another class of the module returns a value, or one of another module that may be its base or built on
    it: `elsewhere` says so of a name, told whether the class has bases.
    """
    returning = _methods_that_return(source.tree)
    found = [
        node
        for node, home in _functions(source.tree)
        if node.returns is None
        and _gives_none(node)
        and _is_plain(node, source)
        and not (home and (node.name in returning or elsewhere(node.name, _has_bases(home))))
    ]
    fixes = tuple(Fix(_NAME, node.lineno, f"def {node.name}(...) -> None") for node in found)
    return Plan(fixes, functions=tuple(found))


def _functions(tree: ast.Module) -> Iterator[tuple[Function, ast.ClassDef | None]]:
    """Every function, with the class whose method it is."""
    stack: list[tuple[ast.AST, ast.ClassDef | None]] = [(tree, None)]
    while stack:
        node, home = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, home
        inner = node if isinstance(node, ast.ClassDef) else None if isinstance(node, _SCOPES) else home
        stack += [(child, inner) for child in reversed(list(ast.iter_child_nodes(node)))]


def _has_bases(node: ast.ClassDef) -> bool:
    return any(not (isinstance(base, ast.Name) and base.id == "object") for base in node.bases)


def _gives_none(function: Function) -> bool:
    body = function.body
    if _is_string(body[0]):
        body = body[1:]
    if not any(_does_something(one) for one in body):
        return False
    for node in _own(function):
        if _gives_value(node):
            return False
    return _comes_back(body)


def _does_something(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass | ast.Raise | ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal):
        return False
    return not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _comes_back(body: list[ast.stmt]) -> bool:
    """The end of the body can be reached, or a bare `return` stands in it."""
    if any(isinstance(node, ast.Return) for one in body for node in _own(one)):
        return True
    last = body[-1]
    if isinstance(last, ast.Raise):
        return False
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and dotted(last.value.func) in _NEVER_RETURN:
        return False
    endless = isinstance(last, ast.While) and isinstance(last.test, ast.Constant) and bool(last.test.value)
    if endless and any(map(_breaks, last.body)):  # type: ignore[attr-defined]
        return True
    return (not endless and not isinstance(last, ast.If | ast.Try | ast.TryStar | ast.With | ast.Match)) or _may_end(
        last
    )


def _breaks(node: ast.AST) -> bool:
    """A `break` of the loop around it stands in it."""
    if isinstance(node, ast.Break):
        return True
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):  # its `else` belongs to the loop around
        return any(map(_breaks, node.orelse))
    return not isinstance(node, _SCOPES) and any(map(_breaks, ast.iter_child_nodes(node)))


def _may_end(last: ast.stmt) -> bool:
    """A compound statement at the end: some branch of it comes to its end."""
    match last:
        case ast.If(body=body, orelse=orelse):
            return not orelse or _comes_back(body) or _comes_back(orelse)
        case ast.Try(body=body, handlers=handlers) | ast.TryStar(body=body, handlers=handlers):
            return _comes_back(body) or any(_comes_back(one.body) for one in handlers)
        case ast.With(body=body):
            return _comes_back(body)
        case ast.Match():
            return True
        case _:
            return False


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all inside it that belongs to the same function."""
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        if one is node or not isinstance(one, _SCOPES):
            stack += [child for child in ast.iter_child_nodes(one) if not (one is node and _is_outside(node, child))]


def _is_outside(node: ast.AST, child: ast.AST) -> bool:
    """Decorators and defaults of a function belong to what is around it."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and child not in node.body


def _is_plain(function: Function, source: Source) -> bool:
    for decorator in function.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = dotted(call)
        if name not in _HARMLESS and name.rpartition(".")[2] not in _ENDINGS and not name.startswith("pytest.mark."):
            return False
    header = source.python_lines[function.lineno - 1 : function.body[0].lineno]
    return not any("type:" in line and "->" in line for line in header)


def _methods_that_return(tree: ast.Module) -> frozenset[str]:
    """Names of methods that give a value somewhere in the module: one that gives none may be their base's."""
    return frozenset(name for name, _ in valued_methods(tree))


def valued_methods(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """The names of the methods that give a value, each with whether their class has bases."""
    for node, home in _functions(tree):
        if home and node.name != "__init__" and any(map(_gives_value, _own(node))):
            yield node.name, _has_bases(home)


def _gives_value(node: ast.AST) -> bool:
    return isinstance(node, ast.Yield | ast.YieldFrom) or (isinstance(node, ast.Return) and node.value is not None)


def _is_string(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
