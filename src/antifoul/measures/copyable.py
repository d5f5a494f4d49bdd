"""The units of one file: its functions, classes of fields and module code as rows of signs."""

from __future__ import annotations

import ast
import re
from collections import Counter
from zlib import crc32

from antifoul.facts.copyable import Unit, Units
from antifoul.measures.signs import Row, mark, read, sign, with_imports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    from antifoul.facts.source import Source

    Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

VERSION = 1  # raise it when any unit changes for the same bytes
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_REPEATS = 0.45  # from this share on, a unit's words are kept
_MOST_ROWS_CACHED = 30_000
_GRAM, _WORD_GRAM = 8, 3
_ALL_PRINTS = 64  # a unit of no more signs keeps every print, a larger one a quarter
_ALLOW = re.compile(r"#\s*antifoul:\s*allow\[([\w\s,*-]*)\]")
_COPIED = re.compile(r"#\s*Copied from\s+(\S.*?)\s*$")
_RULE = "duplicate-added"


class _Open:
    """A definition that is being read."""

    __slots__ = ("first", "head", "inner", "node", "symbol")

    def __init__(self, node: Definition, symbol: str, head: int, *, inner: bool) -> None:
        self.node = node
        self.symbol = symbol
        self.head = head
        self.first = head + 1
        self.inner = inner


class _Close:
    """The end of the definition on top."""


_CLOSE = _Close()
_rows: dict[str, Row] = {}


def units(source: Source) -> Units:
    """The units of a file.

    Raises:
        ReadError: the file cannot be decoded or parsed.
    """
    return _File(source).units()


