"""`except:` becomes `except BaseException:`, which is what it means."""

from __future__ import annotations

import ast

from antifoul.facts.mending import Fix, Left
from antifoul.mends.plan import Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
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


def names_bound(tree: ast.Module) -> frozenset[str]:
    """Every name that the module binds, in any scope; a star import may bind any, and is told as `*`."""
    out: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            out.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            out.add(node.name)
        elif isinstance(node, ast.arg):
            out.add(node.arg)
        elif isinstance(node, ast.alias):
            out.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            out.add(node.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            out.update(node.names)
    return frozenset(out)
