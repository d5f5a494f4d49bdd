"""The places of a tree that matter most, each with its reason: what a reader with ten minutes should look at."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from antifoul.facts.finding import Finding, Skip
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import role_of
from antifoul.facts.tree import Code, Function, Tree
from antifoul.measures.advice import Advice
from antifoul.measures.duplication import Clone, Duplication
from antifoul.measures.hotspots import Hotspot

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
    advice: Sequence[Advice]  # on the hottest functions, best first
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
    """What the tree's own rules found, all of one rule in one file as one place; then files that do not parse."""
    by_file: dict[tuple[RepoPath, str], list[Finding]] = {}
    for finding in seen.findings:
        if role_of(finding.path) not in _EXEMPT:
            by_file.setdefault((finding.path, finding.rule), []).append(finding)
    groups = list(by_file.values())[:_MOST_BROKEN]
    for first, *others in groups:
        more = f" (and {len(others)} more in this file)" if others else ""
        yield Place(first.path, first.line, first.symbol, first.message + more, f"mend it first, {first.message}{more}")
    for skip in [one for one in seen.tree.skipped if _is_defect(one)][: max(_MOST_BROKEN - len(groups), 0)]:
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
    """The advice on the hottest functions, one a file; without history the most complex function of each file."""
    codes = {file.path: file.code for file in seen.tree.files if role_of(file.path) not in _EXEMPT}
    told: set[RepoPath] = set()
    for one in seen.advice:
        if one.path in codes and one.path not in told:
            told.add(one.path)
            yield Place(one.path, one.line, one.symbol, one.why, one.todo)
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
    deep = f"{worst.nesting} blocks deep" if worst.nesting > 1 else "flat"
    return f"{worst.complexity} paths in {lines} lines, {deep}"


def _hot_advice(worst: Function) -> str:
    if worst.nesting > 5:
        return "take its inner blocks out into functions before the next change"
    if worst.end_line - worst.line > 200:
        return "split it into steps that can be tested alone before the next change"
    return "test its paths before the next change, then split it along them"


def _copies(found: Duplication) -> Iterator[Place]:
    """The largest copies in package code, all that one set of files shares as one place."""
    shared: dict[tuple[RepoPath, ...], list[Clone]] = {}
    for clone in found.clones:
        if _package_members(clone) > 1 and _length(clone) >= _COPY_LINES:
            files = tuple(sorted({member.path for member in clone.members if role_of(member.path) not in _EXEMPT}))
            shared.setdefault(files, []).append(clone)
    for clones in sorted(shared.values(), key=lambda group: (-sum(clone.lines for clone in group), group[0].members)):
        first, *others = (member for member in clones[0].members if role_of(member.path) not in _EXEMPT)
        where = f"{others[0].path}:{others[0].start}" + (f" and {len(others) - 1} more" if len(others) > 1 else "")
        lines = sum(map(_length, clones))
        what = f"{lines} lines" if len(clones) == 1 else f"{lines} lines in {len(clones)} functions"
        verb = "stand" if lines > 1 else "stands"
        why = f"{what} {verb} again, word for word, at {where}: a fix here misses there"
        yield Place(first.path, first.start, first.symbol, why, "keep one and call it")


def _package_members(clone: Clone) -> int:
    return sum(role_of(member.path) not in _EXEMPT for member in clone.members)


def _length(clone: Clone) -> int:
    first = clone.members[0]
    return first.end - first.start + 1
