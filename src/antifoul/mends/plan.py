"""What is to be mended in one file: nodes of its syntax tree, and what each becomes."""

from __future__ import annotations

import ast
from typing import NamedTuple, TypeAlias

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from antifoul.facts.mending import Fix, Left

Position: TypeAlias = tuple[int, int]  # line from 1, column from 0 in characters: as libcst counts

NAMES = ("bare-except", "debugger-left", "print-added", "return-none", "todo-owner")
UNSAFE = frozenset({"print-added"})  # the output goes elsewhere


class Plan(NamedTuple):
    """The changes to one file, by node. `top` is the code that goes below the module's imports."""

    fixes: tuple[Fix, ...] = ()
    left: tuple[Left, ...] = ()
    handlers: tuple[ast.ExceptHandler, ...] = ()  # get `BaseException`
    functions: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...] = ()  # get `-> None`
    removed: tuple[ast.stmt, ...] = ()
    imports: Mapping[ast.stmt, frozenset[str]] = {}  # the names that an import loses, as they are bound
    calls: Mapping[ast.Call, str] = {}  # what a call becomes
    top: tuple[str, ...] = ()

    def and_also(self, other: Plan) -> Plan:
        """Both together; they speak of different nodes."""
        return Plan(
            (*self.fixes, *other.fixes),
            (*self.left, *other.left),
            (*self.handlers, *other.handlers),
            (*self.functions, *other.functions),
            (*self.removed, *other.removed),
            {**self.imports, **other.imports},
            {**self.calls, **other.calls},
            (*self.top, *other.top),
        )


def top_of(tree: ast.Module) -> int:
    """How many statements stand above the place for a module's own names: its docstring and its first imports."""
    count = 0
    for number, node in enumerate(tree.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            count = number + 1
        elif not (number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            break
        elif number == 0:
            count = 1
    return count


def position(lines: list[str], node: ast.stmt | ast.expr | ast.excepthandler) -> Position:
    """Where a node starts; the syntax tree counts its columns in bytes."""
    before = lines[node.lineno - 1].encode("utf-8", "surrogatepass")[: node.col_offset]
    return node.lineno, len(before.decode("utf-8", "surrogatepass"))
