"""The copies that a change adds, and the copies that it edits in one place alone."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple
from antifoul.measures.duplication import Member
from antifoul.measures.forms import Place, are_akin, form_of, likeness_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from antifoul.facts.copyable import Unit, Units
    from antifoul.facts.paths import RepoPath
    from antifoul.measures.forms import Form


class Sided(NamedTuple):
    """One changed file on both sides. `added` are the lines of the new one that git calls added."""

    path: RepoPath
    old_path: RepoPath
    before: Units | None
    after: Units | None
    added: frozenset[int]


class Added(NamedTuple):
    """A function, a class of fields or a run of statements that a change adds although it stands elsewhere."""

    member: Member
    original: Member
    kind: str  # "exact" | "renamed" | "changed" | "fragment"
    similarity: float
    statements: int
    others: int  # how often it stands beside these two


class Known:
    """A unit with its form."""

    __slots__ = ("form", "place", "was")

    def __init__(self, place: Place, form: Form) -> None:
        self.place = place
        self.form = form
        self.was: Known | None = None  # what it was before the change

    @property
    def member(self) -> Member:
        """Where it stands."""
        unit = self.place.unit
        return Member(self.place.path, unit.line, unit.end_line, unit.symbol)

    @property
    def is_changed(self) -> bool:
        """It is new, or says something else than before."""
        return self.was is None or self.was.place.marks != self.place.marks


class Changed:
    """The units of a change, each of the new side with what it was."""

    def __init__(self, files: Sequence[Sided]) -> None:
        self.files = files
        before = [one for file in files for one in known(file.old_path, file.before)]
        self.after = [one for file in files for one in known(file.path, file.after)]
        there = {(one.place.path, one.place.unit.symbol): one for one in before}
        old_path = {file.path: file.old_path for file in files}
        for one in self.after:
            one.was = there.pop((old_path[one.place.path], one.place.unit.symbol), None)
        self._follow(list(there.values()))

    def _follow(self, gone: list[Known]) -> None:
        """What is gone from its place may stand elsewhere: the same, under its name, or merely like it."""
        for fits in (_same, _same_name, _alike):
            for one in self.after:
                if one.was is None and (home := next((old for old in gone if fits(one, old)), None)) is not None:
                    one.was = home
                    gone.remove(home)


def known(path: RepoPath, file: Units | None) -> Iterator[Known]:
    """The units of a file that may be copies."""
    if file is None:
        return
    for unit in file.units:
        if unit.kind in {"function", "fields"}:
            place = Place(path, file, unit)
            form = form_of(place)
            if form is not None:
                yield Known(place, form)


def _same(one: Known, old: Known) -> bool:
    return one.place.marks == old.place.marks


def _same_name(one: Known, old: Known) -> bool:
    names = [known.place.unit.symbol.rpartition(".")[2] for known in (one, old)]
    return names[0] == names[1] and likeness_of(one.form, old.form) is not None


def _alike(one: Known, old: Known) -> bool:
    return likeness_of(one.form, old.form) is not None


class Neighbours:
    """Units by their prints: whatever may be a copy of a few units is found without comparing all."""

    _LEAST_SHARED = 0.15

    def __init__(self, wanted: Sequence[Known]) -> None:
        self._wanted = wanted
        self._by_print: dict[int, list[int]] = {}
        for number, one in enumerate(wanted):
            for print_ in one.place.unit.prints:
                self._by_print.setdefault(print_, []).append(number)

    def of(self, unit: Unit) -> Iterator[Known]:
        """The wanted units that share enough with this one."""
        shared: dict[int, int] = {}
        for print_ in unit.prints:
            for number in self._by_print.get(print_, ()):
                shared[number] = shared.get(number, 0) + 1
        for number, times in shared.items():
            one = self._wanted[number]
            if times >= self._LEAST_SHARED * min(len(unit.prints), len(one.place.unit.prints)):
                yield one


def added(changed: Changed, elsewhere: Mapping[RepoPath, Units]) -> Iterator[Added]:
    """The copies of whole units that a change adds, in order of place; a move is none."""
    targets = [one for one in changed.after if one.is_changed]
    neighbours = Neighbours(targets)
    found: dict[int, list[tuple[Known, str, float]]] = {}
    untouched = (one for path, file in elsewhere.items() for one in known(path, file))
    for one, is_new in [*((other, False) for other in untouched), *((other, True) for other in changed.after)]:
        for target in neighbours.of(one.place.unit):
            if one is target or _overlap(one.place, target.place):
                continue
            said = likeness_of(target.form, one.form)
            if said is not None and _is_added(target, one, is_new=is_new):
                found.setdefault(id(target), []).append((one, *said))
    told = [(target, found[id(target)]) for target in targets if id(target) in found]
    for target, rows in _outer(told):
        best, kind, alike = max(rows, key=lambda row: (row[2], row[1] == "exact"))
        statements = sum(stop - first for first, stop in target.place.unit.rows)
        yield Added(target.member, best.member, kind, alike, statements, len(rows) - 1)


def _is_added(target: Known, other: Known, *, is_new: bool) -> bool:
    """The two were no copies before, and it is this one that made them so."""
    if not is_new:
        return target.was is None or not _were_alike(target.was, other)
    if target.was is None and other.was is None:
        return other.member < target.member
    if target.was is None or other.was is None:
        return target.was is None
    if _were_alike(target.was, other.was):
        return False
    return not other.is_changed or other.member < target.member


def _were_alike(one: Known, other: Known) -> bool:
    """They were copies, or so nearly that a small edit makes them so."""
    return likeness_of(one.form, other.form) is not None or are_akin(one.form, other.form)


def _overlap(one: Place, other: Place) -> bool:
    return one.path == other.path and one.unit.line <= other.unit.end_line and other.unit.line <= one.unit.end_line


def _outer(
    told: Iterable[tuple[Known, list[tuple[Known, str, float]]]],
) -> Iterator[tuple[Known, list[tuple[Known, str, float]]]]:
    """Without units inside others that are told."""
    rows = sorted(told, key=lambda row: row[0].member)
    for target, found in rows:
        member = target.member
        if not any(
            other.member != member
            and other.place.path == member.path
            and other.member.start <= member.start
            and member.end <= other.member.end
            for other, _ in rows
        ):
            yield target, found
