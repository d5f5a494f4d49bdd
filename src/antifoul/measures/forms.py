"""What is compared: each distinct stream of signs in a tree once, with all the places where it stands."""

from __future__ import annotations

import keyword
from functools import cache

from antifoul.facts.record import NamedTuple
from antifoul.measures.copyable import REPETITIVE, SMALL
from antifoul.measures.signs import sign, without_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from antifoul.facts.copyable import Unit, Units
    from antifoul.facts.paths import RepoPath

_LEAST_SIGNS, _EXACT_SIGNS, _CHANGED_SIGNS = 8, 14, 30
_LEAST_TELLING = 3  # signs that not every function has: attributes, keyword arguments, imported names, literals
_SHORTEST = 20  # a unit of fewer signs is a copy only where its literals are the same
_LONG = 40  # so many equal signs are no chance, whatever they are
_SHORT = 60  # under so many signs a changed copy must be more alike
_ALIKE, _SHORT_ALIKE = 0.75, 0.85
_AKIN, _WORDS_AKIN = 0.62, 0.5  # what any two members of a class have at least
_NAMES_APART = 0.1  # by so much free names may make two forms less alike
_WORDS_ALIKE, _TESTS_ALIKE = 0.6, 0.85
_KEYS_ALIKE = 0.5  # fields, options and attributes of other names are no copies, whatever their types and defaults
_NOT_TELLING = frozenset(map(sign, (*keyword.kwlist, "**", "==", "!=", "<=", ">=", "->", "+=")))
_UNTELLING = dict.fromkeys((*range(256), *map(ord, _NOT_TELLING)))


class Place(NamedTuple):
    """Where a unit stands."""

    path: RepoPath
    file: Units
    unit: Unit

    @property
    def marks(self) -> str:
        """What it says, to the letter."""
        return self.file.marks_of(self.unit)


class Form(NamedTuple):
    """One stream of signs, with the units that have it. `words` stand for it where its statements repeat."""

    signs: str  # every name a mere name
    named: str  # with the free names of its first place
    words: str
    keys: str  # what each statement is about, where they repeat
    rows: int
    repetitive: bool
    kind: str  # of the units; "test" for a test
    prints: tuple[int, ...]
    places: tuple[Place, ...]

    @property
    def size(self) -> int:
        """How much there is to compare."""
        return len(self.words) if self.repetitive else len(self.signs)

    @property
    def telling(self) -> int:
        """How many of its signs not every function has."""
        literals = len(self.words) if _is_short(self.signs) else 0
        return literals + telling(self.named)


def _is_short(signs: str) -> bool:
    return len(signs) < _SHORTEST or (len(signs) < SMALL and telling(signs) < _LEAST_TELLING)


def telling(signs: str) -> int:
    """How many signs are attributes, keyword arguments, or imported and built-in names."""
    return len(signs.translate(_UNTELLING))


def places_in(files: Mapping[RepoPath, Units]) -> Iterator[Place]:
    """Every unit that may be a copy of another as a whole."""
    for path, file in files.items():
        for unit in file.units:
            if unit.kind in {"function", "fields"} and not unit.muted:
                yield Place(path, file, unit)


def forms(places: Iterable[Place]) -> tuple[Form, ...]:
    """The distinct forms, smallest first. Where statements repeat or are few, forms differ by their words too."""
    found: dict[tuple[str, str, str], list[Place]] = {}
    for place in places:
        if key := _key(place):
            found.setdefault(key, []).append(place)
    out = [_form(key, rows) for key, rows in found.items()]
    return tuple(sorted(out, key=lambda one: (one.size, one.signs, one.words)))


def form_of(place: Place) -> Form | None:
    """The form of one unit; None where it is too short to be a copy."""
    key = _key(place)
    return _form(key, [place]) if key else None


def _key(place: Place) -> tuple[str, str, str] | None:
    """What units of one form have in common."""
    unit = place.unit
    named = place.file.signs_of(unit)
    signs = without_names(named)
    if len(signs) < _LEAST_SIGNS:
        return None
    words = unit.words if unit.repeats >= REPETITIVE or _is_short(signs) else ""
    return _kind(unit), signs if telling(signs) >= _LEAST_TELLING else named, words


