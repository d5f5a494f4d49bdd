"""The logger of a module: the one it has, or one made as the repository makes them."""

from __future__ import annotations

import ast
from collections import Counter
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.mends.excepts import names_bound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antifoul.facts.source import Source

_MAKERS = frozenset({"getLogger", "get_logger", "getChild"})
_FEWEST = 3  # modules that must make their logger the same way before it is a convention


class Convention(NamedTuple):
    """How a module makes its logger: the name, the call, and the import that the call needs."""

    name: str = "logger"
    call: str = "logging.getLogger(__name__)"
    imported: str = "import logging"


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


def own_logger(tree: ast.Module) -> tuple[str, int] | None:
    """The name of the logger that the module makes for itself, and the line; None without one."""
    for node in tree.body:
        made = _assigned(node)
        if made is not None:
            return made[0], node.end_lineno or node.lineno
    return None


def can_make(tree: ast.Module, how: Convention) -> str:
    """Why a logger cannot be made in this module, "" where it can."""
    bound = names_bound(tree)
    if how.name in bound:
        return f"this module uses the name {how.name!r} for something else"
    statement = ast.parse(how.imported).body[0]
    assert isinstance(statement, ast.Import | ast.ImportFrom)  # noqa: S101  a convention is made of one
    name = statement.names[0].asname or statement.names[0].name.partition(".")[0]
    if name in bound and not _has(tree, how.imported):
        return f"this module uses the name {name!r} for something else"
    return ""


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
                    if bound == head and not getattr(other, "level", 0):
                        yield Convention(name, call, _alone(other, alias))
                        return


def _alone(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    one = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], 0)
    return ast.unparse(one)


def _assigned(node: ast.stmt) -> tuple[str, str] | None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function) as call):
            last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            return (name, ast.unparse(call)) if last in _MAKERS else None
        case _:
            return None
