"""All numbers of one Python file from one pass over its syntax tree. Cyclomatic complexity is counted as radon does.

Unlike radon, methods of inner classes and of classes inside functions are reported, and `except*` counts as
`except`. The walk keeps its own stack: a sum of 5,000 terms is 5,000 levels deep.
"""

import ast
import math
import re
from hashlib import blake2b
from typing import TypeAlias

from antifoul.facts.source import Source
from antifoul.facts.tree import Class, Code, Copyable, Function, Marker
from antifoul.measures import markers
from antifoul.measures.names import undefined
from antifoul.measures.tokens import Comment, comments

VERSION = 2  # raise it when any number changes for the same bytes: kept numbers of older versions are not used

_BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith, ast.Match, ast.TryStar)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_TRIES = (ast.Try, ast.TryStar)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COPY_STATEMENTS = 5
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


class _Unit:
    """A definition while it is walked: the module, a class or a function."""

    __slots__ = (
        "complexity", "context", "in_class", "is_function", "methods", "nesting", "node", "owner", "public",
        "statements", "symbol",
    )  # fmt: skip

    def __init__(self, node: ast.AST, symbol: str, owner: "_Unit | None") -> None:
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


_Step: TypeAlias = tuple[ast.AST, _Unit, int, bool]  # a node, its unit, its depth, whether its paths count