def likeness_of(one: Form, other: Form) -> tuple[str, float] | None:
    """How two units are copies of one another: the kind, and how alike they are; None where they are not."""
    left, right = one.places[0], other.places[0]
    if _key(left) == _key(right):
        exact = left.marks == right.marks
        return ("exact" if exact else "renamed", 1.0) if is_large_enough(one, exact=exact) else None
    if not (may_be_changed(one) and may_be_changed(other)):
        return None
    alike = similarity(one, other)
    return ("changed", alike) if alike else None


def _kind(unit: Unit) -> str:
    return "test" if unit.kind == "function" and unit.symbol.rpartition(".")[2].startswith("test") else unit.kind


def _form(key: tuple[str, str, str], rows: list[Place]) -> Form:
    kind, _, _ = key
    unit = rows[0].unit
    named = rows[0].file.signs_of(unit)
    count = sum(stop - first for first, stop in unit.rows)
    return Form(
        without_names(named),
        named,
        unit.words,
        unit.keys,
        count,
        unit.repeats >= REPETITIVE,
        kind,
        unit.prints,
        tuple(rows),
    )


def is_large_enough(form: Form, *, exact: bool) -> bool:
    """A copy of this form is worth naming: a few short statements are equal by chance."""
    if form.rows < 2:
        return False
    if exact and len(form.signs) >= _EXACT_SIGNS:
        return True
    return form.telling >= _LEAST_TELLING or len(form.signs) >= _LONG


@cache
def _indel() -> Callable[..., float]:
    """How alike two texts are, by their edits, 0 to 1; imported when two forms are first compared."""
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity


def may_be_changed(form: Form) -> bool:
    """The form is large enough that another that is merely like it is a copy."""
    if form.kind == "fields":
        return form.rows > 3
    return form.rows > 2 and len(form.signs) >= _CHANGED_SIGNS


def similarity(one: Form, other: Form) -> float:
    """How alike two forms are, 0 to 1; 0 where they are not alike enough to be copies."""
    alike = _indel()
    if one.kind != other.kind:
        return 0.0
    if one.kind == "fields":
        return float(alike(one.words, other.words, score_cutoff=_WORDS_ALIKE)) if _are_of_one_thing(one, other) else 0.0
    least = _SHORT_ALIKE if min(len(one.signs), len(other.signs)) < _SHORT else _ALIKE
    signs = float(alike(one.signs, other.signs, score_cutoff=least))
    signs = signs and float(alike(one.named, other.named, score_cutoff=least - _NAMES_APART)) and signs
    if not signs or not (one.repetitive or other.repetitive):
        return signs
    if not one.words or not other.words or not _are_of_one_thing(one, other):
        return 0.0
    words = float(alike(one.words, other.words, score_cutoff=_TESTS_ALIKE if one.kind == "test" else _WORDS_ALIKE))
    return min(signs, words)


def _are_of_one_thing(one: Form, other: Form) -> bool:
    """Half of their statements are about the same fields, options or attributes."""
    alike = _indel()
    if not one.keys or not other.keys:
        return True
    return alike(one.keys, other.keys) >= _KEYS_ALIKE


def are_akin(one: Form, other: Form) -> bool:
    """Two forms may be in one class, where others link them: they are no copies, but not unlike either."""
    alike = _indel()
    if one.kind != other.kind:
        return False
    if one.kind == "fields" or (one.repetitive and other.repetitive):
        if not alike(one.words, other.words, score_cutoff=_WORDS_AKIN):
            return False
        if not _are_of_one_thing(one, other):
            return False
        if one.kind == "fields":
            return True
    return bool(alike(one.signs, other.signs, score_cutoff=_AKIN))


def likeness(one: Form, other: Form) -> float:
    """How alike two forms of a class are, 0 to 1, however little that is."""
    alike = _indel()
    if one.repetitive or other.repetitive:
        return alike(one.words, other.words)
    return alike(one.signs, other.signs)
