"""`print` becomes a call of the module's logger. The output goes elsewhere, so this is done only when asked for."""

from __future__ import annotations

import ast

from antifoul.facts.mending import Fix, Left
from antifoul.measures.tokens import comments
from antifoul.mends.loggers import can_make, lines_for, own_logger
from antifoul.mends.plan import Plan, top_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.finding import Hit
    from antifoul.facts.source import Source
    from antifoul.measures.tokens import Comment
    from antifoul.mends.loggers import Convention

_NAME = "print-added"
_SAME = {"sep": " ", "end": "\n", "flush": None, "file": None}  # values that a logger's line has anyway; None: any
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def prints(source: Source, hits: tuple[Hit, ...], how: Convention) -> Plan:
    """The prints that the rule found, where the logger is sure to be there when they are reached."""
    if not hits:
        return Plan()
    tree = source.tree
    known = own_logger(tree)
    made = () if known else lines_for(tree, how)
    name, ready = known or (how.name, _line_below_imports(tree))
    problem = "" if known else can_make(tree, how)
    places = {(hit.line, hit.column): hit for hit in hits}
    fixes: list[Fix] = []
    left: list[Left] = []
    calls: dict[ast.Call, str] = {}
    seen: set[tuple[int, int]] = set()
    for call, functions in _statements(tree):
        place = call.lineno, call.col_offset + 1
        if place not in places:
            continue
        seen.add(place)
        why = problem or _why_not(source, call, functions, (name, ready))
        if why:
            left.append(Left(_NAME, call.lineno, why))
            continue
        calls[call] = _logged(source, call, f"{name}.info")
        fixes.append(Fix(_NAME, call.lineno, f"print(...) -> {name}.info(...)"))
    left += [Left(_NAME, hit.line, "it is part of an expression") for place, hit in places.items() if place not in seen]
    return Plan(tuple(fixes), tuple(left), calls=calls, top=made if calls else ())


def _line_below_imports(tree: ast.Module) -> int:
    at = top_of(tree)
    return (tree.body[at - 1].end_lineno or 0) if at else 0


def _statements(tree: ast.Module) -> Iterator[tuple[ast.Call, tuple[ast.AST, ...]]]:
    """Every call that is a statement, with the functions around it, outermost first."""
    stack: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(tree, ())]
    while stack:
        node, functions = stack.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node.value, functions
        inner = (*functions, node) if isinstance(node, _SCOPES) else functions
        stack += [(child, inner) for child in ast.iter_child_nodes(node)]


def _why_not(source: Source, call: ast.Call, functions: tuple[ast.AST, ...], logger: tuple[str, int]) -> str:
    name, ready = logger
    if not isinstance(call.func, ast.Name) or call.func.id != "print":
        return "only print itself is mended"
    if any(_binds(function, name) for function in functions):
        return f"the function binds {name!r} itself"
    if not functions and call.lineno < ready:
        return "it runs before the logger is made"
    return _odd_argument(source, call)


def _odd_argument(source: Source, call: ast.Call) -> str:
    if (len(call.args) > 1 or call.keywords) and any(_inside(source, call)):
        return "a comment stands between its arguments"
    if any(isinstance(one, ast.Starred) for one in call.args) or any(word.arg is None for word in call.keywords):
        return "its arguments are only known when it runs"
    for word in call.keywords:
        wanted = _SAME.get(word.arg or "", "")
        if wanted is not None and not (isinstance(word.value, ast.Constant) and word.value.value in {wanted, None}):
            return f"its `{word.arg}=` has no counterpart in a logger"
        if word.arg == "file" and "stderr" not in ast.unparse(word.value):
            return "it writes to a file"
    return ""


def _inside(source: Source, call: ast.Call) -> Iterator[Comment]:
    """The comments between the brackets of a call."""
    if call.end_lineno == call.lineno:
        return
    yield from (one for one in comments(source.text) if call.lineno <= one.line < (call.end_lineno or 0))


def _binds(function: ast.AST, name: str) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.arg) and node.arg == name:
            return True
        if isinstance(node, ast.alias) and (node.asname or node.name) == name:
            return True
    return False


def _logged(source: Source, call: ast.Call, method: str) -> str:
    """One argument stays as it is; several become a format, so that they stand one blank apart as print sets them."""
    text = _text(source, call)
    if len(call.args) == 1 and not call.keywords:
        return f"{method}{text.removeprefix('print')}"
    if not call.args:
        return f'{method}("")'
    if len(call.args) == 1:
        return f"{method}({_text(source, call.args[0])})"
    parts, values = [], []
    for one in call.args:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            parts.append(one.value.replace("%", "%%"))
        else:
            parts.append("%s")
            values.append(_text(source, one))
    if not values:  # with arguments alone does a logger read `%`
        return f"{method}({' '.join(parts).replace('%%', '%')!r})"
    joined = " ".join(parts)
    quoted = f'"{joined}"' if joined.isprintable() and not set(joined) & set('"\\') else repr(joined)
    return f"{method}({', '.join([quoted, *values])})"


def _text(source: Source, node: ast.expr) -> str:
    text = ast.get_source_segment(source.text, node)
    assert text is not None  # noqa: S101  a parsed node has its place
    return text
