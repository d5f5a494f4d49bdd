"""The logger of a module: the one it has, or one made as the repository makes them."""

from __future__ import annotations

import ast
from collections import Counter
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.mends.excepts import bound_by, names_bound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antifoul.facts.source import Source

_MAKERS = frozenset({"getLogger", "get_logger", "getChild"})
_NEEDS_STATE = "accelerate.logging"  # its loggers raise until the state of accelerate is made
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_FEWEST = 3  # modules that must make their logger the same way before it is a convention


class Convention(NamedTuple):
    """How a module makes its logger: the name, the call, and the import that the call needs."""

    name: str = "logger"
    call: str = "logging.getLogger(__name__)"
    imported: str = "import logging"


class Logger(NamedTuple):
    """The logger of a module: its name, the line from which it is there, and why it is not sure to be one, or ""."""

    name: str
    line: int
    problem: str


def convention(sources: Iterable[Source]) -> Convention:
    """The way most modules of the repository make their logger; the standard library's where there is no such way."""
    counts: Counter[Convention] = Counter()
    for source in sources:
        if b"ogger" not in source.data:
            continue
        try:
            counts.update(_made(source))
        except ReadError:
            continue
    (most, count), *_ = counts.most_common(1) or [(Convention(), 0)]
    return most if count >= _FEWEST else Convention()


def own_logger(tree: ast.Module) -> Logger | None:
    """The logger that the module makes for itself; None without one."""
    for node in tree.body:
        made = _assigned(node)
        if made is not None:
            line = node.end_lineno or node.lineno
            return Logger(made[0], line, _doubt(tree, line, *made))
    return None


def _doubt(tree: ast.Module, line: int, name: str, call: str) -> str:
    """Why the name may mean something else by the time it is used."""
    bindings = [one for node in within(tree) for one in bound_by(node)]
    elsewhere = any(name in node.names for node in ast.walk(tree) if isinstance(node, ast.Global))
    if bindings.count(name) > 1 or elsewhere:
        return f"{name!r} is bound more than once"
    if any(isinstance(node, ast.ImportFrom) and node.lineno > line and node.names[0].name == "*" for node in tree.body):
        return f"a star import below may bind {name!r}"
    head = call.partition("(")[0].partition(".")[0]
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == _NEEDS_STATE and head in bound_in(node):
            return "accelerate's loggers raise until its state is made"
    return ""


def within(scope: ast.AST) -> Iterator[ast.AST]:
    """What belongs to a scope: functions and classes inside it are one node each, their own names with it."""
    stack = list(ast.iter_child_nodes(scope))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            stack += ast.iter_child_nodes(node)


def bound_in(node: ast.Import | ast.ImportFrom) -> frozenset[str]:
    """The names that an import binds."""
    return frozenset(name for alias in node.names for name in bound_by(alias))


def can_make(tree: ast.Module, how: Convention) -> str:
    """Why a logger cannot be made in this module, "" where it can."""
    bound = names_bound(tree)
    if how.name in bound:
        return f"this module uses the name {how.name!r} for something else"
    statement = ast.parse(how.imported).body[0]
    assert isinstance(statement, ast.Import | ast.ImportFrom)  # noqa: S101  a convention is made of one
    name = statement.names[0].asname or statement.names[0].name.partition(".")[0]
    if name in bound and not _has(tree, how.imported) and not _only_imported(tree, name):
        return f"this module uses the name {name!r} for something else"
    return ""


def _only_imported(tree: ast.Module, name: str) -> bool:
    """All that binds the name is `import name` and `import name.part`."""
    imports = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    plain = sum(alias.asname is None and alias.name.partition(".")[0] == name for alias in imports)
    return plain == sum(one == name for node in ast.walk(tree) for one in bound_by(node))


def lines_for(tree: ast.Module, how: Convention) -> tuple[str, ...]:
    """The statements that make the logger: the import unless it is there, and the assignment."""
    made = f"{how.name} = {how.call}"
    return (made,) if _has(tree, how.imported) else (how.imported, made)


def _has(tree: ast.Module, imported: str) -> bool:
    return any(isinstance(node, ast.Import | ast.ImportFrom) and ast.unparse(node) == imported for node in tree.body)


def _made(source: Source) -> Iterator[Convention]:
    """The convention that a module follows: its call names `__name__`, and its import is one of its own first lines."""
    tree = source.tree
    for node in tree.body:
        made = _assigned(node)
        if made is None or "__name__" not in made[1]:
            continue
        name, call = made
        head = call.partition("(")[0].partition(".")[0]
        for other in tree.body:
            if isinstance(other, ast.Import | ast.ImportFrom):
                for alias in other.names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    if (
                        bound == head
                        and not getattr(other, "level", 0)
                        and getattr(other, "module", "") != _NEEDS_STATE
                    ):
                        yield Convention(name, call, _alone(other, alias))
                        return


def _alone(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    one = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], 0)
    return ast.unparse(one)


def _makes_logger(function: str, call: ast.Call) -> bool:
    """A function of the repository's own, named for it and given the module's name: `init_logger(__name__)`."""
    return "logger" in function.lower() and any(isinstance(one, ast.Name) and one.id == "__name__" for one in call.args)


def _assigned(node: ast.stmt) -> tuple[str, str] | None:
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function) as call)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=function) as call)
        ):
            last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            return (name, ast.unparse(call)) if last in _MAKERS or _makes_logger(last, call) else None
        case _:
            return None