class _File:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines = source.python_lines
        self._texts: list[str] = []
        self._nodes: list[ast.AST] = []
        self._owners: list[int] = []  # per row, the number of the definition around it, -1 for the module
        self._prefixes: list[str] = []
        self._ends: list[int] = []
        self._starts: list[int] = []
        self._closed: list[tuple[int, _Open, int]] = []
        self._imported: set[str] = set()
        self._walk(source.tree)

    def _walk(self, tree: ast.Module) -> None:
        around: list[tuple[int, _Open]] = []
        stack: list[tuple[ast.AST | _Close, str]] = [(one, "") for one in reversed(tree.body)]
        count = 0
        while stack:
            node, prefix = stack.pop()
            if isinstance(node, _Close):
                number, one = around.pop()
                self._closed.append((number, one, len(self._texts)))
                continue
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                continue
            owner = around[-1][0] if around else -1
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._imported.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
            if isinstance(node, _DEFINITIONS):
                symbol = f"{around[-1][1].symbol}.{node.name}" if around else node.name
                inner = any(isinstance(one.node, _FUNCTIONS) for _, one in around)
                around.append((count, _Open(node, symbol, len(self._texts), inner=inner)))
                count += 1
                stack.append((_CLOSE, ""))
            self._add(node, owner, prefix)
            stack += _inside(node)

    def _add(self, node: ast.AST, owner: int, prefix: str) -> None:
        text, first, last = self._text(node)
        self._texts.append(text)
        self._nodes.append(node)
        self._owners.append(owner)
        self._prefixes.append(prefix)
        self._starts.append(first)
        self._ends.append(last)

    def _text(self, node: ast.AST) -> tuple[str, int, int]:
        """The statement's text, of a block its head's; with its first and last line."""
        if isinstance(node, _FUNCTIONS):
            return _signature(node), node.lineno, node.lineno
        if isinstance(node, ast.match_case):
            pattern = node.pattern
            return self._head(pattern.lineno, 0, node.body)
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]  statements and handlers have both
        body = getattr(node, "cases", None) or getattr(node, "body", None)
        if isinstance(body, list) and body:
            return self._head(line, column, body)
        last = node.end_lineno  # type: ignore[attr-defined]
        lines = self._lines[line - 1 : last]
        text = lines[0] if len(lines) == 1 else "\n".join(lines)
        if ";" in text or (column and not lines[0].isspace() and lines[0][:column].strip()):
            text = self._cut(line, column, last, node.end_col_offset)  # type: ignore[attr-defined]
        return text, line, last

    def _head(self, line: int, column: int, body: Sequence[ast.AST]) -> tuple[str, int, int]:
        first = body[0]
        if isinstance(first, ast.match_case):
            first = first.pattern
        at = min([first.lineno, *(one.lineno for one in getattr(first, "decorator_list", ()))])  # type: ignore[attr-defined]
        lines = self._lines[line - 1 : at - 1]
        shared = self._lines[at - 1].encode()[: first.col_offset].strip() if at == first.lineno else b""  # type: ignore[attr-defined]
        if shared or not lines:
            text = self._cut(line, column, at, first.col_offset)  # type: ignore[attr-defined]
            return text, line, at
        while len(lines) > 1 and (not (bare := lines[-1].strip()) or bare[0] == "#"):
            lines.pop()
        return "\n".join(lines), line, line + len(lines) - 1

    def _cut(self, line: int, column: int, last: int, end: int) -> str:
        rows = [one.encode("utf-8", "surrogatepass") for one in self._lines[line - 1 : last]]
        rows[-1] = rows[-1][:end]
        rows[0] = rows[0][column:]
        return b"\n".join(rows).decode("utf-8", "replace")

    def units(self) -> Units:
        rows = [_read(text) for text in self._texts]
        imported = frozenset(self._imported)
        signs = [prefix + with_imports(row, imported) for prefix, row in zip(self._prefixes, rows, strict=True)]
        stops, total = [], 0
        for one in signs:
            total += len(one)
            stops.append(total)
        git = self._source.git_line if "\r" in self._source.text else int
        found = [*self._definitions(rows, signs), *self._module(rows, signs)]
        text = self._source.text
        return Units(
            tuple(one._replace(line=git(one.line), end_line=git(one.end_line)) for one in found),
            "".join(signs),
            tuple(stops),
            "".join(row.mark for row in rows),
            "".join(row.shape for row in rows),
            tuple(map(git, self._starts)),
            tuple(map(git, self._ends)),
            text.count("\n") + (not text.endswith("\n") and bool(text)),
        )

    def _definitions(self, rows: list[Row], signs: list[str]) -> Iterator[Unit]:
        for number, one, stop in sorted(self._closed, key=lambda row: row[0]):
            node = one.node
            if isinstance(node, ast.ClassDef):
                fields = [
                    at
                    for at in range(one.first, stop)
                    if self._owners[at] == number and isinstance(self._nodes[at], (ast.Assign, ast.AnnAssign))
                ]
                if len(fields) < 3:
                    if source := self._said_above(node, _COPIED):
                        yield Unit("class", one.symbol, node.lineno, node.end_lineno or 0, ((one.first, stop),), -1, one.inner, 0.0, "", (), source=source)
                    continue
                ranges = tuple(_ranges(fields))
                end = self._ends[fields[-1]] if stop - one.first > len(fields) else node.end_lineno or node.lineno
                kind = "fields"
            else:
                if stop - one.first < 2:
                    continue
                ranges, end, kind = ((one.first, stop),), node.end_lineno or node.lineno, "function"
            yield self._unit(kind, one, ranges, end, rows, signs)

    def _unit(self, kind, one, ranges, end, rows, signs) -> Unit:
        node = one.node
        numbers = [at for first, stop in ranges for at in range(first, stop)]
        repeats, words = _repeats([rows[at] for at in numbers])
        if kind == "fields" or node.name.startswith("test"):
            repeats = max(repeats, 1.0)
        text = "".join(signs[at] for at in numbers)
        if repeats >= _REPEATS:
            prints = _prints(words, _WORD_GRAM, "w")
            if repeats < 0.6:
                prints |= _prints(text, _GRAM, "s")
        else:
            words, prints = "", _prints(text, _GRAM, "s")
        return Unit(
            kind,
            one.symbol,
            node.lineno,
            end,
            ranges,
            one.head if kind == "function" else -1,
            one.inner,
            round(repeats, 3),
            words,
            tuple(sorted(prints)),
            muted=self._is_muted(node),
            source=self._said_above(node, _COPIED),
        )

    def _module(self, rows: list[Row], signs: list[str]) -> Iterator[Unit]:
        own = [
            at
            for at, (owner, node) in enumerate(zip(self._owners, self._nodes, strict=True))
            if owner < 0 and not isinstance(node, (*_DEFINITIONS, ast.Import, ast.ImportFrom))
        ]
        if len(own) >= 5:
            ranges = tuple(_ranges(own))
            yield Unit("module", "", self._starts[own[0]], self._ends[own[-1]], ranges, -1, False, 0.0, "", ())

    def _first_line(self, node: Definition) -> int:
        return min([node.lineno, *(one.lineno for one in node.decorator_list)])

    def _said_above(self, node: Definition, pattern: re.Pattern[str]) -> str:
        if "# Copied from" not in self._source.text:
            return ""
        at = self._first_line(node) - 1
        while at > 0 and (bare := self._lines[at - 1].strip()).startswith("#"):
            if found := pattern.match(bare):
                return found[1]
            at -= 1
        return ""

    def _is_muted(self, node: Definition) -> bool:
        if b"antifoul" not in self._source.data:
            return False
        at = self._first_line(node)
        lines = [self._lines[node.lineno - 1]]
        while at > 1 and self._lines[at - 2].strip().startswith("#"):
            at -= 1
            lines.append(self._lines[at - 1])
        rules = {name.strip() for line in lines if (found := _ALLOW.search(line)) for name in found[1].split(",")}
        return _RULE in rules


