"""Carry a plan out with libcst, which keeps every comment and blank, and prove that only the plan was carried out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from antifoul.facts.errors import ReadError
from antifoul.facts.source import parse
from antifoul.mends.plan import position, top_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst

    from antifoul.facts.source import Source
    from antifoul.mends.plan import Plan


def rewritten(source: Source, plan: Plan) -> str:
    """The mended text.

    Raises:
        ReadError: libcst cannot read the file, or what came out is not what was planned.
    """
    try:
        text = _carried_out(source, plan)
        after = _dumped(text)
        planned = ast.dump(_expected(parse(source.text), source.tree, plan))
    except RecursionError:
        raise ReadError("it is nested deeper than can be mended") from None
    except SyntaxError as problem:
        raise ReadError(f"what came out does not parse: {problem}") from None
    if after != planned:
        raise ReadError("what came out is not what was planned: nothing is changed")
    return text


def _dumped(text: str) -> str:
    try:
        return ast.dump(parse(text))
    except ReadError as problem:
        raise ReadError(f"what came out does not parse: {problem}") from None


def same_code(text: str, tree: ast.Module) -> bool:
    """The text is that of the tree but for comments and layout."""
    try:
        return ast.dump(parse(text)) == ast.dump(tree)
    except (ReadError, RecursionError):
        return False


def _carried_out(source: Source, plan: Plan) -> str:
    import libcst
    from libcst.metadata import MetadataWrapper, PositionProvider

    from antifoul.mends.transformer import Transformer  # noqa: PLC0415  as above

    try:
        wrapper = MetadataWrapper(libcst.parse_module(source.text))
    except (libcst.ParserSyntaxError, libcst.CSTLogicError, RecursionError) as problem:
        raise ReadError(f"libcst does not read it ({type(problem).__name__})") from None
    places = wrapper.resolve(PositionProvider)
    lines = source.python_lines

    def starts(nodes: Sequence[ast.stmt | ast.expr | ast.excepthandler]) -> frozenset[tuple[int, int]]:
        return frozenset(position(lines, node) for node in nodes)

    transformer = Transformer(
        places,
        handlers=starts(plan.handlers),
        functions=starts(plan.functions),
        removed=starts(plan.removed),
        imports={position(lines, node): names for node, names in plan.imports.items()},
        calls={position(lines, node): text for node, text in plan.calls.items()},
    )
    try:
        module = wrapper.module.visit(transformer)
    except libcst.ParserSyntaxError as problem:
        raise ReadError(f"what came out does not parse: {problem.message}") from None
    above = [one for one in source.tree.body[: top_of(source.tree)] if one not in plan.removed]
    return _with_top(module, plan.top, len({one.lineno for one in above})).code


def _with_top(module: cst.Module, top: tuple[str, ...], at: int) -> cst.Module:
    if not top:
        return module
    import libcst

    new = [libcst.parse_statement(line, module.config_for_parsing) for line in top]
    blank = libcst.EmptyLine(indent=False)
    # the last line is the logger's: blank lines part it from the imports and from what follows
    new[-1] = new[-1].with_changes(leading_lines=[blank])
    below = list(module.body[at:])
    if below and not getattr(below[0], "leading_lines", ()):
        is_definition = isinstance(below[0], libcst.FunctionDef | libcst.ClassDef)
        below[0] = below[0].with_changes(leading_lines=[blank] * (1 + is_definition))
    return module.with_changes(body=[*module.body[:at], *new, *below])


def _expected(copy: ast.Module, tree: ast.Module, plan: Plan) -> ast.Module:
    """The tree as it should be afterwards: a fresh copy of the old one, with the plan's changes and no others."""
    twins = {id(old): new for old, new in zip(ast.walk(tree), ast.walk(copy), strict=True)}
    for handler in plan.handlers:
        twins[id(handler)].type = ast.Name("BaseException", ast.Load())  # type: ignore[attr-defined]
    for function in plan.functions:
        twins[id(function)].returns = ast.Constant(None)  # type: ignore[attr-defined]
    for statement, names in plan.imports.items():
        twin = twins[id(statement)]
        twin.names = [one for one in twin.names if (one.asname or one.name.partition(".")[0]) not in names]  # type: ignore[attr-defined]
    calls = {id(twins[id(call)]): ast.parse(text, mode="eval").body for call, text in plan.calls.items()}
    removed = {id(twins[id(statement)]) for statement in plan.removed}
    new = [ast.parse(line).body[0] for line in plan.top]
    at = top_of(tree)
    copy.body[at:at] = new
    return _Expecting(calls, removed).visit(copy)  # type: ignore[no-any-return]


class _Expecting(ast.NodeTransformer):
    def __init__(self, calls: dict[int, ast.expr], removed: set[int]) -> None:
        self._calls = calls
        self._removed = removed

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if id(node) in self._calls:
            return self._calls[id(node)]
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and any(id(one) in self._removed for one in block):
                kept = [one for one in block if id(one) not in self._removed]
                setattr(node, field, kept or ([] if isinstance(node, ast.Module) else [ast.Pass()]))
        return node
