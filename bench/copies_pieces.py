"""Real functions and classes, and what people do to a copy of one: rename, change literals, edit, cut a piece out.

Everything here goes by syntax trees of its own: nothing of what is measured takes part in making the sets.
"""

import ast
import builtins
import copy
import random
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import EllipsisType
from typing import NamedTuple

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
NAMES = [
    "alpha",
    "batch",
    "buffer",
    "chunk",
    "count",
    "current",
    "data",
    "entry",
    "extra",
    "first",
    "group",
    "index",
    "inner",
    "item",
    "kept",
    "local",
]
NAMES += [
    "mapping",
    "nodes",
    "offset",
    "outer",
    "packed",
    "part",
    "pending",
    "picked",
    "rest",
    "result",
    "rows",
    "scale",
    "share",
    "slot",
    "span",
    "state",
]
NAMES += ["target", "tail", "tokens", "total", "unit", "value", "view", "weight", "width", "window"]


class Piece(NamedTuple):
    """A definition of a real file, dedented; the imports of its file; the words that it says."""

    path: str
    name: str
    text: str
    imports: str
    words: frozenset[str]
    statements: int  # blocks' heads count, docstrings do not
    runs: frozenset[tuple[str, ...]]  # its lines by fours, layout and docstring apart

    @property
    def node(self) -> ast.stmt:
        """Its syntax tree, a fresh one."""
        return ast.parse(self.text).body[0]


def pieces(folders: Sequence[Path]) -> Iterator[Piece]:
    """Every function and class of these folders, in order of path; files that do not parse are left out."""
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            try:
                text = path.read_text(encoding="utf-8")
                tree = ast.parse(text)
            except (SyntaxError, ValueError, OSError):
                continue
            lines = text.split("\n")
            imports = "\n".join(ast.unparse(one) for one in tree.body if isinstance(one, (ast.Import, ast.ImportFrom)))
            for node in ast.walk(tree):
                if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                    body = textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))
                    try:
                        ast.parse(body)
                    except SyntaxError:
                        continue
                    yield Piece(
                        str(path.relative_to(folder.parent)),
                        node.name,
                        body,
                        imports,
                        words(node),
                        count(node),
                        runs(node),
                    )


def count(node: ast.AST) -> int:
    """Statements inside a definition, docstrings apart."""
    return sum(isinstance(one, ast.stmt) and not is_docstring(one) for one in ast.walk(node)) - 1


def is_docstring(node: ast.AST) -> bool:
    """A statement that is a string alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def words(node: ast.AST) -> frozenset[str]:
    """The attributes, keywords, names and texts of a definition."""
    found = set()
    for one in ast.walk(node):
        for key in ("attr", "arg", "id"):
            if isinstance(value := getattr(one, key, None), str):
                found.add(value)
        if isinstance(one, ast.Constant) and not is_docstring(one):
            found.add(repr(one.value))
    return frozenset(found)


def runs(node: ast.AST) -> frozenset[tuple[str, ...]]:
    """The lines of a definition by fours, as `ast` writes them."""
    body = [one for one in getattr(node, "body", ()) if not is_docstring(one)]
    lines = [line.strip() for one in body for line in ast.unparse(one).split("\n")]
    return frozenset(tuple(lines[at : at + 4]) for at in range(len(lines) - 3))


def common(one: Piece, other: Piece) -> float:
    """The share of their words that both have, 0 to 1."""
    return len(one.words & other.words) / max(len(one.words | other.words), 1)


def laid_out(piece: Piece, dice: random.Random) -> str:
    """Another layout, other comments, another docstring."""
    node = piece.node
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        if dice.random() < 0.5:
            node.body.insert(0, ast.Expr(ast.Constant("Told in other words.")))
    lines = []
    for line in ast.unparse(ast.fix_missing_locations(node)).split("\n"):
        inside = line.startswith("    ") and line.rstrip().endswith((")", "]", '"', "'"))
        lines.append(f"{line}  # so it is" if inside and dice.random() < 0.15 and not _in_text(line) else line)
    out = "\n".join(lines)
    try:
        ast.parse(out)
    except SyntaxError:
        return ast.unparse(node)
    return out


def _in_text(line: str) -> bool:
    return '"""' in line or "'''" in line


