"""The places of a tree that matter most, each with its reason: what a reader with ten minutes should look at."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from antifoul.facts.finding import Finding, Skip
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import role_of
from antifoul.facts.tree import Code, Function, Tree
from antifoul.measures.duplication import Clone, Duplication
from antifoul.measures.hotspots import RECENT, Hotspot

_TEN = 10
_MOST_BROKEN, _MOST_OVERDUE, _MOST_COPIES = 5, 2, 2
_COPY_LINES = 20
_EXEMPT = frozenset({"test", "docs", "vendored", "generated", "example"})


class Place(NamedTuple):
    """One place. `why` is one sentence; `todo` what to do about it, in the imperative."""

    path: RepoPath
    line: int
    symbol: str
    why: str
    todo: str


class Seen(NamedTuple):
    """What the places are chosen from. `hotspots` is empty without history."""

    tree: Tree
    hotspots: Sequence[Hotspot]
    duplication: Duplication
    findings: Sequence[Finding]  # of the tree's own rules
    today: date | None
    complexity_limit: int


def ten_places(seen: Seen) -> tuple[Place, ...]:
    """At most ten: what is broken first, then overdue promises, then where the next bugs will be, then copies."""
    places = [*_broken(seen), *_overdue(seen)]
    copies = list(_copies(seen.duplication))[:_MOST_COPIES]
    room = _TEN - len(places) - len(copies)
    hot = list(_hot(seen))[: max(room, 0)]
    return tuple([*places, *hot, *copies][:_TEN])


def _broken(seen: Seen) -> Iterator[Place]:
    for finding in seen.findings[:_MOST_BROKEN]:
        yield Place(finding.path, finding.line, finding.symbol, finding.message, f"mend it ({finding.rule})")
    for skip in [one for one in seen.tree.skipped if _is_defect(one)][: max(_MOST_BROKEN - len(seen.findings), 0)]:
        why = f"no tool that reads syntax sees this file: {skip.reason}"
        yield Place(skip.path, max(skip.line, 1), "", why, "mend it, or exclude it if it is not source")


def _is_defect(skip: Skip) -> bool:
    return "parse" in skip.reason or "NUL" in skip.reason or "coding" in skip.reason or " is not utf-8" in skip.reason


def _overdue(seen: Seen) -> Iterator[Place]:
    if seen.today is None:
        return
    rows = [
        (marker.due, file.path, marker)
        for file in seen.tree.files
        for marker in file.code.markers
        if marker.due and marker.due < seen.today.isoformat()
    ]
    for due, path, marker in sorted(rows)[:_MOST_OVERDUE]:
        why = f"its {marker.marker} was due on {due}: {marker.text}"
        yield Place(path, marker.line, marker.symbol, why, "do it, or give it a new date")


def _hot(seen: Seen) -> Iterator[Place]:
    """The most complex function of each hot file, hottest file first; without history of each complex file."""
    codes = {file.path: file.code for file in seen.tree.files if role_of(file.path) not in _EXEMPT}
    for spot in seen.hotspots:
        code = codes.get(spot.path)
        worst = _worst(code) if code else None
        if worst and worst.complexity > seen.complexity_limit and spot.churn.recent > 1:
            yield Place(spot.path, worst.line, worst.symbol, _hot_reason(spot, worst), _hot_advice(worst))
    if not seen.hotspots:
        yield from _complex(codes, seen.complexity_limit)


def _complex(codes: Mapping[RepoPath, Code], limit: int) -> Iterator[Place]:
    rows = [(worst, path) for path, code in codes.items() if (worst := _worst(code)) and worst.complexity > limit]
    for worst, path in sorted(rows, key=lambda row: (-row[0].complexity, row[1])):
        yield Place(path, worst.line, worst.symbol, _size(worst), _hot_advice(worst))


def _worst(code: Code) -> Function | None:
    return max(code.functions, key=lambda one: (one.complexity, -one.line), default=None)


def _size(worst: Function) -> str:
    lines = worst.end_line - worst.line + 1
    return f"{worst.complexity} paths in {lines} lines, {worst.nesting} blocks deep"


def _hot_reason(spot: Hotspot, worst: Function) -> str:
    churn = spot.churn
    people = f"{churn.recent_authors} people" if churn.recent_authors > 1 else "one person"
    return f"{_size(worst)}; {people} changed its file {churn.recent} times in {RECENT} days"


def _hot_advice(worst: Function) -> str:
    if worst.nesting > 5:
        return "take its inner blocks out into functions before the next change"
    return "split it along its paths, and test the parts, before the next change"


def _copies(found: Duplication) -> Iterator[Place]:
    """The largest copies in package code; copies by design under one name in sister files rank behind the others."""
    rows = [clone for clone in found.clones if _package_members(clone) > 1 and _length(clone) >= _COPY_LINES]
    for clone in sorted(rows, key=lambda one: (-one.lines, one.members)):
        first, *others = (member for member in clone.members if role_of(member.path) not in _EXEMPT)
        where = f"{others[0].path}:{others[0].start}" + (f" and {len(others) - 1} more" if len(others) > 1 else "")
        why = f"{_length(clone)} lines stand again, word for word, at {where}: a fix here misses there"
        yield Place(first.path, first.start, first.symbol, why, "keep one and call it")


def _package_members(clone: Clone) -> int:
    return sum(role_of(member.path) not in _EXEMPT for member in clone.members)


def _length(clone: Clone) -> int:
    first = clone.members[0]
    return first.end - first.start + 1
