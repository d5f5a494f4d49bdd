"""Copies that a change parts: it edits one, and the statements that it edits stand in the others as they were."""

from __future__ import annotations

from difflib import SequenceMatcher

from antifoul.facts.record import NamedTuple
from antifoul.measures.added import Neighbours, known
from antifoul.measures.forms import likeness_of
from antifoul.measures.signs import without_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from antifoul.facts.copyable import Units
    from antifoul.facts.paths import RepoPath
    from antifoul.measures.added import Changed, Known
    from antifoul.measures.duplication import Member
    from antifoul.measures.forms import Place

_ALIKE = 0.85  # what is less alike has gone ways of its own already
_MOST_RENAMED = 2  # statements
_REWRITTEN = 0.5  # a change of more than that is no fix


class Parted(NamedTuple):
    """A copy that a change edits, and another that it leaves as it was."""

    member: Member
    other: Member
    others: int  # how many more are left as they were
    line: int  # the first edited
    statements: int  # edited
    alike: float  # before the change, 0 to 1


class _Edit(NamedTuple):
    """Statements of the old side that are gone, from and up to but without, and how many stand in their place."""

    first: int
    stop: int
    new: int
    new_first: int


def parted(changed: Changed, elsewhere: Mapping[RepoPath, Units]) -> Iterator[Parted]:
    """The edits that reached one copy only, in order of place."""
    edited = [(one, edits) for one in changed.after if one.was is not None and (edits := _edits(one))]
    wanted = [one.was for one, _ in edited if one.was is not None]
    neighbours = Neighbours(wanted)
    copies: dict[int, list[tuple[float, Known]]] = {}
    untouched = (one for path, file in elsewhere.items() for one in known(path, file))
    still = (one for one in changed.after if not one.is_changed)
    for other in [*untouched, *still]:
        for old in neighbours.of(other.place.unit):
            said = likeness_of(old.form, other.form)
            if said is not None and said[1] >= _ALIKE:
                copies.setdefault(id(old), []).append((said[1], other))
    for one, edits in edited:
        rows = [
            (alike, other)
            for alike, other in copies.get(id(one.was), ())
            if one.was is not None and _stands(edits, one.was.place, other.place)
        ]
        if rows:
            alike, other = max(rows, key=lambda row: (row[0], row[1].member))
            line = one.place.file.lines[_rows(one.place)[min(edits[0].new_first, len(_rows(one.place)) - 1)]]
            count = sum(max(edit.stop - edit.first, edit.new) for edit in edits)
            yield Parted(one.member, other.member, len(rows) - 1, line, count, alike)


def _rows(place: Place) -> list[int]:
    return [at for first, stop in place.unit.rows for at in range(first, stop)]


def _edits(one: Known) -> list[_Edit]:
    """What the change did to a unit, statement by statement; nothing where it rewrote it."""
    if one.was is None or not one.is_changed:
        return []
    before, after = _rows(one.was.place), _rows(one.place)
    old, new = ([place.file.marks[2 * at : 2 * at + 2] for at in _rows(place)] for place in (one.was.place, one.place))
    found = [
        _Edit(first, stop, end - start, start)
        for tag, first, stop, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    signs = [
        [without_names(place.file.row(at)) for at in rows]
        for place, rows in ((one.was.place, before), (one.place, after))
    ]
    plain = [
        edit
        for edit in found
        if signs[0][edit.first : edit.stop] == signs[1][edit.new_first : edit.new_first + edit.new]
    ]
    if sum(edit.new for edit in plain) > _MOST_RENAMED:  # names were changed all over: that mends nothing
        found = [edit for edit in found if edit not in plain]
    touched = sum(max(edit.stop - edit.first, edit.new) for edit in found)
    return found if touched <= _REWRITTEN * max(len(old), 1) else []


def _stands(edits: list[_Edit], old: Place, other: Place) -> bool:
    """The statements that were edited, and those around an insertion, stand in the other copy in one run."""
    left, right = ([without_names(place.file.row(at)) for at in _rows(place)] for place in (old, other))
    opposite: dict[int, int] = {}
    for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        opposite.update((block.a + step, block.b + step) for step in range(block.size))

    def in_one_run(first: int, stop: int) -> bool:
        places = [opposite.get(at) for at in range(max(first, 0), min(stop, len(left)))]
        return bool(places) and None not in places and places[-1] == (places[0] or 0) + len(places) - 1

    return all(
        in_one_run(edit.first, edit.stop) if edit.stop > edit.first else in_one_run(edit.first - 1, edit.first + 1)
        for edit in edits
    )
