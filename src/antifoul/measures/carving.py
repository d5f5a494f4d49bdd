"""Which statements of a long function would make a function of their own: many paths, few values in and out."""

from __future__ import annotations

import ast
from itertools import accumulate
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
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)
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


class _Names(dict[ast.stmt, "tuple[frozenset[str], frozenset[str]]"]):
    """The names that a statement uses, and those that it makes; each is looked through once."""

    def __missing__(self, node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
        used: set[str] = set()
        made: set[str] = set()
        stack: list[ast.AST] = [node]
        while stack:
            one = stack.pop()
            if isinstance(one, ast.stmt) and one is not node:
                inner = self[one]
                used |= inner[0]
                made |= inner[1]
                continue
            if isinstance(one, ast.Name):
                (used if isinstance(one.ctx, ast.Load) else made).add(one.id)
                continue
            if isinstance(one, _NAMED) and one.name:
                made.add(one.name)
            stack += ast.iter_child_nodes(one)
        self[node] = found = frozenset(used), frozenset(made)
        return found


def anatomy(lines: Sequence[str], first: int) -> Anatomy | None:
    """The anatomy of a function from its lines, the first of which is so many in its file; None where it cannot be."""
    try:
        tree = ast.parse(dedent("\n".join(lines)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    match tree.body:
        case [ast.FunctionDef() | ast.AsyncFunctionDef() as node]:
            nesting = next((unit.nesting for unit in Walk(tree).units if unit.node is node), 0)
            try:
                return Anatomy(nesting, _best(node, lines, first))
            except RecursionError:  # hundreds of `elif`, each inside the one before
                return Anatomy(nesting, None)
        case _:
            return None


def _best(node: Def, lines: Sequence[str], first: int) -> Cut | None:
    """The cut that divides the function's paths best for what goes in and out."""
    whole = _paths(node.body)
    names = _Names()
    best: tuple[float, Cut] | None = None
    for body in _bodies(node, names):
        each = [_paths([one]) for one in body.statements[:_MOST_STATEMENTS]]
        sums = [0, *accumulate(each)]
        for start, end, takes, gives in _runs(body, names):
            paths = sums[end] - sums[start]
            worth = min(paths, whole - paths) * _TAKEN_COST ** len(takes) * _GIVEN_COST ** len(gives)
            if paths >= _FEWEST_PATHS and worth > 2 and (best is None or worth > best[0]):
                best = worth, _cut(body.statements[start:end], paths, (takes, gives), lines, first)
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


def _bodies(node: Def, names: _Names) -> Iterator[_Body]:
    """The body of the function and those of its blocks, with what is known around each."""
    arguments = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)} - {"self", "cls"}
    statements = node.body[ast.get_docstring(node, clean=False) is not None :]
    stack = [_Body(statements, frozenset(arguments), frozenset(), loops=False)]
    while stack:
        body = stack.pop()
        yield body
        before = body.before
        later = _used_from(body.statements, names)
        for at, one in enumerate(body.statements):
            before |= names[one][1]
            if isinstance(one, _DEFS):
                continue
            after = body.after | later[at + 1]
            loops = body.loops or isinstance(one, _LOOPS)
            if loops:
                after |= later[0]
            stack += [_Body(inner, before, after, loops) for inner in _inner(one)]


def _used_from(statements: Sequence[ast.stmt], names: _Names) -> list[frozenset[str]]:
    """What is used from each statement on, and behind the last one nothing."""
    out = [frozenset[str]()]
    for one in reversed(statements):
        out.append(out[-1] | names[one][0])
    return out[::-1]


def _inner(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        inner = getattr(node, field, [])
        # an elif cannot be taken out without its if
        if inner and not (field == "orelse" and isinstance(node, ast.If) and isinstance(inner[0], ast.If)):
            yield inner
    for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
        yield part.body


def _runs(body: _Body, names: _Names) -> Iterator[tuple[int, int, list[str], list[str]]]:
    """Where neighbouring statements start and end, and what they take and give: few values, and nothing leaves them."""
    statements = body.statements[:_MOST_STATEMENTS]
    stops = [_leaves(one) or isinstance(one, _DEFS) for one in statements]
    used_from = _used_from(statements, names)
    before = body.before
    for start, first in enumerate(statements):
        taken: frozenset[str] = frozenset()
        given: frozenset[str] = frozenset()
        for end in range(start, len(statements)):
            if stops[end] or (len(statements) > 1 and (start, end) == (0, len(statements) - 1)):
                break
            used, made = names[statements[end]]
            taken |= (used - given) & before
            given |= made
            length = (statements[end].end_lineno or 0) - first.lineno + 1
            if length > _MOST_LINES or len(taken) > _MOST_TAKEN:
                break
            gives = given & (body.after | used_from[0 if body.loops else end + 1])
            if length >= _FEWEST_LINES and len(gives) <= _MOST_GIVEN:
                yield start, end + 1, sorted(taken), sorted(gives)
        before |= names[first][1]


def _paths(nodes: Sequence[ast.stmt]) -> int:
    unit = Unit(None, None, "function")
    count(nodes, unit)
    return unit.paths


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
