"""Debugger calls are taken out, and the imports that only they used."""

from __future__ import annotations

import ast

from antifoul.facts.mending import Fix, Left
from antifoul.mends.plan import Plan
from antifoul.rules.tree.debugger_left import debugger_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.finding import Hit
    from antifoul.facts.source import Source

_NAME = "debugger-left"
_MODULES = frozenset(
    {
        "pdb", "ipdb", "pudb", "wdb", "pdbpp", "rpdb", "web_pdb", "remote_pdb", "pdbr", "IPython", "debugpy", "ptvsd",
        "pydevd", "pydevd_pycharm", "code",
    }
)  # fmt: skip  # whose import does nothing that a program needs


def debuggers(source: Source, hits: tuple[Hit, ...]) -> Plan:
    """What the rule found, as far as it is a statement that stops the program, or an import of a debugger.

    A switch that slows each step down is left, as is a call whose value is used.
    """
    stops = {(hit.line, hit.column): hit for hit in hits if "stops" in hit.message}
    removed = [node for node in _statements(source.tree) if (node.lineno, node.col_offset + 1) in stops]
    places = {(node.lineno, node.col_offset + 1) for node in removed}
    left = [
        Left(_NAME, hit.line, "it is part of an expression" if "stops" in hit.message else "it is a switch, not a stop")
        for hit in hits
        if (hit.line, hit.column) not in places and "imported" not in hit.message
    ]
    imports = dict(_imports(source, removed))
    fixes = [Fix(_NAME, node.lineno, f"{ast.unparse(node)} is taken out") for node in removed]
    whole = [node for node, names in imports.items() if names == _all_bound(node)]
    fixes += [
        Fix(_NAME, node.lineno, f"{', '.join(sorted(names))} is no longer imported") for node, names in imports.items()
    ]
    return Plan(
        tuple(fixes),
        tuple(left),
        removed=(*removed, *whole),
        imports={node: names for node, names in imports.items() if node not in whole},
    )


def judged(source: Source) -> tuple[Hit, ...]:
    """What the rule says of a file."""
    return tuple(debugger_left(source))


def _statements(tree: ast.Module) -> Iterator[ast.Expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Attribute):
            yield node


def _imports(source: Source, removed: list[ast.Expr]) -> Iterator[tuple[ast.stmt, frozenset[str]]]:
    """The names that only the removed statements read, each with its import; none in a package's own face."""
    if source.path.endswith("__init__.py"):
        return
    gone = {id(node) for statement in removed for node in ast.walk(statement)}
    roots = {node.id for statement in removed for node in ast.walk(statement) if isinstance(node, ast.Name)}
    used = {
        node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name) and id(node) not in gone
    } | _exported(source.tree)
    tried = {
        id(one)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Try | ast.TryStar)
        for one in ast.walk(node)
        if isinstance(one, ast.Import | ast.ImportFrom)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in tried:
            names = frozenset(
                bound
                for alias in node.names
                if (bound := _bound(alias)) not in used and _is_debugger(node, alias, used_up=bound in roots)
            )
            if names:
                yield node, names


def _is_debugger(node: ast.Import | ast.ImportFrom, alias: ast.alias, *, used_up: bool) -> bool:
    """One whose last use was taken out, or that the rule finds although nothing uses it."""
    module = (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
    top = module.partition(".")[0]
    return top in _MODULES if used_up else top in _MODULES - {"IPython", "code", "debugpy"}


def _exported(tree: ast.Module) -> frozenset[str]:
    """The strings of `__all__`."""
    return frozenset(
        one.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and "__all__" in ast.unparse(node)[:12]
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _all_bound(node: ast.stmt) -> frozenset[str]:
    return frozenset(map(_bound, getattr(node, "names", ())))
