"""The statements of a file in order of text, a block's head being one; docstrings and other bare strings are none."""

from __future__ import annotations

import ast

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from antifoul.facts.source import Source

    Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    Step: TypeAlias = tuple[ast.stmt | ast.ExceptHandler | ast.match_case | None, str]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
# Blocks of a statement, last first, each with the sign that stands before its first statement.
_BLOCKS = (("finalbody", "f"), ("orelse", "e"), ("handlers", ""), ("cases", ""), ("body", ""))


class Statement(NamedTuple):
    """One statement. Lines count from 1, as Python counts them."""

    text: str  # of a block its head; of a function its parameters and defaults
    line: int
    end_line: int
    owner: int  # the number of the definition around it, -1 for the module
    kind: type[ast.AST]
    prefix: str  # a sign for the block that it begins


class Defined(NamedTuple):
    """A definition with its statements: its head, and those from `head + 1` up to but without `stop`."""

    number: int
    node: Definition
    symbol: str
    head: int
    stop: int
    inner: bool  # it stands inside a function


class Rows:
    """One walk over a file."""

    def __init__(self, source: Source) -> None:
        self._lines = source.python_lines
        self.statements: list[Statement] = []
        found: list[Defined] = []
        around: list[Defined] = []
        stack: list[Step] = [(one, "") for one in reversed(source.tree.body)]
        while stack:
            node, prefix = stack.pop()
            if node is None:
                done = around.pop()
                found[done.number] = done._replace(stop=len(self.statements))
                continue
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                continue
            owner = around[-1].number if around else -1
            if isinstance(node, _DEFINITIONS):
                symbol = f"{around[-1].symbol}.{node.name}" if around else node.name
                inner = bool(around) and (around[-1].inner or isinstance(around[-1].node, _FUNCTIONS))
                around.append(Defined(len(found), node, symbol, len(self.statements), 0, inner))
                found.append(around[-1])
                stack.append((None, ""))
            text, first, last = self._text(node)
            self.statements.append(Statement(text, first, last, owner, node.__class__, prefix))
            stack += _inside(node)
        self.definitions: tuple[Defined, ...] = tuple(found)

    def _text(self, node: ast.stmt | ast.ExceptHandler | ast.match_case) -> tuple[str, int, int]:
        """What stands there, with its first and last line."""
        if isinstance(node, _FUNCTIONS):
            return _signature(node), node.lineno, node.lineno
        if isinstance(node, ast.match_case):
            return self._head(node.pattern.lineno, node.pattern.col_offset, node.body[0])
        line, column = node.lineno, node.col_offset
        body = getattr(node, "cases", None) or getattr(node, "body", None)
        if body.__class__ is list:
            return self._head(line, column, body[0])
        last = node.end_lineno or line
        lines = self._lines[line - 1 : last]
        text = lines[0] if len(lines) == 1 else "\n".join(lines)
        if ";" in text or (column and lines[0][:column].strip()):
            text = self._cut(line, column, last, node.end_col_offset or 0)
        return text, line, last

    def _head(self, line: int, column: int, first: ast.stmt | ast.match_case) -> tuple[str, int, int]:
        """A block's head: what stands before its first statement."""
        begins = first.pattern if isinstance(first, ast.match_case) else first
        decorators = first.decorator_list if isinstance(first, _DEFINITIONS) else []
        at = min([begins.lineno, *(one.lineno for one in decorators)])
        lines = self._lines[line - 1 : at - 1]
        if not decorators and (
            not lines or self._lines[at - 1].encode()[: begins.col_offset].strip() not in {b"", b"case"}
        ):
            return self._cut(line, column, at, begins.col_offset), line, at
        while len(lines) > 1 and (not (bare := lines[-1].strip()) or bare[0] == "#"):
            lines.pop()
        return "\n".join(lines), line, line + len(lines) - 1

    def _cut(self, line: int, column: int, last: int, end: int) -> str:
        """What stands between two places; columns count bytes of UTF-8."""
        rows = [one.encode("utf-8", "surrogatepass") for one in self._lines[line - 1 : last]]
        rows[-1] = rows[-1][:end]
        rows[0] = rows[0][column:]
        return b"\n".join(rows).decode("utf-8", "replace")


def _inside(node: ast.AST) -> list[Step]:
    """The statements in a statement, last first."""
    out: list[Step] = []
    for field, sign in _BLOCKS:
        inside = getattr(node, field, None)
        if inside.__class__ is not list or not inside:
            continue
        *others, first = reversed(inside)
        is_elif = field == "orelse" and len(inside) == 1 and isinstance(node, ast.If) and isinstance(first, ast.If)
        out += [(one, "") for one in others]
        out.append((first, "" if is_elif else sign))
    return out


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The parameters and their defaults, annotations apart."""
    given = node.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    if given.vararg:
        names.append(f"*{given.vararg.arg}")
    if given.kwarg:
        names.append(f"**{given.kwarg.arg}")
    defaults = [
        repr(one.value) if isinstance(one, ast.Constant) else ast.unparse(one)
        for one in (*given.defaults, *given.kw_defaults)
        if one is not None
    ]
    return f"def ({', '.join(names)}) {' '.join(defaults)}"


def ranges(numbers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Ascending numbers as runs: from, and up to but without."""
    out: list[tuple[int, int]] = []
    for at in numbers:
        if out and out[-1][1] == at:
            out[-1] = (out[-1][0], at + 1)
        else:
            out.append((at, at + 1))
    return tuple(out)
