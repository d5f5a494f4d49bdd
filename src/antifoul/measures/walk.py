"""One pass over a syntax tree: paths, nesting and statements of each function, counted as radon does.

Unlike radon, methods of inner classes and of classes inside functions are reported, and `except*` counts as
`except`. The walk keeps its own stack: a sum of 5,000 terms is 5,000 levels deep.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Step: TypeAlias = tuple[ast.AST, "Unit", int, bool]  # a node, its unit, its depth, whether its paths count

_BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith, ast.Match, ast.TryStar)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_TRIES = (ast.Try, ast.TryStar)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Fields that never hold code of their own: names, contexts, operators, and what radon leaves out of a
# body's count.
_NO_CODE = frozenset(
    {
        "ctx", "id", "attr", "arg", "name", "asname", "kind", "conversion", "op", "ops", "type_comment", "names",
        "kwd_attrs", "rest", "simple", "is_async", "level",
    }
)  # fmt: skip


def _fields_with_code() -> dict[type[ast.AST], tuple[str, ...]]:
    kinds = [kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)]
    leaves = (
        ast.Name,
        ast.Constant,
        ast.Pass,
        ast.Break,
        ast.Continue,
        ast.Import,
        ast.ImportFrom,
        ast.Global,
    )
    return {
        kind: () if issubclass(kind, leaves) else tuple(field for field in kind._fields if field not in _NO_CODE)
        for kind in kinds
    }


_FIELDS = _fields_with_code()
_SKIPPED = frozenset({ast.Name, ast.Constant})


class Unit:
    """A definition while it is walked: the module, a class or a function."""

    __slots__ = (
        "complexity", "context", "in_class", "is_function", "methods", "nesting", "node", "owner", "public",
        "statements", "symbol",
    )  # fmt: skip

    def __init__(self, node: ast.AST, symbol: str, owner: Unit | None) -> None:
        self.node = node
        self.symbol = symbol
        self.owner = owner
        self.is_function = isinstance(node, _FUNCTIONS)
        self.in_class = owner is not None and isinstance(owner.node, ast.ClassDef)
        self.context: str | None = node.name if isinstance(node, _FUNCTIONS) else owner.context if owner else None
        name = symbol.rpartition(".")[2]
        self.public: bool = owner is None or (owner.public and not owner.is_function and not name.startswith("_"))
        self.complexity = 1
        self.nesting = 0
        self.statements = 0
        self.methods = 0


class Walk:
    """One pass: what it counts, and the units it met in source order."""

    def __init__(self, tree: ast.Module) -> None:
        self.units: list[Unit] = []
        self.spans: list[tuple[int, int]] = []  # string statements, docstrings among them
        self.docstrings: list[tuple[int, str]] = []  # the line each starts on, and its text
        self.deprecations: list[tuple[ast.expr, str]] = []  # decorators and calls of `warn`, with their symbols
        self.statements = 0
        self.operators = 0
        self.operands = 0
        self.operators_seen: set[type[ast.AST]] = set()
        self.operands_seen: set[tuple[str | None, object]] = set()
        self._go(tree)

    def _go(self, tree: ast.Module) -> None:
        module = Unit(tree, "", None)
        self.units.append(module)
        self._note_docstring(tree)
        stack: list[Step] = [(node, module, 0, True) for node in reversed(tree.body)]
        while stack:
            node, unit, depth, counts = stack.pop()
            kind = node.__class__
            if isinstance(node, ast.stmt):
                self.statements += 1
                unit.statements += 1
                if isinstance(node, _UNITS):
                    stack += self._open(node, unit)
                    continue
                if isinstance(node, _BLOCKS):
                    stack += self._block(node, unit, depth, counts=counts)
                    continue
                counts = self._plain_statement(node, unit, counts=counts)
            elif kind in _EXPRESSIONS:
                self._expression(node, unit, counts=counts)
            stack += [(child, unit, depth, counts) for child in _children(node, kind)]

    def _plain_statement(self, node: ast.stmt, unit: Unit, *, counts: bool) -> bool:
        """Whether paths inside the statement count: radon does not look into an assert."""
        if isinstance(node, ast.Expr):
            self._note_string(node)
        elif isinstance(node, ast.Assert):
            unit.complexity += counts
            return False
        return counts

    def _open(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, owner: Unit) -> list[Step]:
        """Enter a definition. As in radon, decorators, defaults and bases count nowhere."""
        unit = Unit(node, f"{owner.symbol}.{node.name}".lstrip("."), owner)
        self.units.append(unit)
        if unit.is_function and unit.in_class:
            owner.methods += 1
        self._note_docstring(node)
        self.deprecations += [(decorator, unit.symbol) for decorator in node.decorator_list]
        return [(child, unit, 0, True) for child in reversed(node.body)]

    def _block(self, node: ast.AST, unit: Unit, depth: int, *, counts: bool) -> list[Step]:
        """A compound statement: its paths, and its blocks one level deeper; an elif stands beside its if."""
        inner = depth + 1
        unit.nesting = max(unit.nesting, inner)
        if isinstance(node, ast.If):
            unit.complexity += 1
        elif isinstance(node, _LOOPS):
            unit.complexity += 1 + bool(node.orelse)
        elif isinstance(node, _TRIES):
            unit.complexity += len(node.handlers) + bool(node.orelse)
        elif isinstance(node, ast.Match):
            unit.complexity += max(0, len(node.cases) - any(map(_is_wildcard, node.cases)))
        out: list[Step] = []
        for field in _FIELDS[node.__class__]:
            value = getattr(node, field)
            children = value if isinstance(value, list) else [value]
            elif_chain = field == "orelse" and isinstance(node, ast.If) and _is_elif(node)
            level = depth if elif_chain or field in {"test", "iter", "items", "target", "subject"} else inner
            out += [(one, unit, level, counts) for one in children if isinstance(one, ast.AST)]
        return out

    def _expression(self, node: ast.AST, unit: Unit, *, counts: bool) -> None:
        """Paths of an expression, and Halstead's operators and operands, both as radon counts them."""
        match node:
            case ast.BoolOp(op=op, values=values):
                unit.complexity += counts * (len(values) - 1)
                self._halstead(1, (op,), values, unit)
            case ast.IfExp():
                unit.complexity += counts
            case ast.comprehension(ifs=ifs):
                unit.complexity += counts * (len(ifs) + 1)
            case ast.BinOp(left=left, op=op, right=right):
                self._halstead(1, (op,), (left, right), unit)
            case ast.UnaryOp(op=op, operand=operand):
                self._halstead(1, (op,), (operand,), unit)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                self._halstead(len(ops), ops, (left, *comparators), unit)
            case ast.Call(func=ast.Name(id="warn") | ast.Attribute(attr="warn")):
                self.deprecations.append((node, unit.symbol))
            case _:
                pass

    def _halstead(
        self,
        operators: int,
        kinds: list[ast.cmpop] | tuple[ast.AST, ...],
        operands: list[ast.expr] | tuple[ast.expr, ...],
        unit: Unit,
    ) -> None:
        self.operators += operators
        self.operands += len(operands)
        self.operators_seen.update(map(type, kinds))
        self.operands_seen.update((unit.context, _operand(one)) for one in operands)

    def _note_string(self, node: ast.Expr) -> None:
        value = node.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            self.spans.append((node.lineno, node.end_lineno or node.lineno))

    def _note_docstring(self, node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        match node.body[:1]:
            case [ast.Expr(value=ast.Constant(value=str(text))) as first]:
                self.docstrings.append((first.lineno, text))
            case _:
                pass


_UNITS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_EXPRESSIONS = frozenset({ast.BoolOp, ast.IfExp, ast.comprehension, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call})


def _children(node: ast.AST, kind: type[ast.AST]) -> list[ast.AST]:
    """What of a node holds code of its own; plain names and constants, most of a tree, are left out here."""
    out: list[ast.AST] = []
    for field in _FIELDS[kind]:
        value = getattr(node, field)
        if value.__class__ is list:
            out += [one for one in value if one.__class__ not in _SKIPPED and isinstance(one, ast.AST)]
        elif value.__class__ not in _SKIPPED and isinstance(value, ast.AST):
            out.append(value)
    return out


def _is_wildcard(case: ast.match_case) -> bool:
    return isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None


def _is_elif(node: ast.If) -> bool:
    return len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)


def _operand(node: ast.expr) -> object:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Constant(value=value):
            return value
        case _:
            return id(node)
