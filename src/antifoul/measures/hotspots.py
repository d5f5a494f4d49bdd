"""Which files will need mending next: decayed commits times the root of complexity.

score = (sum over commits of 0.5 ** (age in days / 60)) * sqrt(complexity + 1). On post-training repositories
held out from its choice this met more of the next quarter's fixes than size, age, authors or a learned model
did.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from antifoul.facts.history import Commit, History, Touch
from antifoul.facts.paths import RepoPath
from antifoul.facts.tree import Function

_DAY = 86_400
HALF_LIFE = 60  # days; the optimum is flat between 30 and 90
RECENT = 90  # days
_FIX = re.compile(
    r"\b(?:fix(?:e[sd]|ing|up)?|bug(?:s|fix(?:es)?)?|hot-?fix|regression|revert(?:s|ed)?|crash(?:es|ed)?|broken|"
    r"wrong|incorrect(?:ly)?|resolv(?:e[sd]?|ing))\b",
    re.IGNORECASE,
)
_NO_FIX = re.compile(
    r"\b(?:typos?|docs?|docstrings?|readme|ci|lint|style|format(?:ting)?|links?|changelog)\b", re.IGNORECASE
)


class Churn(NamedTuple):
    """What a file's commits say, renames followed. Decayed counts halve every 60 days before the head."""

    commits: int
    decayed: float
    recent: int  # in the last 90 days
    authors: int
    recent_authors: int
    fixes: float  # decayed with a half-life of 90 days
    last: int  # the newest commit's time


class Hotspot(NamedTuple):
    """One ranked file."""

    path: RepoPath
    score: float
    churn: Churn
    complexity: int
    loc: int

    @property
    def density(self) -> float:
        """The score per thousand lines: where to look first when reading costs time."""
        return self.score / max(self.loc, 1) * 1000

    @property
    def interest(self) -> int:
        """Complexity times commits: what the file's complexity has cost so far."""
        return self.complexity * self.churn.commits


class Revision(NamedTuple):
    """One commit's mark on a file: the digest of each function's body before and after it, by symbol."""

    at: int
    author: str
    before: Mapping[str, str]
    after: Mapping[str, str]


class FunctionSpot(NamedTuple):
    """One function, ranked by the commits that changed its body."""

    path: RepoPath
    symbol: str
    line: int
    end_line: int
    score: float
    commits: int
    decayed: float
    authors: int
    complexity: int
    nesting: int


class Size(NamedTuple):
    """What the ranking needs of a file's code."""

    complexity: int
    loc: int


def is_fix(title: str) -> bool:
    """The commit's title says that it mends a bug; a heuristic, right for about nine in ten."""
    return bool(_FIX.search(title)) and not _NO_FIX.search(title)


def churn(history: History) -> Mapping[RepoPath, Churn]:
    """The churn of every path of the head, with what was done under its earlier names."""
    return {path: _churn([one for one, _ in marks], history.at) for path, marks in _marks(history).items()}


def marks_on(
    history: History, paths: Iterable[RepoPath], *, since: int, most: int
) -> Mapping[RepoPath, tuple[tuple[Commit, Touch], ...]]:
    """The newest commits on each path with what they did, newest first: at most so many, none before `since`."""
    marks = _marks(history)
    return {
        path: tuple((commit, touch) for commit, touch in marks.get(path, ()) if commit.at >= since)[:most]
        for path in paths
    }


def _marks(history: History) -> Mapping[RepoPath, list[tuple[Commit, Touch]]]:
    """Every commit on every path of the head, newest first, earlier names included."""
    now_called: dict[RepoPath, RepoPath] = {}
    marks: dict[RepoPath, list[tuple[Commit, Touch]]] = {}
    for commit in history.commits:  # newest first, so that a rename is met before the older name
        renames: dict[RepoPath, RepoPath] = {}
        for touch in commit.touches:
            name = now_called.get(touch.path, touch.path)
            marks.setdefault(name, []).append((commit, touch))
            if touch.old_path != touch.path:
                renames[touch.old_path] = name
            elif not touch.old_blob:
                now_called[touch.path] = f"\0{commit.id}"  # what is older under this path was another file
        now_called.update(renames)
    return {path: rows for path, rows in marks.items() if not path.startswith("\0")}


def rank(sizes: Mapping[RepoPath, Size], churns: Mapping[RepoPath, Churn]) -> tuple[Hotspot, ...]:
    """Every file, best first; one without commits in the window has score 0."""
    still = Churn(0, 0.0, 0, 0, 0, 0.0, 0)
    ranked = []
    for path, size in sizes.items():
        spoken = churns.get(path, still)
        score = spoken.decayed * math.sqrt(size.complexity + 1)
        ranked.append(Hotspot(path, score, spoken, size.complexity, size.loc))
    return tuple(sorted(ranked, key=lambda spot: (-spot.score, spot.path)))


def rank_functions(
    path: RepoPath, functions: Iterable[Function], revisions: Sequence[Revision], now: int
) -> tuple[FunctionSpot, ...]:
    """The functions of a file, best first, scored as files are; a commit counts where it changed the body's code."""
    spots = []
    for function in functions:
        name = function.symbol
        marks = [one for one in revisions if name in one.after and one.before.get(name) != one.after[name]]
        decayed = sum(0.5 ** (max(now - one.at, 0) / _DAY / HALF_LIFE) for one in marks)
        spots.append(
            FunctionSpot(
                path,
                name,
                function.line,
                function.end_line,
                decayed * math.sqrt(function.complexity + 1),
                len(marks),
                decayed,
                len({one.author for one in marks}),
                function.complexity,
                function.nesting,
            )
        )
    return tuple(sorted(spots, key=lambda spot: (-spot.score, spot.line)))


def recent_fixes(history: History) -> int:
    """How many commits of the last 90 days mend a bug in Python code."""
    start = history.at - RECENT * _DAY
    return sum(1 for commit in history.commits if commit.touches and commit.at >= start and is_fix(commit.title))


def _churn(commits: Iterable[Commit], now: int) -> Churn:
    each = list({commit.id: commit for commit in commits}.values())
    ages = [max(now - commit.at, 0) / _DAY for commit in each]
    recent = [commit for commit, age in zip(each, ages, strict=True) if age <= RECENT]
    return Churn(
        commits=len(each),
        decayed=sum(0.5 ** (age / HALF_LIFE) for age in ages),
        recent=len(recent),
        authors=len({commit.author for commit in each}),
        recent_authors=len({commit.author for commit in recent}),
        fixes=sum(0.5 ** (age / RECENT) for commit, age in zip(each, ages, strict=True) if is_fix(commit.title)),
        last=max(commit.at for commit in each),
    )
