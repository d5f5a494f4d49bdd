"""Paths and functions of syntax trees, and nothing else: a quarter of the cost of the full walk, and equal to it.

Cyclomatic complexity is counted as radon counts it, see docs/metrics.md.
"""

from __future__ import annotations

import ast

from antifoul.measures.code import slots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal, TypeAlias

    Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    Kind: TypeAlias = Literal["module", "class", "function"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NO_CODE = frozenset(
    {
        "ctx", "id", "attr", "arg", "name", "asname", "kind", "conversion", "op", "ops", "type_comment", "names",
        "kwd_attrs", "rest", "simple", "is_async", "level", "type_params", "type_ignores", "module", "str",
    }
)  # fmt: skip
_LEAVES = frozenset(
    {
        ast.Name, ast.Constant, ast.Pass, ast.Break, ast.Continue, ast.Import, ast.ImportFrom, ast.Global,
        ast.Nonlocal, ast.MatchSingleton, ast.MatchStar, type(None),
    }
)  # fmt: skip
_FIELDS = {
    kind: tuple(field for field in kind._fields if field not in _NO_CODE)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST) and kind not in _LEAVES
}


class Unit:
    """The module, a class or a function while it is counted. `paths` are those that its own code adds.

    Without a node it stands for what is around a piece, and has no name.
    """

    __slots__ = ("in_class", "is_class", "is_function", "name", "node", "owner", "paths", "public")

    def __init__(self, node: Definition | None, owner: Unit | None, inside: Kind = "module") -> None:
        self.node = node
        self.owner = owner
        self.name = node.name if node is not None else ""
        if node is not None:
            inside = "function" if isinstance(node, _FUNCTIONS) else "class"
        self.is_function = inside == "function"
        self.is_class = inside == "class"
        self.in_class = owner is not None and owner.is_class
        self.public: bool = owner is None or (owner.public and not owner.is_function and not self.name.startswith("_"))
        self.paths = 0

    @property
    def symbol(self) -> str:
        """The name with those of what is around it."""
        around = self.owner.symbol if self.owner is not None else ""
        return f"{around}.{self.name}" if around else self.name

    def hints(self) -> tuple[int, int]:
        """Annotated and all slots, when others may call it."""
        if not self.public or not isinstance(self.node, _FUNCTIONS):
            return 0, 0
        every = slots(self.node, method=self.in_class)
        return sum(one is not None for one in every), len(every)


def count(nodes: Iterable[ast.AST], unit: Unit) -> list[Unit]:
    """Add the paths of the nodes to the unit; what comes back are the definitions among them, in no order."""
    units: list[Unit] = []
    waiting: list[tuple[list[ast.AST], Unit]] = [(list(nodes), unit)]
    while waiting:
        stack, unit = waiting.pop()
        while stack:
            node = stack.pop()
            kind = node.__class__
            if kind in _COSTS:
                unit.paths += _COSTS[kind](node)
                if kind is ast.Assert:
                    continue  # radon does not look inside
            elif kind in _UNITS:
                inner = Unit(node, unit)  # type: ignore[arg-type]  # its class says what it is
                units.append(inner)
                waiting.append((list(node.body), inner))  # type: ignore[attr-defined]  # as above
                continue
            for field in _FIELDS.get(kind, ()):
                value = getattr(node, field)
                if value.__class__ is list:
                    stack += [one for one in value if one.__class__ not in _LEAVES]
                elif value.__class__ not in _LEAVES:
                    stack.append(value)
    return units


def _match(node: ast.Match) -> int:
    takes_all = any(isinstance(one.pattern, ast.MatchAs) and one.pattern.pattern is None for one in node.cases)
    return max(0, len(node.cases) - takes_all)


_UNITS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
_COSTS = {
    ast.If: lambda _: 1,
    ast.IfExp: lambda _: 1,
    ast.Assert: lambda _: 1,
    ast.For: lambda node: 1 + bool(node.orelse),
    ast.AsyncFor: lambda node: 1 + bool(node.orelse),
    ast.While: lambda node: 1 + bool(node.orelse),
    ast.Try: lambda node: len(node.handlers) + bool(node.orelse),
    ast.TryStar: lambda node: len(node.handlers) + bool(node.orelse),
    ast.BoolOp: lambda node: len(node.values) - 1,
    ast.comprehension: lambda node: 1 + len(node.ifs),
    ast.Match: _match,
}
