"""A definition while it is walked, and what a definition takes over from those inside it."""

from __future__ import annotations

import ast

from antifoul.facts.tree import Halstead

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Unit:
    """The module, a class or a function. What is counted is its own: code of definitions inside it is theirs."""

    __slots__ = (
        "branches", "cognitive", "complexity", "context", "in_class", "is_function", "is_recursive", "level", "methods",
        "nested", "nesting", "node", "operand_kinds", "operands", "operator_kinds", "operators", "own_name", "owner",
        "public", "receiver", "statements", "symbol",
    )  # fmt: skip

    def __init__(self, node: ast.AST, symbol: str, owner: Unit | None, level: int = 0) -> None:
        self.node = node
        self.symbol = symbol
        self.owner = owner
        self.is_function = isinstance(node, _FUNCTIONS)
        self.in_class = owner is not None and isinstance(owner.node, ast.ClassDef)
        name = symbol.rpartition(".")[2]
        # radon tells operands apart by the name of the function around them, and by nothing else of it
        self.context: str = name if self.is_function else owner.context if owner else ""
        self.public: bool = owner is None or (owner.public and not owner.is_function and not name.startswith("_"))
        self.own_name = name if self.is_function else ""
        self.is_recursive = False
        self.receiver = _receiver(node) if isinstance(node, _FUNCTIONS) and self.in_class else ""
        self.level = level  # how much deeper its code is when it is read as part of its owner
        self.complexity = 1  # cyclomatic as radon counts it
        self.branches = 0  # what ruff's C901 counts; `merged` adds those of inner functions
        self.cognitive = 0
        self.nested = 0  # how many of its constructs cost more the deeper they stand
        self.nesting = 0
        self.statements = 0
        self.methods = 0
        self.operators = 0
        self.operands = 0
        self.operator_kinds: set[type[ast.AST]] = set()
        self.operand_kinds: set[object] = set()


def merged(units: Sequence[Unit]) -> None:
    """Give each unit what the functions and classes inside it add: branches and cognitive complexity.

    The units stand in source order, so the last ones are the innermost.
    """
    for unit in reversed(units):
        unit.cognitive += unit.is_recursive
        owner = unit.owner
        if owner is not None:
            owner.branches += unit.branches + unit.is_function
            owner.cognitive += unit.cognitive + unit.nested * unit.level
            owner.nested += unit.nested


def within(units: Sequence[Unit], at: int) -> Sequence[Unit]:
    """A unit and all those inside it; they follow it."""
    last = at + 1
    inside = {id(units[at])}
    while last < len(units) and id(units[last].owner) in inside:
        inside.add(id(units[last]))
        last += 1
    return units[at:last]


def halstead(units: Sequence[Unit]) -> Halstead:
    """Halstead's four counts of some units of one file together."""
    by_context: dict[str, set[object]] = {}
    operators: set[type[ast.AST]] = set()
    for unit in units:
        operators |= unit.operator_kinds
        if unit.operand_kinds:
            by_context.setdefault(unit.context, set()).update(unit.operand_kinds)
    return Halstead(
        len(operators),
        sum(map(len, by_context.values())),
        sum(unit.operators for unit in units),
        sum(unit.operands for unit in units),
    )


def _receiver(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """What a method calls its own object or class: its first parameter."""
    positional = [*node.args.posonlyargs, *node.args.args]
    return positional[0].arg if positional else ""
