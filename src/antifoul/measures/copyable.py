"""The units of one file: its functions, classes of fields and module code as runs of statements."""

from __future__ import annotations

import ast
import re
from collections import Counter
from itertools import accumulate
from zlib import crc32

from antifoul.facts.copyable import Unit, Units
from antifoul.measures.rows import Rows, ranges
from antifoul.measures.signs import Row, read, sign, with_names, without_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from antifoul.facts.source import Source
    from antifoul.measures.rows import Defined, Definition

VERSION = 3  # raise it when any unit changes for the same bytes
REPETITIVE = 0.6  # where so many statements have one shape, only their names and literals tell two units apart
SMALL = 40  # a unit of fewer signs may be told by its literals
_REPEATS = 0.45  # from this share on, a unit's words are kept: its edited copy may be repetitive
_LEAST_ROWS, _LEAST_FIELDS, _LEAST_MODULE = 2, 3, 5
_MOST_TEXTS = 30_000
_GRAM, _WORD_GRAM, _KEY_GRAM = 8, 3, 2
_FEW_WORDS = 16
_ALL_PRINTS = 64  # a unit of no more signs keeps every print, a larger one a quarter
_ALLOW = re.compile(r"#\s*antifoul:\s*allow\[([\w\s,*-]*)\]")
_COPIED = re.compile(r"#\s*Copied from\s+(\S.*?)\s*$")
# How generators begin what they write; only comments of a file's head are asked.
_GENERATED = re.compile(
    r"^[ \t]*#.*(?:auto-?(?:matically )?generated|generated (?:by|from)|do not edit|@generated)",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD = 2_000
_RULE = "duplicate-added"
_FIELDS = (ast.Assign, ast.AnnAssign)
_NO_CODE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)

_rows: dict[str, Row] = {}  # of texts read before: half of a tree's statements are written more than once


def units(source: Source) -> Units:
    """The units of a file.

    Raises:
        ReadError: the file cannot be decoded or parsed.
    """
    return _Reading(source).units()


