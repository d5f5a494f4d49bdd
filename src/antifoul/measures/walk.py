"""One pass over a syntax tree: the statements of each definition, and what each construct adds.

docs/metrics.md has the table. Unlike radon, methods of inner classes and of classes inside functions are reported, and
`except*` counts as `except`. Blocks are walked by recursion, which Python's own limit of indentation bounds; chains of
`elif` and expressions, which nothing bounds, are not.
"""

from __future__ import annotations

import ast

from antifoul.measures.expressions import Expressions
from antifoul.measures.units import Unit, merged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias, TypeVar

    Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    Visit = TypeVar("Visit", bound=Callable[..., None])  # of the walk, a node, its unit, depth and level

_COMPOUND: dict[type[ast.AST], Callable[[Walk, Any, Unit, int, int], None]] = {}


def _visits(*kinds: type[ast.AST]) -> Callable[[Visit], Visit]:
    def named(visit: Visit) -> Visit:
        _COMPOUND.update(dict.fromkeys(kinds, visit))
        return visit

    return named


class Walk:
    """One pass: what it counts, and the units it met in source order. `lines` are the text's, for logical lines.

    `depth` is how many blocks stand around a statement, `level` what cognitive complexity takes that for: `with` and
    `try` make code deeper, but not harder.
    """

    def __init__(self, tree: ast.Module, lines: Sequence[str] = ()) -> None:
        self.units: list[Unit] = []
        self.strings: list[ast.Constant] = []  # strings that are statements of their own, docstrings among them
        self.docstrings: list[tuple[int, str]] = []  # the line each starts on, and its text
        self.expressions = Expressions()
        self.statements = 0
        self.lloc = 0  # logical lines
        self._lines = lines
        module = Unit(tree, "", None)
        self.units.append(module)
        self._note_docstring(tree)
        self._body(tree.body, module, 0, 0)
        merged(self.units)

    def _body(self, body: Sequence[ast.stmt], unit: Unit, depth: int, level: int) -> None:
        count = len(body)
        self.statements += count
        self.lloc += count
        unit.statements += count
        for node in body:
            visit = _COMPOUND.get(node.__class__)
            if visit is not None:
                visit(self, node, unit, depth, level)
            elif node.__class__ not in _BARE:
                self._simple(node, unit, level)

    def _block(self, body: Sequence[ast.stmt], unit: Unit, depth: int, level: int) -> None:
        """A body under a header."""
        unit.nesting = max(unit.nesting, depth)
        self._body(body, unit, depth, level)

    def _simple(self, node: ast.stmt, unit: Unit, level: int) -> None:
        """A statement without a body. radon takes one that holds a colon for two logical lines, and so do we."""
        kind = node.__class__
        if kind is ast.Expr and self._is_string(node):
            return
        before = unit.complexity
        colon = self.expressions.count((node,), unit, level)
        if kind is ast.Assert:
            unit.complexity = before + 1  # radon looks no further into it
        if (colon or kind is ast.AnnAssign) and not self._is_beside_header(node):
            self.lloc += 1

    def _is_string(self, node: ast.stmt) -> bool:
        value = getattr(node, "value", None)
        if not isinstance(value, ast.Constant) or not isinstance(value.value, str | bytes):
            return False
        self.strings.append(value)
        return True

    def _is_beside_header(self, node: ast.stmt) -> bool:
        """It stands on the line of the header that it belongs to."""
        if not self._lines:
            return False
        before = self._lines[node.lineno - 1].encode("utf-8", "surrogatepass")[: node.col_offset]
        return before.rstrip().endswith(b":")

    @_visits(ast.If)
    def _if(self, node: ast.If, unit: Unit, depth: int, level: int) -> None:
        unit.nested += 1
        cost = 1 + level
        while True:
            unit.complexity += 1
            unit.branches += 1
            unit.cognitive += cost
            self.expressions.count((node.test,), unit, level)
            self._block(node.body, unit, depth + 1, level + 1)
            if not is_elif(node):
                break
            node, cost = node.orelse[0], 1  # type: ignore[assignment]  # an elif costs one, however deep it stands
            self.statements += 1
            self.lloc += 1
            unit.statements += 1
        if node.orelse:
            unit.cognitive += 1
            self.lloc += 1
            self._block(node.orelse, unit, depth + 1, level + 1)

    @_visits(ast.For, ast.AsyncFor, ast.While)
    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, unit: Unit, depth: int, level: int) -> None:
        unit.complexity += 1 + bool(node.orelse)
        unit.branches += 1
        unit.cognitive += 1 + level
        unit.nested += 1
        header = (node.test,) if isinstance(node, ast.While) else (node.target, node.iter)
        self.expressions.count(header, unit, level)
        self._block(node.body, unit, depth + 1, level + 1)
        if node.orelse:
            self.lloc += 1
            self._block(node.orelse, unit, depth + 1, level)

    @_visits(ast.Try, ast.TryStar)
    def _try(self, node: ast.Try | ast.TryStar, unit: Unit, depth: int, level: int) -> None:
        handlers = len(node.handlers)
        unit.complexity += handlers + bool(node.orelse)
        unit.branches += handlers + bool(node.orelse)
        unit.cognitive += handlers * (1 + level)
        unit.nested += handlers
        self.lloc += handlers + bool(node.orelse) + bool(node.finalbody)
        self._block(node.body, unit, depth + 1, level)
        for handler in node.handlers:
            if handler.type is not None:
                self.expressions.count((handler.type,), unit, level)
            self._block(handler.body, unit, depth + 1, level + 1)
        self._block(node.orelse, unit, depth + 1, level)
        self._block(node.finalbody, unit, depth + 1, level)

    @_visits(ast.With, ast.AsyncWith)
    def _with(self, node: ast.With | ast.AsyncWith, unit: Unit, depth: int, level: int) -> None:
        self.expressions.count(node.items, unit, level)
        self._block(node.body, unit, depth + 1, level)

    @_visits(ast.Match)
    def _match(self, node: ast.Match, unit: Unit, depth: int, level: int) -> None:
        cases = len(node.cases)
        unit.complexity += max(0, cases - any(_takes_all(case.pattern) for case in node.cases))
        unit.branches += cases - (node.cases[-1].guard is None and _is_irrefutable(node.cases[-1].pattern))
        unit.cognitive += 1 + level
        unit.nested += 1
        self.lloc += cases
        self.expressions.count((node.subject,), unit, level)
        for case in node.cases:
            self.expressions.count((case.pattern, *filter(None, (case.guard,))), unit, level)
            self._block(case.body, unit, depth + 1, level + 1)

    @_visits(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    def _definition(self, node: Definition, owner: Unit, _: int, level: int) -> None:
        """Enter a definition. As in radon, decorators, defaults and bases have no paths; a class's have operands."""
        is_function = not isinstance(node, ast.ClassDef)
        inner = level + (is_function and owner.is_function and not _is_decorator(owner.node))
        unit = Unit(node, f"{owner.symbol}.{node.name}".lstrip("."), owner, inner)
        self.units.append(unit)
        self._header(node, unit, owner)
        if is_function and unit.in_class:
            owner.methods += 1
        self._note_docstring(node)
        self._body(node.body, unit, 0, 0)

    def _header(self, node: Definition, unit: Unit, owner: Unit) -> None:
        self.lloc += len(node.decorator_list)
        self.expressions.decorators += [(one, unit.symbol) for one in node.decorator_list]
        aside = Unit(node, "", None)
        for decorator in node.decorator_list:
            self.lloc += self.expressions.count((decorator,), aside, 0)
        if isinstance(node, ast.ClassDef):
            self.expressions.count((*node.bases, *node.keywords), aside, 0)
            owner.operators += aside.operators
            owner.operands += aside.operands
            owner.operator_kinds |= aside.operator_kinds
            owner.operand_kinds |= aside.operand_kinds

    def _note_docstring(self, node: ast.Module | Definition) -> None:
        match node.body[:1]:
            case [ast.Expr(value=ast.Constant(value=str(text))) as first]:
                self.docstrings.append((first.lineno, text))
            case _:
                pass


def is_elif(node: ast.If) -> bool:
    """The `else` of this `if` is an `elif`, and not an `else` that holds an `if`."""
    last = node.orelse
    return len(last) == 1 and last[0].__class__ is ast.If and last[0].col_offset == node.col_offset


def _takes_all(pattern: ast.pattern) -> bool:
    """`case _` or `case name`: radon's else."""
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _is_irrefutable(pattern: ast.pattern) -> bool:
    """Else, as ruff sees it: also under another name, and among alternatives."""
    match pattern:
        case ast.MatchAs(pattern=inner):
            return inner is None or _is_irrefutable(inner)
        case ast.MatchOr(patterns=patterns):
            return any(map(_is_irrefutable, patterns))
        case _:
            return False


def _is_decorator(node: ast.AST) -> bool:
    """A function that only defines one and returns: the inner function is not taken for nested."""
    body = list(getattr(node, "body", ()))
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return len(body) == 2 and isinstance(body[0], _FUNCTIONS) and isinstance(body[1], ast.Return)


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BARE = frozenset({ast.Pass, ast.Break, ast.Continue, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal})
