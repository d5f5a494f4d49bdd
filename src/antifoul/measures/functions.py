"""The functions that a change adds or edits, with their size now and before."""

from __future__ import annotations

import ast
import re

from antifoul.facts.errors import ReadError
from antifoul.facts.record import NamedTuple
from antifoul.measures.definitions import Counterparts, Definition, definitions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.change import Change, ChangedFile
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.settings import Profile
    from antifoul.facts.source import Source

# Each path and each block needs one of these words; ruff takes an inner function for a path.
_KEYWORD = re.compile(r"\b(?:if|elif|else|for|while|and|or|except|case|assert|with|try|match|def)\b")
_BLOCK = re.compile(r"^[ \t\f]+(?:async[ \t]+)?(?:if|for|while|with|try|match|case|def|class)\b", re.MULTILINE)
_EXEMPT = frozenset({"test", "docs", "vendored", "generated"})


class Size(NamedTuple):
    """What is counted of one function, nested functions apart."""

    complexity: int  # cyclomatic
    nesting: int  # blocks inside one another
    statements: int


class Touched:
    """A function with lines that the change added. Lines count from 1, as git counts them."""

    __slots__ = ("_now", "_profile", "_text", "definition", "end_line", "line", "lines", "most", "path")

    def __init__(self, source: Source, definition: Definition, profile: Profile) -> None:
        self._profile = profile
        self.path: RepoPath = source.path
        self.definition = definition
        self.line = source.git_line(definition.line)
        self.end_line = source.git_line(definition.end_line)
        text = "\n".join(source.python_lines[definition.line - 1 : definition.end_line])
        self.lines = definition.end_line - definition.line + 1 + text.count(";")  # it has no more statements than that
        self.most = 1 + len(_KEYWORD.findall(text))  # it has no more paths than that
        self._text = text
        self._now: Size | None = None

    @property
    def symbol(self) -> str:
        """Its qualified name."""
        return self.definition.key.symbol

    @property
    def deepest(self) -> int:
        """How many blocks open in it: no more of them can stand inside one another."""
        return len(_BLOCK.findall(self._text, self._text.find("\n") + 1))

    @property
    def now(self) -> Size:
        """Its size, counted when first asked for."""
        if self._now is None:
            assert not isinstance(self.definition.node, ast.ClassDef)  # noqa: S101  only functions are touched
            self._now = size(self.definition.node, self._profile)
        return self._now


class Functions:
    """The touched functions of a change; what they were before is looked up when asked."""

    def __init__(self, change: Change, profile: Profile = "radon") -> None:
        self._change = change
        self._profile = profile
        self._counterparts: Counterparts | None = None
        self.touched: tuple[Touched, ...] = tuple(one for file in change.files for one in _touched(file, profile))

    def before(self, one: Touched) -> Size | None:
        """The size of the function before the change, wherever it stood; None for a new one."""
        if self._counterparts is None:
            self._counterparts = Counterparts(self._change.files)
        was = self._counterparts.of(one.definition.key)
        return size(was.node, self._profile) if was is not None and not isinstance(was.node, ast.ClassDef) else None


def size(node: ast.FunctionDef | ast.AsyncFunctionDef, profile: Profile = "radon") -> Size:
    """The size of a function; its `def` is no statement of its own."""
    from antifoul.measures.walk import Walk  # noqa: PLC0415  only for a function that may be over a limit

    unit = next(unit for unit in Walk(ast.Module([node], [])).units if unit.node is node)
    paths = unit.complexity if profile == "radon" else 1 + unit.branches
    return Size(paths, unit.nesting, unit.statements)


def _touched(file: ChangedFile, profile: Profile) -> Iterator[Touched]:
    source = file.after
    if source is None or not source.is_python or source.role in _EXEMPT:
        return
    added = set(file.added())
    try:
        found = definitions(source) if added else ()
    except ReadError:
        return
    for one in found:
        if isinstance(one.node, ast.ClassDef):
            continue
        if not added.isdisjoint(range(source.git_line(one.start), source.git_line(one.end_line) + 1)):
            yield Touched(source, one, profile)