class _Reading:
    """One file while its units are made."""

    def __init__(self, source: Source) -> None:
        self._lines = source.python_lines
        self._text = source.text
        self._git = source.git_line if "\r" in source.text else int
        self._said_copied = "# Copied from" in source.text
        self._allows = b"antifoul" in source.data
        self._walk = Rows(source)
        self._rows = [_read(one.text) for one in self._walk.statements]
        self._bound = self._names_bound()
        self._signs = [
            one.prefix + with_names(row, names)
            for one, row, names in zip(self._walk.statements, self._rows, self._bound, strict=True)
        ]

    def _names_bound(self) -> list[frozenset[str]]:
        """The names that are bound around each statement: by its outermost function, or by the module's own code."""
        statements, rows = self._walk.statements, self._rows
        bound = [frozenset[str]()] * len(rows)
        reached = 0
        for one in self._walk.definitions:
            if one.head < reached or isinstance(one.node, ast.ClassDef):
                continue
            inner = {other.node.name for other in self._walk.definitions[one.number :] if other.head < one.stop}
            names = frozenset(inner.union(*(row.bound for row in rows[one.head : one.stop])))
            bound[one.head : one.stop] = [names] * (one.stop - one.head)
            reached = one.stop
        own = [at for at, one in enumerate(statements) if one.owner < 0]
        module = frozenset[str]().union(*(rows[at].bound for at in own))
        for at in own:
            bound[at] = module
        return bound

    def units(self) -> Units:
        """The file's units, in order of place."""
        statements = self._walk.statements
        return Units(
            (*self._functions_and_fields(), *self._module()),
            "".join(self._signs),
            tuple(accumulate(map(len, self._signs))),
            "".join(row.mark for row in self._rows),
            "".join(row.shape for row in self._rows),
            tuple(self._git(one.line) for one in statements),
            tuple(self._git(one.end_line) for one in statements),
            self._text.count("\n") + (not self._text.endswith("\n") and bool(self._text)),
            bool(_GENERATED.search(self._text, 0, _HEAD)),
        )

    def _functions_and_fields(self) -> Iterator[Unit]:
        for one in self._walk.definitions:
            if source := self._source(one.node):
                yield self._unit("claim", one, ())._replace(head=-1, source=source)
            if isinstance(one.node, ast.ClassDef):
                yield from self._class(one)
            elif one.stop - one.head > _LEAST_ROWS:
                runs = ((one.head + 1, one.stop),)
                unit = self._unit("function", one, runs)
                yield self._told_apart(unit, certain=one.node.name.startswith("test"))

    def _class(self, one: Defined) -> Iterator[Unit]:
        inside = range(one.head + 1, one.stop)
        fields = [
            at
            for at in inside
            if (found := self._walk.statements[at]).owner == one.number and issubclass(found.kind, _FIELDS)
        ]
        if len(fields) >= _LEAST_FIELDS:
            unit = self._unit("fields", one, ranges(fields))
            if len(fields) < len(inside):
                unit = unit._replace(end_line=self._git(self._walk.statements[fields[-1]].end_line))
            yield self._told_apart(unit._replace(head=-1), certain=True)

    def _unit(self, kind: str, one: Defined, runs: tuple[tuple[int, int], ...]) -> Unit:
        node = one.node
        return Unit(
            kind,
            one.symbol,
            self._git(node.lineno),
            self._git(node.end_lineno or node.lineno),
            runs,
            one.head,
            one.inner,
            muted=self._is_muted(node),
        )

    def _told_apart(self, unit: Unit, *, certain: bool) -> Unit:
        """The unit with its prints; with its words where its statements repeat, as they surely do where `certain`."""
        numbers = [at for first, stop in unit.rows for at in range(first, stop)]
        renamed = frozenset[str]() if certain else self._bound[numbers[0]]
        rows = [self._rows[at] for at in numbers]
        repeats = 1.0 if certain else _repeats(rows)
        signs = without_names("".join(self._signs[at] for at in numbers))
        if repeats < _REPEATS:
            literals = _literals(self._rows[at] for at in numbers) if len(signs) < SMALL else ""
            return unit._replace(repeats=repeats, words=literals, prints=tuple(sorted(_prints(signs, _GRAM, "s"))))
        words, keys = _words(rows, renamed)
        prints = _prints(words, _WORD_GRAM, "w") | _prints(keys, _KEY_GRAM, "k")
        if len(words) <= _FEW_WORDS:
            prints |= _prints(words, 1, "1")
        if repeats < REPETITIVE:
            prints |= _prints(signs, _GRAM, "s")
        return unit._replace(repeats=repeats, words=words, prints=tuple(sorted(prints)), keys=keys)

    def _module(self) -> Iterator[Unit]:
        statements = self._walk.statements
        own = [at for at, one in enumerate(statements) if one.owner < 0 and not issubclass(one.kind, _NO_CODE)]
        if len(own) >= _LEAST_MODULE:
            first, last = self._git(statements[own[0]].line), self._git(statements[own[-1]].end_line)
            yield Unit("module", "", first, last, ranges(own), -1, inner=False)

    def _above(self, node: Definition) -> Iterator[str]:
        """The comment lines above a definition and its decorators, the nearest first."""
        at = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        while at > 1 and (bare := self._lines[at - 2].strip()).startswith("#"):
            yield bare
            at -= 1

    def _source(self, node: Definition) -> str:
        if not self._said_copied:
            return ""
        return next((found[1] for line in self._above(node) if (found := _COPIED.match(line))), "")

    def _is_muted(self, node: Definition) -> bool:
        if not self._allows:
            return False
        lines = [self._lines[node.lineno - 1], *self._above(node)]
        return any(
            name.strip() == _RULE for line in lines if (found := _ALLOW.search(line)) for name in found[1].split(",")
        )


def _read(text: str) -> Row:
    key = text.strip()
    row = _rows.get(key)
    if row is None:
        if len(_rows) >= _MOST_TEXTS:
            _rows.clear()
        row = _rows[key] = read(key)
    return row


def _repeats(rows: Sequence[Row]) -> float:
    """The share of the commonest shape."""
    return round(max(Counter(row.shape for row in rows).values()) / len(rows), 3)


def _words(rows: Sequence[Row], bound: frozenset[str]) -> tuple[str, str]:
    """The words that are neither bound names nor in most of the statements, and each statement's first one."""
    frame = {"self", *bound}
    if len(rows) > 2:
        seen = Counter(word for row in rows for word in set(row.words))
        frame |= {word for word, times in seen.items() if times >= REPETITIVE * len(rows)}
    own = [[sign(f"word {word}") for word in row.words if word not in frame] for row in rows]
    return "".join(map("".join, own)), "".join(words[0] for words in own if words)


def _literals(rows: Iterable[Row]) -> str:
    """The literals, a long one several times: it tells more."""
    literals = (word for row in rows for word in row.words if '"' in word or word[0].isdigit())
    return "".join(sign(f"word {word}") * (1 + min(len(word) // 16, 2)) for word in literals)


def _prints(signs: str, size: int, kind: str) -> set[int]:
    """Hashes of the runs of so many signs."""
    raw = signs.encode("utf-16-le", "surrogatepass")
    count, width = len(signs) - size + 1, 2 * size
    seed = ord(kind)
    found = {crc32(raw[at : at + width], seed) for at in range(0, 2 * count, 2)}
    if count > _ALL_PRINTS:
        return {one for one in found if not one & 3}
    return found
