"""Which statements of a long function would make a function of their own: many paths, few values in and out."""

from __future__ import annotations

import ast
from textwrap import dedent

from antifoul.facts.record import NamedTuple
from antifoul.measures.paths import Unit, count
from antifoul.measures.walk import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_FEWEST_PATHS, _FEWEST_LINES, _MOST_LINES = 4, 5, 160
_MOST_TAKEN, _MOST_GIVEN = 7, 2
_TAKEN_COST, _GIVEN_COST = 0.93, 0.75  # what each value that goes in or out leaves of a cut's worth
_MOST_STATEMENTS = 300  # of one body: runs of them are many
_MOST_SHOWN = 60  # characters of a first line
_ESCAPES = (ast.Return, ast.Break, ast.Continue, ast.Yield, ast.YieldFrom, ast.Await)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Cut(NamedTuple):
    """Statements that belong together. Lines count from 1, in the file; `opening` is the first of them."""

    line: int
    end_line: int
    statements: int
    paths: int
    opening: str
    takes: tuple[str, ...]  # values made before them that they need
    gives: tuple[str, ...]  # values that they make and that are needed after


class Anatomy(NamedTuple):
    """How a function is built: how deep its blocks stand, and what to take out of it."""

    nesting: int
    cut: Cut | None


class _Body(NamedTuple):
    """A list of statements inside a function, and the names that are used and made elsewhere in it."""

    statements: Sequence[ast.stmt]
    before: frozenset[str]
    after: frozenset[str]
    loops: bool  # it runs again and again, so what is used before is used after


def anatomy(lines: Sequence[str], first: int) -> Anatomy | None:
    """The anatomy of a function from its lines, the first of which is so many in its file; None where it cannot be."""
    try:
        tree = ast.parse(dedent("\n".join(lines)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    match tree.body:
        case [ast.FunctionDef() | ast.AsyncFunctionDef() as node]:
            nesting = next((unit.nesting for unit in Walk(tree).units if unit.node is node), 0)
            return Anatomy(nesting, _best(node, lines, first))
        case _:
            return None


def _best(node: Def, lines: Sequence[str], first: int) -> Cut | None:
    """The cut that divides the function's paths best for what goes in and out."""
    whole = _paths(node.body)
    best: tuple[float, Cut] | None = None
    for body in _bodies(node):
        for run, takes, gives in _runs(body):
            paths = _paths(run) if len(run) == 1 else sum(_paths([one]) for one in run)
            worth = min(paths, whole - paths) * _TAKEN_COST ** len(takes) * _GIVEN_COST ** len(gives)
            if paths >= _FEWEST_PATHS and worth > 2 and (best is None or worth > best[0]):
                best = worth, _cut(run, paths, (takes, gives), lines, first)
    return best[1] if best else None


def _cut(
    run: Sequence[ast.stmt], paths: int, values: tuple[Sequence[str], Sequence[str]], lines: Sequence[str], first: int
) -> Cut:
    opening = _opening(run[0], lines)
    shown = opening if len(opening) <= _MOST_SHOWN else opening[: _MOST_SHOWN - 1] + "…"
    end = run[-1].end_lineno or run[-1].lineno
    takes, gives = values
    return Cut(run[0].lineno + first - 1, end + first - 1, len(run), paths, shown, tuple(takes), tuple(gives))


def _opening(node: ast.stmt, lines: Sequence[str]) -> str:
    """The first line of a statement; of a block whose header takes several, these as one."""
    said: list[str] = []
    for line in lines[node.lineno - 1 : node.end_lineno]:
        said.append(line.strip())
        if not hasattr(node, "body") or line.rstrip().endswith(":"):
            break
    return " ".join(said).replace("( ", "(").replace(" )", ")")


def _bodies(node: Def) -> Iterator[_Body]:
    """The body of the function and those of its blocks, with what is known around each."""
    arguments = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)} - {"self", "cls"}
    statements = node.body[ast.get_docstring(node, clean=False) is not None :]
    stack = [_Body(statements, frozenset(arguments), frozenset(), loops=False)]
    while stack:
        body = stack.pop()
        yield body
        for at, one in enumerate(body.statements):
            if isinstance(one, _DEFS):
                continue
            before = body.before | _made(body.statements[:at]) | _made([one])
            after = body.after | _used(body.statements[at + 1 :])
            loops = body.loops or isinstance(one, _LOOPS)
            if loops:
                after |= _used([one]) | _used(body.statements)
            stack += [_Body(inner, before, after, loops) for inner in _inner(one)]


def _inner(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        inner = getattr(node, field, [])
        # an elif cannot be taken out without its if
        if inner and not (field == "orelse" and isinstance(node, ast.If) and isinstance(inner[0], ast.If)):
            yield inner
    for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
        yield part.body


def _runs(body: _Body) -> Iterator[tuple[Sequence[ast.stmt], list[str], list[str]]]:
    """Neighbouring statements with the values that they take and give, where these are few and nothing leaves them."""
    statements = body.statements[:_MOST_STATEMENTS]
    used, made = [_used([one]) for one in statements], [_made([one]) for one in statements]
    stops = [_leaves(one) or isinstance(one, _DEFS) for one in statements]
    for start in range(len(statements)):
        before = body.before.union(*made[:start])
        taken: frozenset[str] = frozenset()
        given: frozenset[str] = frozenset()
        for end in range(start, len(statements)):
            if stops[end] or (len(statements) > 1 and (start, end) == (0, len(statements) - 1)):
                break
            taken |= (used[end] - given) & before
            given |= made[end]
            length = (statements[end].end_lineno or 0) - statements[start].lineno + 1
            if length > _MOST_LINES or len(taken) > _MOST_TAKEN:
                break
            later = body.after.union(*used[end + 1 :], *(used if body.loops else ()))
            gives = sorted(given & later)
            if length >= _FEWEST_LINES and len(gives) <= _MOST_GIVEN:
                yield statements[start : end + 1], sorted(taken), gives


def _paths(nodes: Sequence[ast.stmt]) -> int:
    unit = Unit(None, None, "function")
    count(nodes, unit)
    return unit.paths


def _used(nodes: Sequence[ast.AST]) -> frozenset[str]:
    return frozenset(
        one.id
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    )


def _made(nodes: Sequence[ast.AST]) -> frozenset[str]:
    found: set[str] = set()
    for node in nodes:
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
                found.add(one.id)
            elif (
                isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler) and one.name
            ):
                found.add(one.name)
    return frozenset(found)


def _leaves(node: ast.stmt) -> bool:
    """Something in the statement leaves it: a return, a yield, a break of a loop around it."""
    stack: list[tuple[ast.AST, bool]] = [(node, False)]
    while stack:
        one, looped = stack.pop()
        if isinstance(one, _ESCAPES) and not (looped and isinstance(one, ast.Break | ast.Continue)):
            return True
        looped = looped or isinstance(one, _LOOPS)
        stack += [(child, looped) for child in ast.iter_child_nodes(one) if not isinstance(child, _DEFS)]
    return False
