"""Fragments: runs of five statements and more that stand in several functions, which are no copies of each other."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

from antifoul.facts.record import NamedTuple
from antifoul.measures.copyable import REPETITIVE
from antifoul.measures.duplication import Member
from antifoul.measures.forms import telling
from antifoul.measures.signs import without_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from antifoul.facts.copyable import Unit, Units
    from antifoul.facts.paths import RepoPath

_WINDOW = 4
_LEAST_ROWS, _LEAST_SIGNS, _LEAST_TELLING = 5, 30, 6
_LEAST_EXACT_SIGNS = 20
_MOSTLY = 0.6  # so many statements the same to the letter
_LONG = 45
_MOST_GAP = 2  # statements that one of two copies has between runs that both have
_MOST_PAIRED = 30  # of more places with a window, each is paired with its neighbours
_SAME_PLACE = 0.6  # two runs of one function that overlap so much are one


class Stretch(NamedTuple):
    """Statements that follow one another: of a function, its inner ones included, or of a module between its own."""

    path: RepoPath
    file: Units
    unit: Unit
    first: int
    stop: int
    signs: str  # of the file, every name a mere name: a fragment's names are bound outside of it

    def row(self, at: int) -> str:
        """The signs of one statement."""
        stops = self.file.stops
        return self.signs[stops[at - 1] if at else 0 : stops[at]]


class Run(NamedTuple):
    """Some statements of a stretch: from, and up to but without, as rows of its file."""

    stretch: int
    first: int
    stop: int


class Match(NamedTuple):
    """Two runs that say the same, and how many of their statements do."""

    left: Run
    right: Run
    rows: int


def stretches(files: Mapping[RepoPath, Units]) -> list[Stretch]:
    """Every stretch long enough to hold a fragment."""
    found = []
    for path, file in files.items():
        signs = without_names(file.signs)
        for unit in file.units:
            if (unit.kind == "function" and not unit.inner and not unit.muted) or unit.kind == "module":
                found += [
                    Stretch(path, file, unit, first, stop, signs)
                    for first, stop in unit.rows
                    if stop - first >= _LEAST_ROWS
                ]
    return found


def matches(
    found: Sequence[Stretch], is_known: Callable[[int, int], bool], only: frozenset[int] | None = None
) -> Iterator[Match]:
    """The runs that two stretches share; `is_known` says which two are copies as a whole.

    With `only`, the stretches on the left are among these.
    """
    diagonals: dict[tuple[int, int], dict[int, list[int]]] = {}
    for places in _windows(found, only):
        for (left, at), (right, other) in _paired(places, only):
            if left != right and not is_known(left, right):
                diagonals.setdefault((left, right), {}).setdefault(other - at, []).append(at)
    for (left, right), by_shift in diagonals.items():
        for runs in _joined(sorted(_runs(by_shift))):
            (first, _, shift), (_, stop, last_shift) = runs[0], runs[-1]
            match = Match(
                Run(left, first, stop),
                Run(right, first + shift, stop + last_shift),
                sum(end - start for start, end, _ in runs),
            )
            if _is_telling(match, runs, found):
                yield match


def _windows(found: Sequence[Stretch], only: frozenset[int] | None) -> Iterator[list[tuple[int, int]]]:
    """Where each window that stands in several places stands: stretch and row."""
    keys = [list(window_keys(one)) for one in found]
    again: set[int] = set()
    if only is None:
        once: set[int] = set()
        for row in keys:
            for key in row:
                (again if key in once else once).add(key)
    else:
        again.update(key for number in only for key in keys[number])
    places: dict[int, list[tuple[int, int]]] = {}
    for number, (one, row) in enumerate(zip(found, keys, strict=True)):
        for at, key in enumerate(row, start=one.first):
            if key in again:
                places.setdefault(key, []).append((number, at))
    yield from places.values()


def window_keys(one: Stretch) -> Iterator[int]:
    """A hash of each window: of its signs, or of what it says where its statements repeat."""
    file = one.file
    rows = [hash(one.row(at)) for at in range(one.first, one.stop)]
    for at in range(len(rows) - _WINDOW + 1):
        row = one.first + at
        shapes = file.shapes[row : row + _WINDOW]
        if len(set(shapes)) <= _WINDOW * (1 - REPETITIVE) + 1 and _repeat(shapes) >= REPETITIVE:
            yield hash(file.marks[2 * row : 2 * (row + _WINDOW)])
        else:
            yield hash(tuple(rows[at : at + _WINDOW]))


def _repeat(shapes: str) -> float:
    return max(Counter(shapes).values()) / len(shapes)


def _paired(
    places: list[tuple[int, int]], only: frozenset[int] | None
) -> Iterable[tuple[tuple[int, int], tuple[int, int]]]:
    if only is not None:
        new = [place for place in places if place[0] in only]
        return ((one, other) for one in new[:_MOST_PAIRED] for other in places[:_MOST_PAIRED])
    return combinations(places, 2) if len(places) <= _MOST_PAIRED else pairwise(places)


def _runs(by_shift: Mapping[int, list[int]]) -> Iterator[tuple[int, int, int]]:
    """Windows that follow one another with one shift, as runs: first row, last and one, shift."""
    for shift, rows in by_shift.items():
        ordered = sorted(set(rows))
        first = last = ordered[0]
        for at in ordered[1:]:
            if at > last + 1:
                yield first, last + _WINDOW, shift
                first = at
            last = at
        yield first, last + _WINDOW, shift


def _joined(runs: Sequence[tuple[int, int, int]]) -> Iterator[list[tuple[int, int, int]]]:
    """Runs in one order on both sides with few statements between them, as one."""
    chain: list[tuple[int, int, int]] = []
    for run in runs:
        if chain:
            _, end, shift = chain[-1]
            gap, other_gap = run[0] - end, run[0] + run[2] - end - shift
            if 0 <= gap <= _MOST_GAP and 0 <= other_gap <= _MOST_GAP:
                chain.append(run)
                continue
            if gap < 0:  # the same statements again, at another shift
                continue
            yield chain
        chain = [run]
    if chain:
        yield chain


def _is_telling(match: Match, runs: Iterable[tuple[int, int, int]], found: Sequence[Stretch]) -> bool:
    """The match is no chance: long enough, of names that not every function has, and not one shape over and over."""
    if match.rows < _LEAST_ROWS:
        return False
    left, right = found[match.left.stretch], found[match.right.stretch]
    numbers = [(at, at + shift) for first, stop, shift in runs for at in range(first, stop)]
    signs = "".join(_common(left, right, at, other) for at, other in numbers)
    same = sum(
        left.file.marks[2 * at : 2 * at + 2] == right.file.marks[2 * other : 2 * other + 2] for at, other in numbers
    )
    if same >= _MOSTLY * len(numbers) and len(signs) >= _LEAST_EXACT_SIGNS:
        return True
    if _repeat("".join(left.file.shapes[at] for at, _ in numbers)) >= REPETITIVE:
        return same >= max(_LEAST_ROWS, 0.8 * len(numbers))
    return len(signs) >= _LONG or (len(signs) >= _LEAST_SIGNS and telling(signs) >= _LEAST_TELLING)


def _common(left: Stretch, right: Stretch, at: int, other: int) -> str:
    """The signs of a statement that both have, with its free names where they are the same."""
    signs = left.file.row(at)
    return signs if signs == right.file.row(other) else left.row(at)


def families(found: Iterable[Match]) -> list[tuple[int, list[Run]]]:
    """The matches as classes, longest first: runs that overlap in one place are one member.

    With each class how many statements its first two members share.
    """
    homes: dict[int, list[tuple[Run, int]]] = {}  # by stretch, its runs with their class
    classes: list[tuple[int, list[Run]]] = []
    for match in sorted(found, key=lambda one: (-one.rows, one.left, one.right)):
        known = [_home(homes, run) for run in (match.left, match.right)]
        home = next((one for one in known if one is not None), len(classes))
        if home == len(classes):
            classes.append((match.rows, []))
        for run, place in zip((match.left, match.right), known, strict=True):
            if place is None:
                classes[home][1].append(run)
                homes.setdefault(run.stretch, []).append((run, home))
    return classes


def _home(homes: Mapping[int, list[tuple[Run, int]]], run: Run) -> int | None:
    return next((home for other, home in homes.get(run.stretch, ()) if _is_same(run, other)), None)


def _is_same(one: Run, other: Run) -> bool:
    both = min(one.stop, other.stop) - max(one.first, other.first)
    return both >= _SAME_PLACE * max(one.stop - one.first, other.stop - other.first)


def member_of(one: Stretch, run: Run) -> Member:
    """The lines of a run, in the innermost function around all of it."""
    start, end = one.file.lines[run.first], max(one.file.ends[run.first : run.stop])
    around = [
        unit for unit in one.file.units if unit.kind == "function" and unit.line <= start and end <= unit.end_line
    ]
    home = max(around, key=lambda unit: unit.line, default=one.unit)
    return Member(one.path, start, end, home.symbol)
