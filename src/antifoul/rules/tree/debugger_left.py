"""debugger-left."""

from __future__ import annotations

import ast

from antifoul.facts.finding import Hit
from antifoul.measures.scopes import SCOPES, Names, meaning
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.source import Source
    from antifoul.measures.scopes import Scope

_DEBUGGERS = frozenset(
    {
        "pdb", "ipdb", "pudb", "wdb", "pdbpp", "rpdb", "web_pdb", "remote_pdb", "pdbr", "celery.contrib.rdb", "madbg",
        "birdseye", "snoop", "pysnooper",
    }
)  # fmt: skip
# Calls that stop the program, or wait for someone to attach.
_STOPS = frozenset(
    {
        "builtins.breakpoint", "sys.breakpointhook", "IPython.embed", "IPython.terminal.embed.embed", "code.interact",
        "IPython.core.debugger.set_trace", "IPython.core.debugger.Pdb.set_trace", "debugpy.listen", "debugpy.connect",
        "debugpy.wait_for_client", "debugpy.breakpoint", "ptvsd.enable_attach", "ptvsd.wait_for_attach",
        "ptvsd.break_into_debugger", "pydevd.settrace", "pydevd_pycharm.settrace", "torch.distributed.breakpoint",
        "jax.debug.breakpoint", "ray.util.pdb.set_trace",
    }
)  # fmt: skip
# Switches that slow every step of a run down, or let it fail at the first value out of range.
_SLOW = {
    "torch.autograd.set_detect_anomaly": "anomaly detection",
    "torch.autograd.detect_anomaly": "anomaly detection",
    "torch.autograd.anomaly_mode.set_detect_anomaly": "anomaly detection",
    "torch.autograd.anomaly_mode.detect_anomaly": "anomaly detection",
    "torch.autograd.profiler.profile": "the autograd profiler",
    "torch.cuda.set_sync_debug_mode": "the synchronisation check",
    "tensorflow.debugging.enable_check_numerics": "the numerics check",
    "tf.debugging.enable_check_numerics": "the numerics check",
}
_WORDS = (
    b"breakpoint", b"pdb", b"pudb", b"wdb", b"embed()", b"embed(header", b"interact(", b"debugpy", b"ptvsd", b"pydevd",
    b"detect_anomaly", b"autograd.profiler", b"sync_debug_mode", b"enable_check_numerics", b"snoop", b"birdseye",
    b"madbg", b".rdb", b"IPython",
)  # fmt: skip


@rule("debugger-left", severity="error", triggers=_WORDS)
def debugger_left(source: Source) -> Iterator[Hit]:
    """A breakpoint, a debugger or a debugging switch that was left in.

    A breakpoint on rank 3 of a cluster waits for a keyboard that nobody has, until the collective times out and all
    ranks die. Anomaly detection makes each backward pass several times slower, and the run only looks slow.

    Take it out, or put the switch behind an option: `set_detect_anomaly(args.debug)` is left alone. Tests may switch
    such checks on, but not stop.

    Bad::

        def step(loss):
            breakpoint()
            loss.backward()

    Good::

        def step(loss):
            loss.backward()
    """
    names = Names()
    imports: list[tuple[ast.stmt, str, str]] = []
    found = False
    for node, scopes, symbol in _walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports += [(node, name, symbol) for name in _imported(node)]
            continue
        what = _what(node, scopes, names, source)
        if what:
            found = True
            yield _hit(source, node, what, symbol)
    if found:
        return
    for statement, name, symbol in imports:
        yield _hit(source, statement, f"{name} is imported and not used: a debugger was left in", symbol)


def _what(node: ast.expr, scopes: tuple[Scope, ...], names: Names, source: Source) -> str:
    if isinstance(node, ast.Attribute):  # `import pudb; pu.db`
        return "pudb stops here" if meaning(node, scopes, names) in {"pudb.pu.db", "builtins.pu.db"} else ""
    assert isinstance(node, ast.Call)  # noqa: S101  the walk yields nothing else
    name = meaning(node.func, scopes, names)
    if name in _STOPS or name.removeprefix("builtins.builtins.") == "breakpoint":
        return f"{name.removeprefix('builtins.')}() stops every run that comes here"
    module, _, last = name.rpartition(".")
    if module in _DEBUGGERS and not last.startswith("_"):
        return f"{name}() stops every run that comes here"
    if name in _SLOW and source.role != "test" and _is_on(node):
        return f"{_SLOW[name]} is left on: every step is slower"
    return ""


def _is_on(call: ast.Call) -> bool:
    """No argument, or a constant that switches it on: what an option decides is meant."""
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg in {"mode", "enabled"})]
    return all(isinstance(one, ast.Constant) and bool(one.value) for one in given)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in _DEBUGGERS)
    elif node.module in _DEBUGGERS and not node.level:
        yield str(node.module)


def _hit(source: Source, node: ast.expr | ast.stmt, message: str, symbol: str) -> Hit:
    return Hit(
        line=source.git_line(node.lineno),
        end_line=source.git_line(node.end_lineno or node.lineno),
        column=node.col_offset + 1,
        message=message,
        symbol=symbol,
        anchor=ast.unparse(node),
    )


def _walk(
    tree: ast.Module,
) -> Iterator[tuple[ast.Call | ast.Attribute | ast.Import | ast.ImportFrom, tuple[Scope, ...], str]]:
    """Every call, attribute on its own and import, in source order, with the scopes and the symbol around it."""
    stack: list[tuple[ast.AST, tuple[Scope, ...], str]] = [(tree, (tree,), "")]
    while stack:
        node, scopes, symbol = stack.pop()
        if isinstance(node, ast.Call | ast.Import | ast.ImportFrom):
            yield node, scopes, symbol
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Attribute):
            yield node.value, scopes, symbol
        for field, value in ast.iter_fields(node):
            inner, name = scopes, symbol
            if isinstance(node, SCOPES) and field == "body":
                inner = (*scopes, node)
                name = symbol if isinstance(node, ast.Lambda) else f"{symbol}.{node.name}".lstrip(".")
            children = value if isinstance(value, list) else [value]
            stack += [(child, inner, name) for child in reversed(children) if isinstance(child, ast.AST)]
