"""Files that change together, by code-maat's measure and thresholds, and how many pairs each threshold hid."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from antifoul.facts.history import History
from antifoul.facts.paths import RepoPath

REVISIONS = 5  # on average of the two files
SHARED = 5
DEGREE = 0.30
MOST_FILES = 30  # a commit of more says nothing about two of them


class Pair(NamedTuple):
    """Two files. `degree` is the share of their average number of commits that they have in common."""

    left: RepoPath
    right: RepoPath
    degree: float
    commits: int  # shared
    of_left: int
    of_right: int


class Coupling(NamedTuple):
    """The pairs over all thresholds, closest first, and what was hidden: by which threshold how many."""

    pairs: tuple[Pair, ...]
    few_revisions: int
    few_shared: int
    low_degree: int
    large_commits: int  # commits left out


def coupling(history: History, wanted: Callable[[RepoPath], bool]) -> Coupling:
    """The coupling of the files of the head that are wanted, renames followed."""
    sets, large = _changesets(history, wanted)
    revisions = Counter(path for paths in sets for path in paths)
    shared = Counter(pair for paths in sets for pair in combinations(paths, 2))
    pairs = []
    few_revisions = few_shared = low_degree = 0
    for (left, right), commits in shared.items():
        average = (revisions[left] + revisions[right]) / 2
        degree = commits / average
        if average < REVISIONS:
            few_revisions += 1
        elif commits < SHARED:
            few_shared += 1
        elif degree < DEGREE:
            low_degree += 1
        else:
            pairs.append(Pair(left, right, degree, commits, revisions[left], revisions[right]))
    ordered = sorted(pairs, key=lambda pair: (-pair.degree, -pair.commits, pair.left, pair.right))
    return Coupling(tuple(ordered), few_revisions, few_shared, low_degree, large)


def together(history: History, path: RepoPath) -> tuple[int, Counter[RepoPath]]:
    """How many commits of at most 30 files touched a file of the head, and how many of them each other file."""
    sets = [set(paths) for paths in _named(history) if len(paths) <= MOST_FILES and path in paths]
    others = Counter(one for paths in sets for one in paths)
    del others[path]
    return len(sets), others


def _changesets(history: History, wanted: Callable[[RepoPath], bool]) -> tuple[Sequence[tuple[RepoPath, ...]], int]:
    sets = []
    large = 0
    for paths in _named(history):
        kept = sorted({path for path in paths if wanted(path)})
        if len(paths) > MOST_FILES:
            large += bool(kept)
        elif kept:
            sets.append(tuple(kept))
    return sets, large


def _named(history: History) -> Iterator[tuple[RepoPath, ...]]:
    """The files of each commit, by their names at the head."""
    now_called: dict[RepoPath, RepoPath] = {}
    for commit in history.commits:
        names = []
        renames: dict[RepoPath, RepoPath] = {}
        for touch in commit.touches:
            name = now_called.get(touch.path, touch.path)
            names.append(name)
            if touch.old_path != touch.path:
                renames[touch.old_path] = name
                now_called[touch.path] = "\0"
            elif not touch.old_blob:
                now_called[touch.path] = "\0"
        now_called.update(renames)
        yield tuple(names)
