"""What a change is held against that lies behind it: what usually changes together, what is hot, where debt was."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.paths import RepoPath


class Companion(NamedTuple):
    """A file that changes with another: in `together` of that one's `commits`."""

    path: RepoPath
    together: int
    commits: int


class Companions(NamedTuple):
    """The files that nearly always change with a changed file, by that file. `problem` says why nothing is known."""

    of: tuple[tuple[RepoPath, tuple[Companion, ...]], ...] = ()
    problem: str = ""


class Hot(NamedTuple):
    """A changed file that is among the hottest, with its paths on both sides. `rank` counts from 1."""

    path: RepoPath
    rank: int
    ranked: int
    recent: int  # commits of the last 90 days
    commits: int  # in the time read
    before: int
    after: int


class Heat(NamedTuple):
    """The changed files among the hottest. `problem` says why nothing is known."""

    files: tuple[Hot, ...] = ()
    problem: str = ""


class Excess(NamedTuple):
    """A series that a change takes out of its interval. `path` is the file that moves it most."""

    series: str
    before: float
    after: float
    bound: float
    weeks: int
    path: RepoPath


class Debt(NamedTuple):
    """The series that leave their intervals by the change. `problem` says why nothing is known."""

    series: tuple[Excess, ...] = ()
    problem: str = ""


class OldMarker(NamedTuple):
    """A marker in a function that the change touches, as old as its line. Lines count from 1, in the new file."""

    path: RepoPath
    line: int
    marker: str
    text: str
    symbol: str
    author: str
    written: str  # ISO date
    days: int


class Ages(NamedTuple):
    """The markers in touched functions that were there before. `problem` says why nothing is known."""

    markers: tuple[OldMarker, ...] = ()
    problem: str = ""