def renamed(piece: Piece, dice: random.Random, *, literals: bool = False) -> str:
    """Every parameter and local name another, with `literals` every number and text too."""
    node = piece.node
    bound = {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)} - {"self", "cls"}
    bound |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    bound -= set(dir(builtins))
    fresh = [f"{name}{suffix}" for suffix in ("", "_2", "_3", "_4") for name in NAMES if f"{name}{suffix}" not in bound]
    dice.shuffle(fresh)
    swaps = dict(zip(sorted(bound), fresh, strict=False))
    if isinstance(node, FUNCTIONS):
        node.name = f"{dice.choice(NAMES)}_{dice.choice(NAMES)}"
    for one in ast.walk(node):
        if isinstance(one, ast.arg):
            one.arg = swaps.get(one.arg, one.arg)
        elif isinstance(one, ast.Name):
            one.id = swaps.get(one.id, one.id)
        elif isinstance(one, (ast.Global, ast.Nonlocal)):
            one.names = [swaps.get(name, name) for name in one.names]
        elif isinstance(one, ast.ExceptHandler) and one.name:
            one.name = swaps.get(one.name, one.name)
        elif literals and isinstance(one, ast.Constant) and not is_docstring(one):
            one.value = _another(one.value, dice)
    return ast.unparse(node)


Literal = str | bytes | int | float | complex | EllipsisType | None


def _another(value: Literal, dice: random.Random) -> Literal:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value + dice.randint(1, 9)
    if isinstance(value, float):
        return value * 2 + 0.5
    return f"{value} {dice.choice(NAMES)}" if isinstance(value, str) and value else value


def blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """The lists of statements inside a definition."""
    found = []
    for one in ast.walk(node):
        for key in ("body", "orelse", "finalbody"):
            rows = getattr(one, key, None)
            if isinstance(rows, list) and rows and isinstance(rows[0], ast.stmt):
                found.append(rows)
    return found


def simple(node: ast.AST) -> list[ast.stmt]:
    """Assignments and calls of a definition that stand on their own."""
    kinds = (ast.Assign, ast.AugAssign, ast.Expr, ast.AnnAssign)
    return [one for one in ast.walk(node) if isinstance(one, kinds) and not is_docstring(one) and not holds_flow(one)]


def holds_flow(node: ast.AST) -> bool:
    """It holds a yield or await, and cannot stand elsewhere."""
    return any(isinstance(one, (ast.Yield, ast.YieldFrom, ast.Await)) for one in ast.walk(node))


def edited(text: str, times: int, others: Sequence[ast.stmt], dice: random.Random) -> str:
    """So many statements inserted, taken out, replaced by another function's, or changed inside."""
    node = ast.parse(text).body[0]
    done = 0
    for _ in range(50 * times):
        if done == times:
            break
        rows = dice.choice(blocks(node))
        at = dice.randrange(len(rows))
        way = dice.choice(("insert", "remove", "replace", "change"))
        is_simple = isinstance(rows[at], (ast.Assign, ast.AugAssign, ast.Expr)) and not is_docstring(rows[at])
        stranger = copy.deepcopy(dice.choice(others))
        if way == "insert":
            rows.insert(at + is_docstring(rows[at]), stranger)
        elif way == "remove" and is_simple and len(rows) > 1:
            del rows[at]
        elif way == "replace" and is_simple:
            rows[at] = stranger
        elif way != "change" or not _changed(rows[at], dice):
            continue
        done += 1
    return ast.unparse(ast.fix_missing_locations(node))


def _changed(node: ast.stmt, dice: random.Random) -> bool:
    """A value wrapped in a call, or a condition turned."""
    if isinstance(node, (ast.Assign, ast.Return)) and node.value is not None:
        maker = ast.Attribute(ast.Name("torch", ast.Load()), dice.choice(("abs", "clone", "sigmoid")), ast.Load())
        node.value = ast.Call(maker, [node.value], [])
        return True
    if isinstance(node, (ast.If, ast.While)):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return True
    return False


def fragment(piece: Piece, host: Piece, dice: random.Random) -> tuple[str, int]:
    """The host with a run of the piece's statements in the midst of its own; how many, blocks' inner ones included."""
    node, around = piece.node, host.node
    runs = []
    for rows in blocks(node):
        for first in range(len(rows)):
            for stop in range(first + 2, len(rows) + 1):
                run = rows[first:stop]
                size = sum(1 + count(one) for one in run)
                if 6 <= size <= 14 and not any(is_docstring(one) or _leaves(one) for one in run):
                    runs.append((run, size))
    if not runs or not isinstance(around, FUNCTIONS):
        return "", 0
    run, size = dice.choice(runs)
    at = dice.randrange(1, len(around.body)) if len(around.body) > 1 else 1
    around.body[at:at] = run
    return ast.unparse(ast.fix_missing_locations(around)), size


def _leaves(node: ast.stmt) -> bool:
    return holds_flow(node) or any(isinstance(one, (ast.Return, ast.Break, ast.Continue)) for one in ast.walk(node))