class _Walk:
    """One pass: what it counts, and the units it met in source order."""

    def __init__(self, tree: ast.Module) -> None:
        self.units: list[_Unit] = []
        self.spans: list[tuple[int, int]] = []  # string statements, docstrings among them
        self.docstrings: list[markers.Text] = []
        self.deprecations: list[Marker] = []
        self.statements = 0
        self.operators = 0
        self.operands = 0
        self.operators_seen: set[type[ast.AST]] = set()
        self.operands_seen: set[tuple[str | None, object]] = set()
        self._go(tree)

    def _go(self, tree: ast.Module) -> None:
        module = _Unit(tree, "", None)
        self.units.append(module)
        self._note_docstring(tree)
        stack: list[_Step] = [(node, module, 0, True) for node in reversed(tree.body)]
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

    def _plain_statement(self, node: ast.stmt, unit: _Unit, *, counts: bool) -> bool:
        """Whether paths inside the statement count: radon does not look into an assert."""
        if isinstance(node, ast.Expr):
            self._note_string(node)
        elif isinstance(node, ast.Assert):
            unit.complexity += counts
            return False
        return counts

    def _open(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, owner: _Unit) -> list[_Step]:
        """Enter a definition. As in radon, decorators, defaults and bases count nowhere."""
        unit = _Unit(node, f"{owner.symbol}.{node.name}".lstrip("."), owner)
        self.units.append(unit)
        if unit.is_function and unit.in_class:
            owner.methods += 1
        self._note_docstring(node)
        for decorator in node.decorator_list:
            if (said := markers.deprecation(decorator)) is not None:
                said = said or f"{unit.symbol} is deprecated"
                self.deprecations.append(markers.deprecated(decorator.lineno, said)._replace(symbol=unit.symbol))
        return [(child, unit, 0, True) for child in reversed(node.body)]

    def _block(self, node: ast.AST, unit: _Unit, depth: int, *, counts: bool) -> list[_Step]:
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
        out: list[_Step] = []
        for field in _FIELDS[node.__class__]:
            value = getattr(node, field)
            children = value if isinstance(value, list) else [value]
            elif_chain = field == "orelse" and isinstance(node, ast.If) and _is_elif(node)
            level = depth if elif_chain or field in {"test", "iter", "items", "target", "subject"} else inner
            out += [(one, unit, level, counts) for one in children if isinstance(one, ast.AST)]
        return out

    def _expression(self, node: ast.AST, unit: _Unit, *, counts: bool) -> None:
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
                if (said := markers.deprecation(node)) is not None:
                    self.deprecations.append(markers.deprecated(node.lineno, said)._replace(symbol=unit.symbol))
            case _:
                pass

    def _halstead(
        self,
        operators: int,
        kinds: list[ast.cmpop] | tuple[ast.AST, ...],
        operands: list[ast.expr] | tuple[ast.expr, ...],
        unit: _Unit,
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
                self.docstrings.append(markers.Text(first.lineno, text))
            case _:
                pass


_UNITS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_EXPRESSIONS = frozenset({ast.BoolOp, ast.IfExp, ast.comprehension, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call})


def measure(source: Source, words: tuple[str, ...]) -> Code:
    """The numbers of one file; `words` are the debt markers looked for.

    Raises:
        ReadError: the file cannot be decoded or parsed.
    """
    text, walk = source.text, _Walk(source.tree)
    found = list(comments(text))
    lines = re.split(r"\r\n|\r|\n", text)  # as Python counts them
    functions = tuple(_function(unit) for unit in walk.units if unit.is_function)
    all_markers = [*markers.in_comments(found, words), *markers.in_docstrings(walk.docstrings, words)]
    if "DEPRECATED" in words:
        all_markers += walk.deprecations
    sloc = _sloc(lines, found, walk.spans)
    complexity = sum(unit.complexity for unit in walk.units if unit.is_function) + sum(
        unit.complexity - 1 for unit in walk.units if not unit.is_function
    )
    hints, hint_slots, docs, doc_slots = _coverage(walk.units)
    return Code(
        loc=text.count("\n") + (not text.endswith("\n") and bool(text)),
        sloc=sloc,
        comments=len(found),
        complexity=complexity,
        nesting=max((unit.nesting for unit in walk.units), default=0),
        maintainability=_maintainability(walk, complexity, found, sloc),
        functions=functions,
        classes=tuple(_class(unit, walk.units) for unit in walk.units if isinstance(unit.node, ast.ClassDef)),
        markers=tuple(sorted(_placed(all_markers, functions))),
        copyable=tuple(one for unit in walk.units if unit.is_function for one in _copyable(unit, lines)),
        undefined=undefined(source),
        async_functions=sum(isinstance(unit.node, ast.AsyncFunctionDef) for unit in walk.units),
        hint_slots=hint_slots,
        hints=hints,
        doc_slots=doc_slots,
        docs=docs,
    )


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


def _function(unit: _Unit) -> Function:
    node = unit.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101  is_function says so
    arguments = node.args
    parameters = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
    parameters += bool(arguments.vararg) + bool(arguments.kwarg)
    end = node.end_lineno or node.lineno
    return Function(unit.symbol, node.lineno, end, unit.complexity, unit.nesting, parameters, unit.statements)


def _class(unit: _Unit, units: list[_Unit]) -> Class:
    node = unit.node
    assert isinstance(node, ast.ClassDef)  # noqa: S101  the caller's filter says so
    methods = [one for one in units if one.owner is unit and one.is_function]
    total = unit.complexity + sum(one.complexity for one in methods)
    return Class(unit.symbol, node.lineno, node.end_lineno or node.lineno, total, len(methods))


def _sloc(lines: list[str], found: list[Comment], spans: list[tuple[int, int]]) -> int:
    """Lines that hold code: neither blank, nor a comment alone, nor part of a string that is a statement of its own."""
    written = sum(1 for line in lines if line and not line.isspace())
    alone = sum(1 for comment in found if comment.alone)
    strings = sum(1 for first, last in spans for line in lines[first - 1 : last] if line and not line.isspace())
    return max(written - alone - strings, 0)


def _maintainability(walk: _Walk, complexity: int, found: list[Comment], sloc: int) -> float:
    """The maintainability index, 0 to 100, by radon's formula, with statements for its logical lines."""
    vocabulary = len(walk.operators_seen) + len(walk.operands_seen)
    volume = (walk.operators + walk.operands) * math.log2(vocabulary) if vocabulary else 0.0
    if volume <= 0 or walk.statements == 0:
        return 100.0
    share = (len(found) + sum(last - first + 1 for first, last in walk.spans)) / sloc * 100 if sloc else 0.0
    index = 171 - 5.2 * math.log(volume) - 0.23 * complexity - 16.2 * math.log(walk.statements)
    index += 50 * math.sin(math.sqrt(2.46 * math.radians(share)))
    return round(min(max(0.0, index * 100 / 171), 100.0), 2)


def _placed(found: list[Marker], functions: tuple[Function, ...]) -> list[Marker]:
    """Each marker with the innermost function around it."""
    out = []
    for marker in found:
        inside = [one for one in functions if one.line <= marker.line <= one.end_line]
        home = max(inside, key=lambda one: one.line, default=None)
        out.append(markers.placed(marker, home.symbol, home.complexity) if home else marker)
    return out


def _copyable(unit: _Unit, lines: list[str]) -> list[Copyable]:
    """The function as a candidate for an exact copy: its body's lines without indentation, comments and docstring."""
    node = unit.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101  the caller's filter says so
    if unit.statements < _COPY_STATEMENTS:
        return []
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if not body:
        return []
    end = node.end_lineno or node.lineno
    text = "\n".join(
        bare for line in lines[body[0].lineno - 1 : end] if (bare := line.strip()) and not bare.startswith("#")
    )
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return [Copyable(unit.symbol, node.lineno, end, unit.statements, digest)]


def _coverage(units: list[_Unit]) -> tuple[int, int, int, int]:
    """Annotated and all slots, then documented and all, of the public API: private and nested definitions are not."""
    hints = hint_slots = docs = doc_slots = 0
    for unit in units:
        node = unit.node
        if not unit.public or not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.body:
            doc_slots += 1
            docs += ast.get_docstring(node, clean=False) is not None
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            slots = _slots(node, method=unit.in_class)
            hint_slots += len(slots)
            hints += sum(one is not None for one in slots)
    return hints, hint_slots, docs, doc_slots


def _slots(node: ast.FunctionDef | ast.AsyncFunctionDef, *, method: bool) -> list[ast.expr | None]:
    """The annotation of each parameter and of the return, None where there is none; self and cls need none."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)
    if method and not static:
        positional = positional[1:]
    every = [*positional, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
    return [*(one.annotation for one in every), node.returns]
