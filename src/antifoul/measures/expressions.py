"""What stands in expressions: paths, cognitive cost, Halstead's operators and operands, and calls that warn.

Names and constants, most of a tree, are left out before they are looked at. Nothing here recurses: a sum of 5,000
terms is 5,000 levels deep.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, TypeAlias, TypeVar

    from antifoul.measures.units import Unit

    Visit = TypeVar("Visit", bound=Callable[..., bool | None])
    Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp

# What makes a call one that may say that something is deprecated.
CATEGORIES = frozenset({"DeprecationWarning", "FutureWarning", "PendingDeprecationWarning"})
WARNING_CALLS = frozenset({"warn", "warning", "warning_once", "warn_once", "warn_explicit", "warning_advice"})
# Fields that never hold code: names, contexts, operators.
_NO_CODE = frozenset(
    {
        "ctx", "id", "attr", "arg", "name", "asname", "kind", "conversion", "op", "ops", "type_comment", "names",
        "kwd_attrs", "rest", "simple", "is_async", "str",
    }
)  # fmt: skip
_LEAVES = frozenset({ast.Name, ast.Constant, ast.MatchSingleton, ast.MatchStar, type(None)})
_FIELDS = {
    kind: tuple(field for field in kind._fields if field not in _NO_CODE)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST) and kind not in _LEAVES
}
_VISITS: dict[type[ast.AST], Callable[[Expressions, Any, Unit], bool | None]] = {}


def _visits(*kinds: str) -> Callable[[Visit], Visit]:
    """The function looks at nodes of these kinds, as far as this Python has them; True: it sees to what they hold."""

    def named(visit: Visit) -> Visit:
        _VISITS.update({getattr(ast, kind): visit for kind in kinds if hasattr(ast, kind)})
        return visit

    return named


class Expressions:
    """Counts expressions into their units."""

    def __init__(self) -> None:
        self.decorators: list[tuple[ast.expr, str]] = []  # each with the symbol of what it decorates
        self.deprecating: list[tuple[ast.Call, str]] = []  # calls that may deprecate, with the symbol they stand in
        self._waiting: list[tuple[list[ast.AST], int, bool]] = []  # nodes, their level, whether a string holds them
        self._level = 0
        self._quoted = False
        self._colon = False

    def count(self, nodes: Iterable[ast.AST], unit: Unit, level: int) -> bool:
        """Count what the nodes hold; whether there is a colon outside strings: of a slice, a mapping, a lambda."""
        self._colon = False
        self._waiting.append((list(nodes), level, False))
        while self._waiting:
            stack, self._level, self._quoted = self._waiting.pop()
            while stack:
                node = stack.pop()
                kind = node.__class__
                visit = _VISITS.get(kind)
                if visit is not None and visit(self, node, unit):
                    continue
                for field in _FIELDS.get(kind, ()):
                    value = getattr(node, field)
                    if value.__class__ is list:
                        stack += [one for one in value if one.__class__ not in _LEAVES]
                    elif value.__class__ not in _LEAVES:
                        stack.append(value)
        return self._colon

    def _later(self, nodes: Iterable[ast.AST], *, deeper: int = 0, quoted: bool = False) -> None:
        self._waiting.append((list(nodes), self._level + deeper, self._quoted or quoted))

    @_visits("BoolOp")
    def _boolean(self, node: ast.BoolOp, unit: Unit) -> None:
        """A sequence of one operator costs one, whatever its length and its parentheses."""
        unit.complexity += len(node.values) - 1
        kind = node.op.__class__
        unit.cognitive += 1 - sum(isinstance(one, ast.BoolOp) and one.op.__class__ is kind for one in node.values)
        _operation(unit, (node.op,), node.values)

    @_visits("IfExp")
    def _choice(self, node: ast.IfExp, unit: Unit) -> bool:
        unit.complexity += 1
        unit.cognitive += 1 + self._level
        unit.nested += 1
        self._later((node.test,))
        self._later((node.body, node.orelse), deeper=1)
        return True

    @_visits("ListComp", "SetComp", "GeneratorExp", "DictComp")
    def _comprehension(self, node: Comprehension, unit: Unit) -> bool:
        """Each `for` is a loop; what is made of it, and its conditions, stand inside."""
        for one in node.generators:
            unit.complexity += 1 + len(one.ifs)
            unit.cognitive += 1 + self._level + len(one.ifs)
            unit.nested += 1
            self._later((one.target, one.iter))
            self._later(one.ifs, deeper=1)
        if isinstance(node, ast.DictComp):
            self._sees_colon(node, unit)
            self._later((node.key, node.value), deeper=1)
        else:
            self._later((node.elt,), deeper=1)
        return True

    @_visits("Lambda")
    def _lambda(self, node: ast.Lambda, unit: Unit) -> bool:
        self._sees_colon(node, unit)
        self._later((node.args,))
        self._later((node.body,), deeper=1)
        return True

    @_visits("JoinedStr", "TemplateStr")
    def _formatted(self, node: ast.JoinedStr, _: Unit) -> bool:
        self._later(node.values, quoted=True)
        return True

    @_visits("Slice")
    def _sees_colon(self, _: ast.AST, __: Unit) -> None:
        self._colon |= not self._quoted

    @_visits("Dict")
    def _mapping(self, node: ast.Dict, _: Unit) -> None:
        self._colon |= not self._quoted and any(key is not None for key in node.keys)

    @_visits("BinOp")
    def _binary(self, node: ast.BinOp, unit: Unit) -> None:
        _operation(unit, (node.op,), (node.left, node.right))

    @_visits("UnaryOp")
    def _unary(self, node: ast.UnaryOp, unit: Unit) -> None:
        _operation(unit, (node.op,), (node.operand,))

    @_visits("Compare")
    def _compare(self, node: ast.Compare, unit: Unit) -> None:
        _operation(unit, node.ops, (node.left, *node.comparators))

    @_visits("AugAssign")
    def _augmented(self, node: ast.AugAssign, unit: Unit) -> None:
        _operation(unit, (node.op,), (node.target, node.value))

    @_visits("Call")
    def _call(self, node: ast.Call, unit: Unit) -> None:
        function = node.func
        if isinstance(function, ast.Attribute):
            name, owner = function.attr, function.value
            if name == unit.own_name and isinstance(owner, ast.Name) and owner.id == unit.receiver:
                unit.is_recursive = True
        elif isinstance(function, ast.Name):
            name = function.id
            if name == unit.own_name and not unit.in_class:
                unit.is_recursive = True
        else:
            return
        if (
            name in WARNING_CALLS
            or name in CATEGORIES
            or "eprecat" in name
            or any(word.arg == "deprecated" or says_so(word.value) is not None for word in node.keywords)
        ):
            self.deprecating.append((node, unit.symbol))


def says_so(node: ast.expr) -> ast.Constant | None:
    """What a mapping has under the key deprecated, as JSON schemas do; None where that is nothing or no plain value."""
    if node.__class__ is not ast.Dict:
        return None
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "deprecated" and isinstance(value, ast.Constant):
            return value if value.value else None
    return None


def _operation(unit: Unit, operators: Sequence[ast.AST], operands: Sequence[ast.expr]) -> None:
    """Halstead's counts as radon takes them: operators by kind, operands by name or value where they have one."""
    unit.operators += len(operators)
    unit.operands += len(operands)
    unit.operator_kinds.update([one.__class__ for one in operators])
    unit.operand_kinds.update(map(_operand, operands))


def _operand(node: ast.expr) -> object:
    kind = node.__class__
    if kind is ast.Name:
        return node.id  # type: ignore[attr-defined]
    if kind is ast.Attribute:
        return node.attr  # type: ignore[attr-defined]
    if kind is ast.Constant:
        return node.value  # type: ignore[attr-defined]
    return node
