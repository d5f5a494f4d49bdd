"""`except:` becomes `except BaseException:`, which is what it means."""

from __future__ import annotations

import ast

from antifoul.facts.mending import Fix, Left
from antifoul.mends.plan import Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.source import Source

_NAME = "bare-except"


def bare_excepts(source: Source) -> Plan:
    """Every bare `except`, where no name of the module hides the builtin."""
    bare = [node for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler) and node.type is None]
    if not bare:
        return Plan()
    if "BaseException" in names_bound(source.tree):
        return Plan(left=tuple(Left(_NAME, node.lineno, "this module binds `BaseException` itself") for node in bare))
    fixes = tuple(Fix(_NAME, node.lineno, "except: -> except BaseException:") for node in bare)
    return Plan(fixes, handlers=tuple(bare))


def names_bound(tree: ast.AST) -> frozenset[str]:
    """Every name that the code binds, in any scope; a star import may bind any, and is told as `*`."""
    return frozenset(name for node in ast.walk(tree) for name in bound_by(node))


def bound_by(node: ast.AST) -> Iterator[str]:
    """The names that one node binds, what is inside it apart."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.arg(arg=name):
            yield name
        case ast.alias():
            yield node.asname or node.name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names
        case _:
            pass
