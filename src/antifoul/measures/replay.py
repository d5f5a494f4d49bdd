"""Exact series: the numbers of the tree at every commit, from those of the head and what each commit did."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from antifoul.facts.history import Commit, Touch
from antifoul.facts.paths import RepoPath
from antifoul.facts.tally import Tally

METRICS = ("markers", "complexity", "mean_complexity", "loc", "annotation_coverage")


class Totals(NamedTuple):
    """The sums over the files of a tree."""

    loc: int = 0
    complexity: int = 0
    functions: int = 0
    in_functions: int = 0
    markers: int = 0
    hints: int = 0
    hint_slots: int = 0

    def value(self, metric: str) -> float:
        """What a metric is of these sums."""
        if metric == "mean_complexity":
            return self.in_functions / self.functions if self.functions else 0.0
        if metric == "annotation_coverage":
            return self.hints / self.hint_slots if self.hint_slots else 0.0
        value: int = getattr(self, metric)
        return float(value)


class State(NamedTuple):
    """The tree right after a commit."""

    commit: Commit
    totals: Totals


class Replay(NamedTuple):
    """The states, oldest first. `strayed` counts the touches that did not fit the tree they were said to change."""

    states: tuple[State, ...]
    strayed: int


def replay(
    files: Mapping[RepoPath, str],
    commits: Sequence[Commit],
    tallies: Mapping[str, Tally],
    judged: Callable[[RepoPath], bool],
) -> Replay:
    """The states of a first-parent line, from the files of its head with their blobs; commits are newest first.

    A version without a tally counts as absent.
    """
    now = {path: blob for path, blob in files.items() if judged(path)}
    sums = [0] * len(Totals._fields)
    for blob in now.values():
        _add(sums, tallies.get(blob), 1)
    strayed = 0
    states: list[State] = []
    for commit in commits:
        states.append(State(commit, Totals(*sums)))
        marks = [touch for touch in commit.touches if judged(touch.path) or judged(touch.old_path)]
        strayed += _undo(now, sums, marks, tallies, judged)
    return Replay(tuple(reversed(states)), strayed)


def _undo(
    now: dict[RepoPath, str],
    sums: list[int],
    marks: Iterable[Touch],
    tallies: Mapping[str, Tally],
    judged: Callable[[RepoPath], bool],
) -> int:
    strayed = 0
    marks = tuple(marks)
    for touch in marks:
        if touch.blob and judged(touch.path):
            if now.get(touch.path) != touch.blob:
                strayed += 1
            gone = now.pop(touch.path, "")
            _add(sums, tallies.get(gone), -1)
    for touch in marks:
        if touch.old_blob and judged(touch.old_path):
            _add(sums, tallies.get(now.get(touch.old_path, "")), -1)
            now[touch.old_path] = touch.old_blob
            _add(sums, tallies.get(touch.old_blob), 1)
    return strayed


def _add(sums: list[int], tally: Tally | None, sign: int) -> None:
    if tally is not None:
        for at, number in enumerate(tally):
            sums[at] += sign * number


def summed(tallies: Iterable[Tally]) -> Totals:
    """The sums over some files."""
    sums = [0] * len(Totals._fields)
    for tally in tallies:
        _add(sums, tally, 1)
    return Totals(*sums)


def trees(
    files: Mapping[RepoPath, str], commits: Sequence[Commit], ends: Iterable[int], judged: Callable[[RepoPath], bool]
) -> list[dict[RepoPath, str]]:
    """The files with their blobs as they were at each of some times, newest first; none before the first commit."""
    now = {path: blob for path, blob in files.items() if judged(path)}
    sums = [0] * len(Totals._fields)
    at = 0
    out = []
    for end in ends:
        while at < len(commits) and commits[at].at > end:
            _undo(
                now, sums, [one for one in commits[at].touches if judged(one.path) or judged(one.old_path)], {}, judged
            )
            at += 1
        if at == len(commits):
            break
        out.append(dict(now))
    return out


class Week(NamedTuple):
    """The state at the end of a week. `at` is the week's end."""

    at: int
    state: State


_WEEK = 7 * 24 * 3600


def weekly(states: Sequence[State], until: int) -> tuple[Week, ...]:
    """The last state of each week before a time, oldest first; a week without commits repeats the state before."""
    if not states:
        return ()
    first = states[0].commit.at
    out = []
    at = len(states) - 1
    for week in range((until - first) // _WEEK + 1):
        end = until - week * _WEEK
        while at > 0 and states[at].commit.at > end:
            at -= 1
        out.append(Week(end, states[at]))
    return tuple(reversed(out))


class Step(NamedTuple):
    """A commit that moved a series, and the files that moved it most."""

    commit: Commit
    change: float
    paths: tuple[RepoPath, ...]


def steps(states: Sequence[State], metric: str, tallies: Mapping[str, Tally], most: int = 5) -> tuple[Step, ...]:
    """The commits that moved a series most, the largest move first."""
    moves = [
        (later.totals.value(metric) - earlier.totals.value(metric), later.commit) for earlier, later in pairwise(states)
    ]
    largest = sorted((one for one in moves if one[0]), key=lambda one: (-abs(one[0]), -one[1].at))[:most]
    return tuple(Step(commit, change, _movers(commit, metric, tallies)) for change, commit in largest)


def _movers(commit: Commit, metric: str, tallies: Mapping[str, Tally]) -> tuple[RepoPath, ...]:
    """The files whose own sums a commit changed most, at most two."""
    name = {"mean_complexity": "in_functions", "annotation_coverage": "hint_slots"}.get(metric, metric)
    moved = []
    for touch in commit.touches:
        before, after = tallies.get(touch.old_blob), tallies.get(touch.blob)
        change = (getattr(after, name) if after else 0) - (getattr(before, name) if before else 0)
        if change:
            moved.append((abs(change), touch.path))
    return tuple(path for _, path in sorted(moved, reverse=True)[:2])
