"""What is in a tree: each file's numbers, without its text or syntax tree."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.finding import Skip
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.settings import Profile


class Halstead(NamedTuple):
    """Halstead's four counts, and what is derived from them by his formulas."""

    distinct_operators: int
    distinct_operands: int
    operators: int
    operands: int

    @property
    def vocabulary(self) -> int:
        """How many different ones there are."""
        return self.distinct_operators + self.distinct_operands

    @property
    def length(self) -> int:
        """How many there are."""
        return self.operators + self.operands

    @property
    def volume(self) -> float:
        """Bits that it takes to write them all down."""
        from math import log2  # noqa: PLC0415  not on the hook's path

        return self.length * log2(self.vocabulary) if self.vocabulary else 0.0

    @property
    def difficulty(self) -> float:
        """How hard it is to write: more operators, and operands used again and again."""
        return self.distinct_operators * self.operands / (2 * self.distinct_operands) if self.distinct_operands else 0.0

    @property
    def effort(self) -> float:
        """Difficulty times volume; 18 of it are said to take a second."""
        return self.difficulty * self.volume


class Function(NamedTuple):
    """One function or method, nested ones too. Lines count from 1; complexity is cyclomatic."""

    symbol: str
    line: int
    end_line: int
    complexity: int
    nesting: int  # blocks inside one another: if, for, while, try, with, match; an elif stands beside its if
    parameters: int
    statements: int
    mccabe: int  # cyclomatic as ruff's C901 counts it
    cognitive: int
    halstead: Halstead  # functions inside it included


class Class(NamedTuple):
    """One class. Its complexity is that of its body and of all its methods."""

    symbol: str
    line: int
    end_line: int
    complexity: int
    methods: int
    mccabe: int


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
    end_line: int = 0  # its last line
    until: str = ""  # `torch>=2.6`, `>=2.0` of the project's own: it has expired from then on; "" without
    minutes: int = 0  # what it is estimated to take


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


class Cell(NamedTuple):
    """A code cell of a notebook: its number among all cells, and the line of the joined code that it begins on."""

    number: int
    line: int


class Code(NamedTuple):
    """The numbers of one Python file's content: equal for equal bytes, so they are kept by content.

    Those of a notebook are of its code cells joined: `place` tells the cell of a line.
    """

    loc: int
    sloc: int
    comments: int
    complexity: int  # of all functions and of the module's own code
    nesting: int
    maintainability: float
    mccabe: int  # as ruff counts: of all functions, and what the module's own code branches
    cognitive: int
    lloc: int  # logical lines
    multi: int  # lines of strings over several lines that are statements of their own
    single: int  # lines that hold a comment alone, or such a string of one line
    blank: int
    halstead: Halstead
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
    cells: tuple[Cell, ...] = ()  # of a notebook
    unread_cells: tuple[tuple[int, str], ...] = ()  # those that could not be read, and why

    def place(self, line: int) -> tuple[int, int]:
        """The cell that a line stands in, and its line in there; 0 and the line itself in a file without cells."""
        if not self.cells:
            return 0, line
        home = max((cell for cell in self.cells if cell.line <= line), key=lambda cell: cell.line, default=None)
        return (home.number, line - home.line + 1) if home else (0, line)

    def by(self, profile: Profile) -> Code:
        """The same numbers with cyclomatic complexity as that profile counts it; radon's is what is measured."""
        if profile == "radon":
            return self
        functions = tuple(one._replace(complexity=one.mccabe) for one in self.functions)
        classes = tuple(one._replace(complexity=one.mccabe) for one in self.classes)
        return self._replace(complexity=self.mccabe, functions=functions, classes=classes)

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
