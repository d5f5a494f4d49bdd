"""Which files and functions will need mending next: decayed commits times the root of complexity.

score = (sum over commits of 0.5 ** (age in days / 60)) * sqrt(complexity + 1). On post-training repositories
held out from its choice this met more of the next quarter's fixes than size, age, authors or a learned model
did.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from antifoul.facts.history import Commit, History
from antifoul.facts.paths import RepoPath
from antifoul.facts.tally import Body
from antifoul.measures.fixes import RECENT, is_fix
from antifoul.measures.marks import Mark

_DAY = 86_400
HALF_LIFE = 60  # days; the optimum is flat between 30 and 90
GONE = 180  # days without a commit, after which someone is taken to have left


class Churn(NamedTuple):
    """What a file's commits say, renames followed. Decayed counts halve every 60 days before the head."""

    commits: int = 0
    decayed: float = 0.0
    recent: int = 0  # in the last 90 days
    authors: int = 0
    recent_authors: int = 0
    fixes: float = 0.0  # decayed with a half-life of 90 days
    last: int = 0  # the newest commit's time
    first: int = 0  # the oldest that was read
    owner: str = ""  # who has most of the commits, "" when only programs committed
    owned: float = 0.0  # the share of the commits that is the owner's
    lost: float = 0.0  # the share of the commits whose people have all left


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


class FunctionSpot(NamedTuple):
    """One function, ranked by the commits that changed its code."""

    path: RepoPath
    symbol: str
    line: int
    end_line: int
    score: float
    commits: int
    decayed: float
    authors: int
    complexity: int
    recent: int  # commits of the last 60 days
    nesting: int = 0  # known of the first ones only


class Size(NamedTuple):
    """What the ranking needs of a file's code."""

    complexity: int
    loc: int


class Change(NamedTuple):
    """A commit on a file, with the symbols of the functions that it changed."""

    commit: Commit
    symbols: frozenset[str]


def churns(marks: Mapping[RepoPath, Sequence[Mark]], history: History) -> Mapping[RepoPath, Churn]:
    """The churn of every path that has marks."""
    here = {one for commit in history.commits if history.at - commit.at <= GONE * _DAY for one in commit.people}
    return {path: _churn([mark.commit for mark in rows], history.at, here) for path, rows in marks.items()}


def rank(sizes: Mapping[RepoPath, Size], known: Mapping[RepoPath, Churn]) -> tuple[Hotspot, ...]:
    """Every file, best first; one without commits in the window has score 0."""
    ranked = []
    for path, size in sizes.items():
        spoken = known.get(path, Churn())
        score = spoken.decayed * math.sqrt(size.complexity + 1)
        ranked.append(Hotspot(path, score, spoken, size.complexity, size.loc))
    return tuple(sorted(ranked, key=lambda spot: (-spot.score, spot.path)))


def rank_functions(
    path: RepoPath, functions: Iterable[Body], changes: Sequence[Change], now: int
) -> tuple[FunctionSpot, ...]:
    """The functions of a file, best first, scored as files are; a commit counts where it changed the code."""
    by_symbol: dict[str, list[Commit]] = {}
    for change in changes:
        for symbol in change.symbols:
            by_symbol.setdefault(symbol, []).append(change.commit)
    spots = []
    for body in functions:
        commits = by_symbol.get(body.symbol, [])
        decayed = decay((commit.at for commit in commits), now)
        spots.append(
            FunctionSpot(
                path=path,
                symbol=body.symbol,
                line=body.line,
                end_line=body.end_line,
                score=decayed * math.sqrt(body.complexity + 1),
                commits=len(commits),
                decayed=decayed,
                authors=len({one for commit in commits for one in commit.people}),
                complexity=body.complexity,
                recent=sum(now - commit.at <= HALF_LIFE * _DAY for commit in commits),
            )
        )
    return tuple(sorted(spots, key=lambda spot: (-spot.score, spot.line)))


def decay(times: Iterable[int], now: int, half_life: int = HALF_LIFE) -> float:
    """How much some commits weigh by their age."""
    return sum((math.pow(0.5, max(now - at, 0) / _DAY / half_life) for at in times), 0.0)


def interest_share(spots: Sequence[Hotspot], most: int = 10) -> float:
    """The share of the repository's debt interest that its costliest files take."""
    paid = sorted((spot.interest for spot in spots), reverse=True)
    return sum(paid[:most]) / sum(paid) if any(paid) else 0.0


def _churn(commits: Sequence[Commit], now: int, here: set[str]) -> Churn:
    each = list({commit.id: commit for commit in commits}.values())
    recent = [commit for commit in each if now - commit.at <= RECENT * _DAY]
    written = Counter(one for commit in each for one in commit.people)
    owner, most = max(written.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    signed = [commit for commit in each if commit.people]
    gone = sum(here.isdisjoint(commit.people) for commit in signed)
    return Churn(
        commits=len(each),
        decayed=decay((commit.at for commit in each), now),
        recent=len(recent),
        authors=len(written),
        recent_authors=len({one for commit in recent for one in commit.people}),
        fixes=decay((commit.at for commit in each if is_fix(commit.title)), now, RECENT),
        last=max(commit.at for commit in each),
        first=min(commit.at for commit in each),
        owner=owner,
        owned=most / len(signed) if signed else 0.0,
        lost=gone / len(signed) if signed else 0.0,
    )