def _inside(node: ast.AST) -> list[tuple[ast.AST | _Close, str]]:
    """The statements in a statement, last first, each with the sign that stands before it."""
    out: list[tuple[ast.AST | _Close, str]] = []
    for field, before in (("finalbody", "f"), ("orelse", "e"), ("handlers", ""), ("cases", ""), ("body", "")):
        inside = getattr(node, field, None)
        if inside.__class__ is list and inside:
            *others, first = reversed(inside)
            is_elif = field == "orelse" and isinstance(node, ast.If) and len(inside) == 1 and isinstance(first, ast.If)
            out += [(one, "") for one in others]
            out.append((first, "" if is_elif else before))
    return out


def _read(text: str) -> Row:
    key = text.strip()
    row = _rows.get(key)
    if row is None:
        if len(_rows) > _MOST_ROWS_CACHED:
            _rows.clear()
        row = _rows[key] = read(key)
    return row


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The parameters and their defaults, annotations apart."""
    given = node.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    if given.vararg:
        names.append(f"*{given.vararg.arg}")
    if given.kwarg:
        names.append(f"**{given.kwarg.arg}")
    defaults = [_default(one) for one in (*given.defaults, *given.kw_defaults) if one is not None]
    return f"def ({', '.join(names)}) {' '.join(defaults)}"


def _default(node: ast.expr) -> str:
    return repr(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)


def _ranges(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = numbers[0]
    for at in numbers[1:]:
        if at != last + 1:
            yield first, last + 1
            first = at
        last = at
    yield first, last + 1


def _repeats(rows: Sequence[Row]) -> tuple[float, str]:
    """The share of the commonest shape, and the words that are not in most of the statements."""
    shapes = Counter(row.shape for row in rows)
    share = max(shapes.values()) / len(rows)
    frame = {"self"}
    if len(rows) > 2:
        seen = Counter(word for row in rows for word in set(row.words))
        frame |= {word for word, times in seen.items() if times >= 0.6 * len(rows)}
    words = "".join(sign(f"word {word}") for row in rows for word in row.words if word not in frame)
    return share, words


def _prints(signs: str, size: int, kind: str) -> set[int]:
    raw = signs.encode("utf-16-le", "surrogatepass")
    count, width = len(signs) - size + 1, 2 * size
    seed = ord(kind)
    found = {crc32(raw[at : at + width], seed) for at in range(0, 2 * count, 2)}
    if count > _ALL_PRINTS:
        found = {one for one in found if not one & 3}
    return found
