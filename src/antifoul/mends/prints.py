"""`print` becomes a call of the module's logger. The output goes elsewhere, so this is done only when asked for."""

from __future__ import annotations

import ast

from antifoul.facts.mending import Fix, Left
from antifoul.measures.tokens import comments
from antifoul.mends.excepts import bound_by
from antifoul.mends.loggers import Logger, can_make, lines_for, own_logger, within
from antifoul.mends.plan import Plan, top_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.finding import Hit
    from antifoul.facts.source import Source
    from antifoul.measures.tokens import Comment
    from antifoul.mends.loggers import Convention

_NAME = "print-added"
_SAME = {"sep": " ", "end": "\n"}  # values that a logger's line has anyway
_STREAMS = frozenset({"sys.stderr", "stderr", "sys.__stderr__", "None"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (*_FUNCTIONS, ast.ClassDef)


def prints(source: Source, hits: tuple[Hit, ...], how: Convention) -> Plan:
    """The prints that the rule found, where the logger is sure to be there when they are reached."""
    if not hits:
        return Plan()
    tree = source.tree
    known = own_logger(tree)
    made = () if known else lines_for(tree, how)
    logger = known or Logger(how.name, _line_below_imports(tree), can_make(tree, how))
    early = _run_early(tree, logger.line)
    places = {(hit.line, hit.column): hit for hit in hits}
    fixes: list[Fix] = []
    left: list[Left] = []
    calls: dict[ast.Call, str] = {}
    seen: set[tuple[int, int]] = set()
    for call, scopes in _statements(tree):
        place = call.lineno, call.col_offset + 1
        if place not in places:
            continue
        seen.add(place)
        why = logger.problem or _why_not(source, call, scopes, logger.name)
        if not why and call.lineno <= early:
            why = "it may run before the logger is made"
        if why:
            left.append(Left(_NAME, call.lineno, why))
            continue
        calls[call] = _logged(source, call, f"{logger.name}.info")
        fixes.append(Fix(_NAME, call.lineno, f"print(...) -> {logger.name}.info(...)"))
    left += [Left(_NAME, hit.line, "it is part of an expression") for place, hit in places.items() if place not in seen]
    return Plan(tuple(fixes), tuple(left), calls=calls, top=made if calls else ())


def _line_below_imports(tree: ast.Module) -> int:
    at = top_of(tree)
    return (tree.body[at - 1].end_lineno or 0) if at else 0


def _run_early(tree: ast.Module, ready: int) -> int:
    """The last line of what may run before the logger is there: all above a statement that runs something."""
    above = [node for node in tree.body if (node.end_lineno or node.lineno) < ready]
    defined = {name for node in above for name in bound_by(node)}
    return max((node.end_lineno or node.lineno for node in above if _runs(node, defined)), default=0)


def _runs(statement: ast.stmt, defined: set[str]) -> bool:
    """Reading the module runs code of its own here: a call, a decorator, a print."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Call) and not isinstance(statement, ast.Import | ast.ImportFrom):
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            stack += [*node.decorator_list, node.args]
            if any(isinstance(one, ast.Name) and one.id in defined for one in node.decorator_list):
                return True
        elif not isinstance(node, ast.Lambda):
            stack += ast.iter_child_nodes(node)
    return False


def _statements(tree: ast.Module) -> Iterator[tuple[ast.Call, tuple[ast.AST, ...]]]:
    """Every call that is a statement, with the functions and classes around it, outermost first."""
    stack: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(tree, ())]
    while stack:
        node, scopes = stack.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node.value, scopes
        inner = (*scopes, node) if isinstance(node, _SCOPES) else scopes
        stack += [(child, inner) for child in ast.iter_child_nodes(node)]


def _why_not(source: Source, call: ast.Call, scopes: tuple[ast.AST, ...], name: str) -> str:
    if not isinstance(call.func, ast.Name) or not _text(source, call).startswith("print"):
        return "only print itself is mended"
    seen = [one for number, one in enumerate(scopes) if number == len(scopes) - 1 or isinstance(one, _FUNCTIONS)]
    if any(name in bound_by(node) for scope in seen for node in within(scope)):
        return f"the name {name!r} is bound around it"
    return _odd_argument(source, call)


def _odd_argument(source: Source, call: ast.Call) -> str:
    if (len(call.args) > 1 or call.keywords) and any(_inside(source, call)):
        return "a comment stands between its arguments"
    if any(isinstance(one, ast.Starred) for one in call.args) or any(word.arg is None for word in call.keywords):
        return "its arguments are only known when it runs"
    for word in call.keywords:
        if not _is_usual(word):
            return f"its `{word.arg}=` has no counterpart in a logger"
    return ""


def _is_usual(word: ast.keyword) -> bool:
    """What a logger's line does anyway, and nothing that runs."""
    if word.arg == "file":
        return ast.unparse(word.value) in _STREAMS
    if word.arg == "flush":
        return isinstance(word.value, ast.Constant | ast.Name)
    return isinstance(word.value, ast.Constant) and word.value.value in {_SAME.get(word.arg or "", ""), None}


def _inside(source: Source, call: ast.Call) -> Iterator[Comment]:
    """The comments between the brackets of a call."""
    if call.end_lineno == call.lineno:
        return
    yield from (one for one in comments(source.text) if call.lineno <= one.line < (call.end_lineno or 0))


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
    return f"({text})" if isinstance(node, ast.Yield | ast.YieldFrom) else text
