"""The copies in a tree: classes of functions, classes of fields and fragments that say the same."""

from __future__ import annotations

from collections import Counter

from antifoul.facts.record import NamedTuple
from antifoul.measures.classes import classes
from antifoul.measures.duplication import Member, covered
from antifoul.measures.forms import forms, is_large_enough, likeness, places_in
from antifoul.measures.fragments import families, matches, member_of, stretches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Literal, TypeAlias

    from antifoul.facts.copyable import Units
    from antifoul.facts.paths import RepoPath
    from antifoul.measures.forms import Form, Place

    Kind: TypeAlias = Literal["exact", "renamed", "changed", "fragment"]
    Rows: TypeAlias = tuple[tuple[int, int], ...]  # statements of a file: from, and up to but without


class Located(NamedTuple):
    """A copy, and which statements of its file it is."""

    member: Member
    rows: Rows


class CopyClass(NamedTuple):
    """One class of copies. `similarity` is that of its least alike members, 0 to 1."""

    kind: Kind
    similarity: float
    statements: int  # of one of them
    copies: tuple[Located, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """Where they stand."""
        return tuple(one.member for one in self.copies)

    @property
    def lines(self) -> int:
        """How many lines all copies take together."""
        return sum(one.member.end - one.member.start + 1 for one in self.copies)


class Extent(NamedTuple):
    """How much of a tree stands in copies. A line or statement in several classes of copies counts once."""

    duplicated: Mapping[RepoPath, int]  # lines in copies, by file
    lines: int
    duplicated_statements: int
    statements: int


def copies(files: Mapping[RepoPath, Units]) -> list[CopyClass]:
    """Every class of copies in these files."""
    distinct = forms(places_in(files))
    found = [one for numbers in classes(distinct) for one in _classes([distinct[number] for number in numbers])]
    whole = _outermost(found)
    return [*whole, *_fragments(files, whole)]


def extent(found: Iterable[CopyClass], files: Mapping[RepoPath, Units]) -> Extent:
    """How much of these files stands in these copies."""
    spans: dict[RepoPath, list[Member]] = {}
    rows: dict[RepoPath, set[int]] = {}
    for one in found:
        for member, runs in one.copies:
            spans.setdefault(member.path, []).append(member)
            rows.setdefault(member.path, set()).update(at for first, stop in runs for at in range(first, stop))
    return Extent(
        {path: min(covered(members), files[path].loc) for path, members in spans.items()},
        sum(file.loc for file in files.values()),
        sum(map(len, rows.values())),
        sum(len(file.stops) for file in files.values()),
    )


def _classes(members: Sequence[Form]) -> Iterator[CopyClass]:
    """The class of these forms; a form too small to be a renamed copy gives only its exact ones."""
    first = members[0]
    if len(members) == 1 and not is_large_enough(first, exact=False):
        by_marks: dict[str, list[Place]] = {}
        for place in first.places:
            by_marks.setdefault(place.marks, []).append(place)
        for places in by_marks.values():
            if len(places) > 1 and is_large_enough(first, exact=True):
                yield CopyClass("exact", 1.0, first.rows, _located(places))
        return
    every = [place for form in members for place in form.places]
    if len(members) > 1:
        least = min(likeness(first, other) for other in members[1:])
        yield CopyClass("changed", round(least, 4), max(form.rows for form in members), _located(every))
    else:
        kind: Kind = "exact" if len({place.marks for place in every}) == 1 else "renamed"
        yield CopyClass(kind, 1.0, first.rows, _located(every))


def _located(places: Iterable[Place]) -> tuple[Located, ...]:
    return tuple(
        sorted(
            Located(Member(place.path, place.unit.line, place.unit.end_line, place.unit.symbol), place.unit.rows)
            for place in places
        )
    )


def _outermost(found: Sequence[CopyClass]) -> list[CopyClass]:
    """Without the classes whose members all stand inside members of others, and without members inside one another."""
    apart = [one._replace(copies=_apart(one.copies)) for one in found]
    real = [one for one in apart if len(one.copies) > 1]
    spans: dict[RepoPath, list[Member]] = {}
    for one in real:
        for member in one.members:
            spans.setdefault(member.path, []).append(member)
    return [one for one in real if not all(_is_inside(member, spans[member.path]) for member in one.members)]


def _apart(found: tuple[Located, ...]) -> tuple[Located, ...]:
    paths = Counter(one.member.path for one in found)
    if len(paths) == len(found):
        return found
    by_path: dict[RepoPath, list[Member]] = {}
    for one in found:
        by_path.setdefault(one.member.path, []).append(one.member)
    return tuple(one for one in found if not _is_inside(one.member, by_path[one.member.path]))


def _is_inside(member: Member, others: Iterable[Member]) -> bool:
    return any(
        one.start <= member.start and member.end <= one.end and (one.start, one.end) != (member.start, member.end)
        for one in others
    )


def _fragments(files: Mapping[RepoPath, Units], found: Sequence[CopyClass]) -> Iterator[CopyClass]:
    """The runs that functions share which are no copies of each other as a whole."""
    spans: dict[RepoPath, list[tuple[int, int, int]]] = {}
    for number, one in enumerate(found):
        for member in one.members:
            spans.setdefault(member.path, []).append((member.start, member.end, number))
    where = stretches(files)
    inside = [_holding(one.path, one.unit.line, one.unit.end_line, spans) for one in where]
    for rows, runs in families(matches(where, lambda left, right: bool(inside[left] & inside[right]))):
        members = tuple(sorted(Located(member_of(where[run.stretch], run), ((run.first, run.stop),)) for run in runs))
        holding = [_holding(one.path, one.start, one.end, spans) for one, _ in members]
        if len(members) > 1 and not frozenset.intersection(*holding):
            least = min(rows / (run.stop - run.first) for run in runs)
            yield CopyClass("fragment", round(min(least, 1.0), 4), rows, members)


def _holding(
    path: RepoPath, start: int, end: int, spans: Mapping[RepoPath, list[tuple[int, int, int]]]
) -> frozenset[int]:
    """The classes with a member around these lines."""
    return frozenset(number for first, last, number in spans.get(path, ()) if first <= start and end <= last)
