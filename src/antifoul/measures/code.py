"""All numbers of one Python file from one pass over its syntax tree."""

import ast
import math
import re
from hashlib import blake2b

from antifoul.facts.source import Source
from antifoul.facts.tree import Class, Code, Copyable, Function, Marker
from antifoul.measures import markers
from antifoul.measures.names import undefined
from antifoul.measures.tokens import Comment, comments
from antifoul.measures.walk import Unit, Walk

VERSION = 2  # raise it when any number changes for the same bytes: kept numbers of older versions are not used
_COPY_STATEMENTS = 5


def measure(source: Source, words: tuple[str, ...]) -> Code:
    """The numbers of one file; `words` are the debt markers looked for.

    Raises:
        ReadError: the file cannot be decoded or parsed.
    """
    text, walk = source.text, Walk(source.tree)
    found = list(comments(text))
    lines = re.split(r"\r\n|\r|\n", text)  # as Python counts them
    functions = tuple(_function(unit) for unit in walk.units if unit.is_function)
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
        markers=tuple(sorted(_placed(markers_in(walk, found, words), functions))),
        copyable=tuple(one for unit in walk.units if unit.is_function for one in _copyable(unit, lines)),
        undefined=undefined(source),
        async_functions=sum(isinstance(unit.node, ast.AsyncFunctionDef) for unit in walk.units),
        hint_slots=hint_slots,
        hints=hints,
        doc_slots=doc_slots,
        docs=docs,
    )


def markers_in(walk: Walk, found: list[Comment], words: tuple[str, ...]) -> list[Marker]:
    """The debt markers of a file, without the functions they stand in."""
    docstrings = [markers.Text(*one) for one in walk.docstrings]
    every = [*markers.in_comments(found, words), *markers.in_docstrings(docstrings, words)]
    if "DEPRECATED" in words:
        every += markers.deprecations(walk.deprecations)
    return every


def _function(unit: Unit) -> Function:
    node = unit.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101  is_function says so
    arguments = node.args
    parameters = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
    parameters += bool(arguments.vararg) + bool(arguments.kwarg)
    end = node.end_lineno or node.lineno
    return Function(unit.symbol, node.lineno, end, unit.complexity, unit.nesting, parameters, unit.statements)


def _class(unit: Unit, units: list[Unit]) -> Class:
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


def _maintainability(walk: Walk, complexity: int, found: list[Comment], sloc: int) -> float:
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
