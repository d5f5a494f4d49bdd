"""All numbers of one Python file from one pass over its syntax tree."""

import ast
import math
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import TypeVar

from antifoul.facts.source import Source
from antifoul.facts.tree import Class, Code, Copyable, Function, Marker
from antifoul.measures.debt import markers_of
from antifoul.measures.lines import Lines, sorted_lines
from antifoul.measures.names import undefined
from antifoul.measures.tokens import comments
from antifoul.measures.units import Unit, halstead, within
from antifoul.measures.walk import Walk

VERSION = 6  # raise it when any number changes for the same bytes: kept numbers of older versions are not used
_COPY_STATEMENTS = 5
Row = TypeVar("Row", Function, Class, Copyable, Marker)


def measure(source: Source, words: tuple[str, ...]) -> Code:
    """The numbers of one file; `words` are the debt markers looked for.

    Raises:
        ReadError: the file cannot be decoded or parsed.
    """
    text, python_lines = source.text, source.python_lines
    walk = Walk(source.tree, python_lines)
    module = walk.units[0]
    found = list(comments(text))
    lines = sorted_lines(python_lines, found, walk.strings)
    functions = tuple(_functions(walk.units))
    own = sum(unit.complexity - 1 for unit in walk.units if not unit.is_function)
    complexity = sum(one.complexity for one in functions) + own
    hints, hint_slots, docs, doc_slots = _coverage(walk.units)
    volume = halstead(walk.units)
    code = Code(
        loc=lines.loc,
        sloc=lines.sloc,
        comments=len(found),
        complexity=complexity,
        nesting=max((unit.nesting for unit in walk.units), default=0),
        maintainability=_maintainability(volume.volume, _paths(walk.units), lines, walk.lloc, len(found)),
        mccabe=module.branches,
        cognitive=module.cognitive,
        lloc=walk.lloc,
        multi=lines.multi,
        single=lines.single,
        blank=lines.blank,
        halstead=volume,
        functions=functions,
        classes=tuple(_classes(walk.units)),
        markers=markers_of(walk, found, words),
        copyable=tuple(one for unit in walk.units if unit.is_function for one in _copyable(unit, python_lines)),
        undefined=undefined(source),
        async_functions=sum(isinstance(unit.node, ast.AsyncFunctionDef) for unit in walk.units),
        hint_slots=hint_slots,
        hints=hints,
        doc_slots=doc_slots,
        docs=docs,
    )
    return _as_git_counts(code, source) if "\r" in text else code


def _as_git_counts(code: Code, source: Source) -> Code:
    """The numbers with every place on the line that git counts: for git a lone CR ends none."""

    def spans(rows: Iterable[Row]) -> tuple[Row, ...]:
        return tuple(
            one._replace(line=source.git_line(one.line), end_line=source.git_line(one.end_line)) for one in rows
        )

    return code._replace(
        functions=spans(code.functions),
        classes=spans(code.classes),
        copyable=spans(code.copyable),
        markers=spans(code.markers),
        undefined=tuple(one._replace(line=source.git_line(one.line)) for one in code.undefined),
    )


def _functions(units: list[Unit]) -> Iterator[Function]:
    for at, unit in enumerate(units):
        if not unit.is_function:
            continue
        node = unit.node
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101  is_function says so
        arguments = node.args
        parameters = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
        yield Function(
            symbol=unit.symbol,
            line=node.lineno,
            end_line=node.end_lineno or node.lineno,
            complexity=unit.complexity,
            nesting=unit.nesting,
            parameters=parameters + bool(arguments.vararg) + bool(arguments.kwarg),
            statements=unit.statements,
            mccabe=1 + unit.branches,
            cognitive=unit.cognitive,
            halstead=halstead(within(units, at)),
        )


def _classes(units: list[Unit]) -> Iterator[Class]:
    methods: dict[int, int] = {}
    for unit in units:
        if unit.is_function and unit.in_class:
            methods[id(unit.owner)] = methods.get(id(unit.owner), 0) + unit.complexity
    for unit in units:
        node = unit.node
        if isinstance(node, ast.ClassDef):
            total = unit.complexity + methods.get(id(unit), 0)
            yield Class(
                unit.symbol, node.lineno, node.end_lineno or node.lineno, total, unit.methods, 1 + unit.branches
            )


def _paths(units: list[Unit]) -> int:
    """The paths that radon's index takes for a file's: all of a method, a function's less one, none of inner ones."""
    total = 1
    for unit in units:
        around, outer = unit.owner, unit.owner and unit.owner.owner
        if around is None or outer is None:
            total += unit.complexity - 1
        elif unit.is_function and unit.in_class and outer.owner is None:
            total += unit.complexity
    return total


def _maintainability(volume: float, complexity: int, lines: Lines, lloc: int, found: int) -> float:
    """The maintainability index, 0 to 100, by radon's formula."""
    if volume <= 0 or lloc <= 0:
        return 100.0
    share = 100 * (found + lines.multi) / lines.sloc if lines.sloc else 0.0
    index = 171 - 5.2 * math.log(volume) - 0.23 * complexity - 16.2 * math.log(lloc)
    index += 50 * math.sin(math.sqrt(2.46 * math.radians(share)))
    return round(min(max(0.0, index * 100 / 171), 100.0), 2)


def _copyable(unit: Unit, lines: list[str]) -> list[Copyable]:
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


def _coverage(units: list[Unit]) -> tuple[int, int, int, int]:
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
            found = slots(node, method=unit.in_class)
            hint_slots += len(found)
            hints += sum(one is not None for one in found)
    return hints, hint_slots, docs, doc_slots


def slots(node: ast.FunctionDef | ast.AsyncFunctionDef, *, method: bool) -> list[ast.expr | None]:
    """The annotation of each parameter and of the return, None where there is none; self and cls need none."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)
    if method and not static:
        positional = positional[1:]
    every = [*positional, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
    return [*(one.annotation for one in every), node.returns]
