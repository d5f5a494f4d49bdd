"""The copies in a tree: classes of functions, classes of fields and fragments that say the same."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple
from antifoul.measures.classes import classes
from antifoul.measures.duplication import Member
from antifoul.measures.forms import forms, is_large_enough, likeness, places_in
from antifoul.measures.fragments import families, matches, stretches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Literal, TypeAlias

    from antifoul.facts.copyable import Units
    from antifoul.facts.finding import Skip
    from antifoul.facts.paths import RepoPath
    from antifoul.measures.forms import Form, Place
    from antifoul.measures.fragments import Run, Stretch

    Kind: TypeAlias = Literal["exact", "renamed", "changed", "fragment"]


class CopyClass(NamedTuple):
    """One class of copies. `similarity` is that of its least alike members, 0 to 1."""

    kind: Kind
    similarity: float
    statements: int  # of one of them
    members: tuple[Member, ...]

    @property
    def lines(self) -> int:
        """How many lines all copies take together."""
        return sum(member.end - member.start + 1 for member in self.members)


class Copies(NamedTuple):
    """What is copied in a tree. A line or statement in several classes of copies counts once."""

    classes: tuple[CopyClass, ...]
    duplicated: Mapping[RepoPath, int]  # lines in copies, by file
    lines: int
    muted: int  # units that a comment lets be copies
    skipped: tuple[Skip, ...] = ()

    @property
    def duplicated_lines(self) -> int:
        """Lines that stand in a copy."""
        return sum(self.duplicated.values())

    @property
    def share(self) -> float:
        """Those lines as a share of all, from 0 to 1."""
        return self.duplicated_lines / self.lines if self.lines else 0.0


def copies(files: Mapping[RepoPath, Units], skipped: Iterable[Skip] = ()) -> Copies:
    """Every class of copies in these files, the most worth merging first."""
    distinct = forms(places_in(files))
    found = [one for numbers in classes(distinct) for one in _classes([distinct[number] for number in numbers])]
    found = _outermost(found)
    found += _fragments(files, found)
    spans: dict[RepoPath, list[Member]] = {}
    for one in found:
        for member in one.members:
            spans.setdefault(member.path, []).append(member)
    return Copies(
        tuple(sorted(found, key=lambda one: (-one.lines, one.members))),
        {path: covered(members) for path, members in spans.items()},
        sum(file.loc for file in files.values()),
        sum(unit.muted for file in files.values() for unit in file.units),
        tuple(skipped),
    )


def _fragments(files: Mapping[RepoPath, Units], found: Sequence[CopyClass]) -> Iterator[CopyClass]:
    """The runs that functions share which are no copies of each other as a whole."""
    spans: dict[RepoPath, list[tuple[int, int, int]]] = {}
    for number, one in enumerate(found):
        for member in one.members:
            spans.setdefault(member.path, []).append((member.start, member.end, number))
    where = stretches(files)
    inside = [
        frozenset(
            number
            for start, end, number in spans.get(one.path, ())
            if start <= one.unit.line and one.unit.end_line <= end
        )
        for one in where
    ]
    for rows, runs in families(matches(where, lambda left, right: bool(inside[left] & inside[right]))):
        members = tuple(sorted(_run_member(where[run.stretch], run) for run in runs))
        if len(members) > 1 and not _is_told(members, spans):
            least = min(rows / (run.stop - run.first) for run in runs)
            yield CopyClass("fragment", round(min(least, 1.0), 4), rows, members)


def _run_member(one: Stretch, run: Run) -> Member:
    """The lines of a run, in the innermost function around all of it."""
    start, end = one.file.lines[run.first], max(one.file.ends[run.first : run.stop])
    around = [
        unit for unit in one.file.units if unit.kind == "function" and unit.line <= start and end <= unit.end_line
    ]
    home = max(around, key=lambda unit: unit.line, default=one.unit)
    return Member(one.path, start, end, home.symbol)


def _is_told(members: Sequence[Member], spans: Mapping[RepoPath, list[tuple[int, int, int]]]) -> bool:
    """One class of copies holds all of them."""
    classes = [
        {number for start, end, number in spans.get(one.path, ()) if start <= one.start and one.end <= end}
        for one in members
    ]
    return bool(set.intersection(*classes))


def _classes(members: Sequence[Form]) -> Iterator[CopyClass]:
    """The class of these forms; a form too small to be a renamed copy gives only its exact ones."""
    if len(members) == 1 and not is_large_enough(members[0], exact=False):
        by_marks: dict[str, list[Place]] = {}
        for place in members[0].places:
            by_marks.setdefault(place.marks, []).append(place)
        for places in by_marks.values():
            if len(places) > 1 and is_large_enough(members[0], exact=True):
                yield CopyClass("exact", 1.0, members[0].rows, _members(places))
        return
    places = [place for form in members for place in form.places]
    if len(members) > 1:
        least = min(likeness(members[0], other) for other in members[1:])
        yield CopyClass("changed", round(least, 4), max(form.rows for form in members), _members(places))
    else:
        kind: Kind = "exact" if len({place.marks for place in places}) == 1 else "renamed"
        yield CopyClass(kind, 1.0, members[0].rows, _members(places))


def _members(places: Iterable[Place]) -> tuple[Member, ...]:
    return tuple(
        sorted(Member(place.path, place.unit.line, place.unit.end_line, place.unit.symbol) for place in places)
    )


def _outermost(found: Sequence[CopyClass]) -> list[CopyClass]:
    """Without the classes whose members all stand inside members of others, and without members inside one another."""
    apart = [one._replace(members=_apart(one.members)) for one in found]
    real = [one for one in apart if len(one.members) > 1]
    spans: dict[RepoPath, list[Member]] = {}
    for one in real:
        for member in one.members:
            spans.setdefault(member.path, []).append(member)
    return [one for one in real if not all(_is_inside(member, spans[member.path]) for member in one.members)]


def _apart(members: tuple[Member, ...]) -> tuple[Member, ...]:
    return tuple(one for one in members if not _is_inside(one, [other for other in members if other.path == one.path]))


def _is_inside(member: Member, others: Iterable[Member]) -> bool:
    return any(
        one.start <= member.start and member.end <= one.end and (one.start, one.end) != (member.start, member.end)
        for one in others
    )


def covered(members: Iterable[Member]) -> int:
    """How many lines these places of one file take, each counted once."""
    lines, reached = 0, 0
    for member in sorted(members, key=lambda one: one.start):
        start = max(member.start, reached + 1)
        lines += max(member.end - start + 1, 0)
        reached = max(reached, member.end)
    return lines
