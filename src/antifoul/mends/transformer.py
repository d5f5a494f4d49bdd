"""The changes as libcst makes them: by the places of the nodes, comments and blanks kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import libcst as cst  # noqa: TID253  the base class is needed when the module is read; it is read only to mend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from libcst.metadata import CodeRange

    from antifoul.mends.plan import Position

_Body = TypeVar("_Body", cst.Module, cst.IndentedBlock)


class Transformer(cst.CSTTransformer):
    """Makes the changes at the places named."""

    def __init__(  # noqa: PLR0913  one parameter a kind of change
        self,
        places: Mapping[cst.CSTNode, CodeRange],
        *,
        handlers: frozenset[Position],
        functions: frozenset[Position],
        removed: frozenset[Position],
        imports: Mapping[Position, frozenset[str]],
        calls: Mapping[Position, str],
    ) -> None:
        super().__init__()
        self._places = places
        self._handlers = handlers
        self._functions = functions
        self._removed = removed
        self._imports = imports
        self._calls = calls
        self._gone = cst.Pass()  # stands on a line that lost all its statements, until its block sees to it

    def _at(self, node: cst.CSTNode) -> Position:
        start = self._places[node].start
        return start.line, start.column

    def leave_ExceptHandler(  # noqa: N802  libcst's naming
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler:
        """`except:` says which exceptions."""
        if original_node.type is not None or self._at(original_node) not in self._handlers:
            return updated_node
        return updated_node.with_changes(
            type=cst.Name("BaseException"), whitespace_after_except=cst.SimpleWhitespace(" ")
        )

    def leave_FunctionDef(  # noqa: N802
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        """`def f():` says that it returns nothing."""
        if original_node.returns is not None or self._at(original_node) not in self._functions:
            return updated_node
        return updated_node.with_changes(returns=cst.Annotation(cst.Name("None")))

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802
        """One call becomes another."""
        text = self._calls.get(self._at(original_node))
        return updated_node if text is None else cst.parse_expression(text)

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import:  # noqa: N802
        """An import loses some of its names."""
        names = self._imports.get(self._at(original_node), frozenset())
        return updated_node.with_changes(names=_without(updated_node.names, names)) if names else updated_node

    def leave_ImportFrom(  # noqa: N802
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom:
        """An import loses some of its names."""
        names = self._imports.get(self._at(original_node), frozenset())
        if not names or isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        return updated_node.with_changes(names=_without(updated_node.names, names))

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        """A line loses some of its statements."""
        return updated_node.with_changes(body=self._kept(original_node.body, updated_node.body))

    def leave_SimpleStatementSuite(  # noqa: N802
        self, original_node: cst.SimpleStatementSuite, updated_node: cst.SimpleStatementSuite
    ) -> cst.SimpleStatementSuite:
        """As a line; one that loses all has a `pass` left."""
        return updated_node.with_changes(body=self._kept(original_node.body, updated_node.body))

    def _kept(
        self, original: Sequence[cst.BaseSmallStatement], updated: Sequence[cst.BaseSmallStatement]
    ) -> Sequence[cst.BaseSmallStatement]:
        if not any(self._at(one) in self._removed for one in original):
            return updated
        kept = [new for old, new in zip(original, updated, strict=True) if self._at(old) not in self._removed]
        if not kept:
            return [self._gone]
        kept[-1] = kept[-1].with_changes(semicolon=updated[-1].semicolon)
        return kept

    def leave_IndentedBlock(self, _: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> cst.IndentedBlock:  # noqa: N802
        """Drops empty lines, keeps the comments above them."""
        return self._without_gone(updated_node)

    def leave_Module(self, _: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        """Drops empty lines, keeps the comments above them."""
        return self._without_gone(updated_node)

    def _without_gone(self, block: _Body) -> _Body:
        """The block without lines that lost all their statements; the comments above such a line go to the next one."""
        if not any(map(self._is_gone, block.body)):
            return block
        kept: list[cst.BaseStatement | cst.SimpleStatementLine] = []
        waiting: list[cst.EmptyLine] = []
        for one in block.body:
            lines: list[cst.EmptyLine] = list(getattr(one, "leading_lines", ()))
            if self._is_gone(one):
                waiting += lines
                continue
            both = lines if _is_blank(waiting) and len(lines) >= len(waiting) else [*waiting, *lines]
            kept.append(one.with_changes(leading_lines=both) if waiting else one)
            waiting = []
        last: list[cst.EmptyLine] = [] if _is_blank(waiting) else waiting
        return block.with_changes(body=kept, footer=[*last, *block.footer])

    def _is_gone(self, line: cst.CSTNode) -> bool:
        return isinstance(line, cst.SimpleStatementLine) and line.body[0] is self._gone


def _is_blank(lines: list[cst.EmptyLine]) -> bool:
    return all(line.comment is None for line in lines)


def _without(names: Sequence[cst.ImportAlias], gone: frozenset[str]) -> list[cst.ImportAlias]:
    kept = [one for one in names if _bound(one) not in gone]
    return [*kept[:-1], kept[-1].with_changes(comma=names[-1].comma)]


def _bound(alias: cst.ImportAlias) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    name: cst.BaseExpression = alias.name
    while isinstance(name, cst.Attribute):
        name = name.value
    return name.value if isinstance(name, cst.Name) else ""
