"""Whether what a lenient parse leaves over is refused after all."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.schemas.tracing import Call

_STRICT = frozenset({"parse_args", "parse_args_into_dataclasses"})
_STOPS = frozenset({"error", "exit", "abort", "fail"})


def refuses_rest(call: Call) -> bool:
    """A strict parse follows, of the same parser or of the rest; or the function stops where there is a rest."""
    within = call.scope.function or call.scope.outline.tree
    receiver = ast.unparse(call.node.func.value) if isinstance(call.node.func, ast.Attribute) else ""
    rest = set(_rests(within, call.node))
    return any(
        _is_strict(node, receiver, rest) or _stops_at(node, rest)
        for node in ast.walk(within)
        if isinstance(node, ast.Call | ast.If | ast.Assert)
    )


def _rests(within: ast.AST, made: ast.Call) -> Iterator[str]:
    """The names that what is left over is bound to."""
    for node in ast.walk(within):
        if isinstance(node, ast.Assign) and node.value is made and isinstance(node.targets[0], ast.Tuple):
            last = node.targets[0].elts[-1]
            if isinstance(last, ast.Name) and last.id != "_":
                yield last.id


def _is_strict(node: ast.AST, receiver: str, rest: set[str]) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in _STRICT:
        return False
    if any(one.arg == "return_remaining_strings" for one in node.keywords):
        return False
    given = [*node.args, *(one.value for one in node.keywords)]
    return ast.unparse(node.func.value) == receiver or bool(_names(given) & rest)


def _stops_at(node: ast.AST, rest: set[str]) -> bool:
    if not isinstance(node, ast.If | ast.Assert) or not _names([node.test]) & rest:
        return False
    if isinstance(node, ast.Assert):
        return True
    inner = [one for statement in node.body for one in ast.walk(statement)]
    calls = [one.func for one in inner if isinstance(one, ast.Call)]
    return any(isinstance(one, ast.Raise) for one in inner) or any(
        isinstance(one, ast.Attribute) and one.attr in _STOPS for one in calls
    )


def _names(nodes: list[ast.expr]) -> set[str]:
    return {one.id for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name)}
