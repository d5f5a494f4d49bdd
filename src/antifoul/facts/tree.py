"""What is in a tree: each file's numbers, without its text or syntax tree."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.finding import Skip
    from antifoul.facts.paths import RepoPath


class Function(NamedTuple):
    """One function or method, nested ones too. Lines count from 1; complexity is cyclomatic."""

    symbol: str
    line: int
    end_line: int
    complexity: int
    nesting: int  # blocks inside one another: if, for, while, try, with, match; an elif stands beside its if
    parameters: int
    statements: int


class Class(NamedTuple):
    """One class. Its complexity is that of its body and of all its methods."""

    symbol: str
    line: int
    end_line: int
    complexity: int
    methods: int


class Marker(NamedTuple):
    """One debt marker: a comment, a docstring's line, or a deprecation in code."""

    line: int
    marker: str  # "TODO", "FIXME"... as in the settings
    text: str
    symbol: str
    owner: str  # "" when nobody is named
    issue: str  # "#123", a URL; "" without
    due: str  # ISO date, "" without
    weight: int  # what kind, wording and place say of its priority; age is added where blame was asked


class Copyable(NamedTuple):
    """A function large enough to be a copy of another. `digest` is that of its body without layout and comments."""

    symbol: str
    line: int
    end_line: int
    statements: int
    digest: str


class Undefined(NamedTuple):
    """A name that is read and that nothing defines. `at_import` says that importing the module reads it, and fails."""

    name: str
    line: int
    symbol: str
    at_import: bool


class Code(NamedTuple):
    """The numbers of one Python file's content: equal for equal bytes, so they are kept by content."""

    loc: int
    sloc: int
    comments: int
    complexity: int  # of all functions and of the module's own code
    nesting: int
    maintainability: float
    functions: tuple[Function, ...]
    classes: tuple[Class, ...]
    markers: tuple[Marker, ...]
    copyable: tuple[Copyable, ...]
    undefined: tuple[Undefined, ...]
    async_functions: int
    hint_slots: int  # parameters and returns of the public API
    hints: int  # those annotated
    doc_slots: int  # public modules, classes and functions
    docs: int  # those with a docstring

    @property
    def max_complexity(self) -> int:
        """The complexity of its most complex function; 0 without functions."""
        return max((function.complexity for function in self.functions), default=0)


class File(NamedTuple):
    """One file of a tree."""

    path: RepoPath
    blob: str  # its content's id, as git would name it
    code: Code


class Tree(NamedTuple):
    """All Python files in scope, in order of path."""

    files: tuple[File, ...]
    skipped: tuple[Skip, ...]
