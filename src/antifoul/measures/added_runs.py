"""The copied fragments that a change adds: runs of new statements that stand in another function."""

from __future__ import annotations

from collections import Counter

from antifoul.measures.added import Added
from antifoul.measures.forms import Place, form_of, likeness_of
from antifoul.measures.fragments import matches, member_of, stretches, window_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from antifoul.facts.copyable import Units
    from antifoul.facts.paths import RepoPath
    from antifoul.measures.added import Sided
    from antifoul.measures.duplication import Member
    from antifoul.measures.fragments import Run, Stretch

_MOSTLY = 0.5  # of a run's statements have to be new


def added_runs(files: Sequence[Sided], elsewhere: Mapping[RepoPath, Units], told: Sequence[Added]) -> Iterator[Added]:
    """The runs that a change adds although they stand elsewhere, those in copies that are told already apart."""
    after = {file.path: file.after for file in files if file.after is not None}
    new_lines = {file.path: file.added for file in files}
    here = stretches(after)
    there = stretches(elsewhere)
    every = [*here, *there]
    mine = frozenset(
        number
        for number, one in enumerate(here)
        if not new_lines[one.path].isdisjoint(one.file.lines[one.first : one.stop])
    )
    if not mine:
        return
    old = Counter(
        key for file in files if file.before for one in stretches({"": file.before}) for key in window_keys(one)
    )
    now = Counter(key for one in here for key in window_keys(one))
    moved = {key for key, times in now.items() if old[key] >= times}
    found: dict[Member, tuple[Member, int, float, int]] = {}
    for match in matches(every, lambda left, right: _are_copies(every[left], every[right]), only=mine):
        left, right = every[match.left.stretch], every[match.right.stretch]
        member, original = member_of(left, match.left), member_of(right, match.right)
        if match.right.stretch in mine and original > member:
            continue  # of two new ones the later is the copy
        if not _is_new(left, match.left, new_lines[left.path], moved) or _is_told(member, told):
            continue
        known = found.get(member)
        if known is None:
            found[member] = (original, match.rows, match.rows / (match.left.stop - match.left.first), 0)
        else:
            found[member] = (*known[:3], known[3] + 1)
    for member, (original, rows, alike, others) in sorted(found.items()):
        if not any(_is_inside(member, other) for other in found if other != member):
            yield Added(member, original, "fragment", round(min(alike, 1.0), 4), rows, others)


def _are_copies(one: Stretch, other: Stretch) -> bool:
    """The functions around both are copies as a whole."""
    if one.unit.kind != "function" or other.unit.kind != "function":
        return False
    left, right = (form_of(Place(each.path, each.file, each.unit)) for each in (one, other))
    return left is not None and right is not None and likeness_of(left, right) is not None


def _is_new(one: Stretch, run: Run, lines: frozenset[int], moved: set[int]) -> bool:
    """The change wrote most of it, and did not take it from somewhere else."""
    rows = range(run.first, run.stop)
    if sum(one.file.lines[at] in lines for at in rows) < _MOSTLY * len(rows):
        return False
    keys = list(window_keys(one._replace(first=run.first, stop=run.stop)))
    return sum(key in moved for key in keys) < _MOSTLY * max(len(keys), 1)


def _is_told(member: Member, told: Sequence[Added]) -> bool:
    return any(_is_inside(member, one.member) for one in told)


def _is_inside(member: Member, other: Member) -> bool:
    return member.path == other.path and other.start <= member.start and member.end <= other.end
