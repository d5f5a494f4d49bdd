"""print-added."""

from __future__ import annotations

import ast

from antifoul.facts.finding import Hit, Severity
from antifoul.facts.record import NamedTuple
from antifoul.measures.guards import (
    is_first_rank,
    is_first_rank_decorator,
    is_main_test,
    is_other_rank,
    leaves,
)
from antifoul.measures.scopes import SCOPES, Names, Scope, meaning
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.layout import Layout
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.source import Source


_PRINTS = {
    "builtins.print": "print",
    "builtins.builtins.print": "print",
    "pprint.pprint": "pprint",
    "pprint.pp": "pprint",
}


class Options(NamedTuple):
    """Where prints are wanted after all."""

    allow_in: tuple[str, ...] = ()  # globs of files that may print
    allow_rank_zero: bool = True  # under `rank == 0`, `is_main_process`, `@rank_zero_only` and their kin
    allow_main: bool = True  # under `if __name__ == "__main__"`, and in `__main__.py`
    allow_file: bool = True  # with `file=` anything but standard error


class _Place(NamedTuple):
    """Where the walk stands."""

    scopes: tuple[Scope, ...]
    symbol: str
    excused: bool


@rule("print-added", severity="error", triggers=(b"print", b"pp("))
def print_added(source: Source, layout: Layout, options: Options) -> Iterator[Hit]:
    """A call of print or pprint in package code.

    On a cluster every rank prints, so that the line that matters drowns in 64 copies of a line that does not,
    and printing a tensor waits for the device at every step. What a run says belongs in a logger, which has a
    level, a rank filter and a file.

    Log it, print on one rank only, or, where the output is the program's purpose, allow the line with a
    reason. Tests, examples, scripts, documentation, vendored and generated code may print; a script outside
    an importable package is only warned about.

    Bad::

        def step(batch):
            print("loss", batch.loss)

    Good::

        import logging

        logger = logging.getLogger(__name__)

        def step(batch):
            logger.info("loss %s", batch.loss)
    """
    if source.role != "package" or (options.allow_main and source.path.rpartition("/")[2] == "__main__.py"):
        return
    if _matches(source.path, options.allow_in):
        return
    names = Names()
    level: Severity | None = None if layout.in_package(source.path) or not _is_script(source) else "warning"
    if "global print" in source.text:
        return  # a function gives the module a print of its own
    renamed = "pprint" in source.text or "builtins" in source.text  # under such an import any name may print
    for call, place in _calls(source.tree, options):
        if not renamed and not (isinstance(call.func, ast.Name) and call.func.id == "print"):
            continue
        what = _PRINTS.get(meaning(call.func, place.scopes, names))
        if what is None or place.excused or _writes_elsewhere(call, options):
            continue
        advice = "log it, or print on one rank" if level is None else "a logger keeps level, rank and file"
        yield Hit(
            line=source.git_line(call.lineno),
            end_line=source.git_line(call.end_lineno or call.lineno),
            column=call.col_offset + 1,
            message=f"{what}() {'in package code' if level is None else 'in a script'}: {advice}",
            symbol=place.symbol,
            anchor=ast.unparse(call),
            severity=level,
        )


def _calls(tree: ast.Module, options: Options) -> Iterator[tuple[ast.Call, _Place]]:
    """Every call in source order, with the scopes around it and whether its printing is excused there."""
    stack: list[tuple[ast.AST, _Place]] = [(tree, _Place((tree,), "", excused=False))]
    while stack:
        node, place = stack.pop()
        if isinstance(node, ast.Call):
            yield node, place
        stack.extend(reversed(list(_children(node, place, options))))


def _children(node: ast.AST, place: _Place, options: Options) -> Iterator[tuple[ast.AST, _Place]]:
    if isinstance(node, SCOPES):
        yield from _inside_scope(node, place, options)
        return
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield value, _branch(node, field, place, options)
        elif isinstance(value, list):
            here = _branch(node, field, place, options)
            for child in value:
                if isinstance(child, ast.AST):
                    yield child, here
                    if options.allow_rank_zero and _guards_the_rest(child):
                        here = here._replace(excused=True)


def _inside_scope(node: Scope, place: _Place, options: Options) -> Iterator[tuple[ast.AST, _Place]]:
    excused = place.excused
    symbol = place.symbol
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        symbol = f"{symbol}.{node.name}".lstrip(".")
        excused |= options.allow_rank_zero and any(map(is_first_rank_decorator, node.decorator_list))
    inner = _Place((*place.scopes, node), symbol, excused)
    for field, value in ast.iter_fields(node):
        here = inner if field == "body" else place
        children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, ast.AST):
                yield child, here
                if field == "body" and options.allow_rank_zero and _guards_the_rest(child):
                    here = here._replace(excused=True)


def _branch(node: ast.AST, field: str, place: _Place, options: Options) -> _Place:
    """The place inside one field of a node: a guarded branch excuses what it holds."""
    excused = False
    if isinstance(node, ast.If | ast.IfExp | ast.While) and field in {"body", "orelse"}:
        if field == "body":
            excused = (options.allow_main and is_main_test(node.test)) or (
                options.allow_rank_zero and is_first_rank(node.test)
            )
        else:
            excused = options.allow_rank_zero and is_other_rank(node.test)
    elif isinstance(node, ast.BoolOp) and field == "values" and options.allow_rank_zero:
        excused = any(map(is_first_rank, node.values))  # `rank == 0 and print(...)`
    return place._replace(excused=True) if excused else place


def _guards_the_rest(node: ast.AST) -> bool:
    """`if rank != 0: return`, after which only the first process goes on."""
    return isinstance(node, ast.If) and is_other_rank(node.test) and leaves(node.body) and not node.orelse


def _writes_elsewhere(call: ast.Call, options: Options) -> bool:
    for keyword in call.keywords:
        if keyword.arg == "file" and options.allow_file:
            text = ast.unparse(keyword.value)
            return text not in {"sys.stderr", "stderr", "sys.__stderr__", "None"}
    return False


def _matches(path: RepoPath, globs: tuple[str, ...]) -> bool:
    if not globs:
        return False
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  only where the option is set

    return GitIgnoreSpec.from_lines(globs).match_file(path)


def _is_script(source: Source) -> bool:
    """The module does work when it is run: a shebang, a `__main__` guard, or calls and loops at its top."""
    if source.text.startswith("#!"):
        return True
    for node in source.tree.body:
        match node:
            case ast.If(test=test) if is_main_test(test):
                return True
            case ast.Expr(value=ast.Call()) | ast.For() | ast.While() | ast.With():
                return True
            case _:
                pass
    return False
