"""What is compared: each distinct stream of signs in a tree once, with all the places where it stands."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple
from antifoul.measures.copyable import REPETITIVE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from antifoul.facts.copyable import Unit, Units
    from antifoul.facts.paths import RepoPath

_EXACT_SIGNS, _RENAMED_SIGNS, _CHANGED_SIGNS = 14, 20, 30
_SMALL = 60  # under so many signs a changed copy must be more alike
_ALIKE, _SMALL_ALIKE, _WORDS_ALIKE = 0.75, 0.85, 0.6


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

    signs: str
    words: str
    rows: int
    repetitive: bool
    kind: str
    prints: tuple[int, ...]
    places: tuple[Place, ...]

    @property
    def size(self) -> int:
        """How much there is to compare."""
        return len(self.words) if self.repetitive else len(self.signs)


def places_in(files: Mapping[RepoPath, Units]) -> Iterator[Place]:
    """Every unit that may be a copy of another as a whole."""
    for path, file in files.items():
        for unit in file.units:
            if unit.kind in {"function", "fields"} and not unit.muted:
                yield Place(path, file, unit)


def forms(places: Iterable[Place]) -> tuple[Form, ...]:
    """The distinct forms, smallest first. Where statements repeat, forms differ by their words too."""
    found: dict[tuple[str, str, str], list[Place]] = {}
    for place in places:
        unit = place.unit
        signs = place.file.signs_of(unit)
        words = unit.words if unit.repeats >= REPETITIVE else ""
        if len(signs) >= _EXACT_SIGNS:
            found.setdefault((unit.kind, signs, words), []).append(place)
    out = [_form(key, rows) for key, rows in found.items()]
    return tuple(sorted(out, key=lambda one: (one.size, one.signs, one.words)))


def _form(key: tuple[str, str, str], rows: list[Place]) -> Form:
    kind, signs, _ = key
    unit = rows[0].unit
    count = sum(stop - first for first, stop in unit.rows)
    return Form(signs, unit.words, count, unit.repeats >= REPETITIVE, kind, unit.prints, tuple(rows))


def is_large_enough(form: Form, *, exact: bool) -> bool:
    """A copy of this form is worth naming: a few short statements are equal by chance."""
    if exact:
        return form.rows > 1 and len(form.signs) >= _EXACT_SIGNS
    if len(form.signs) < _RENAMED_SIGNS or (form.rows < 3 and len(form.signs) < 1.5 * _RENAMED_SIGNS):
        return False
    return sum(one > "\xff" for one in form.signs) >= 3


def may_be_changed(form: Form) -> bool:
    """The form is large enough that another that is merely like it is a copy."""
    return form.rows > 3 and len(form.signs) >= _CHANGED_SIGNS


def similarity(one: Form, other: Form) -> float:
    """How alike two forms are, 0 to 1; 0 where they are not alike enough to be copies."""
    from rapidfuzz.distance import Indel

    if one.kind != other.kind:
        return 0.0
    least = _SMALL_ALIKE if min(len(one.signs), len(other.signs)) < _SMALL else _ALIKE
    signs = Indel.normalized_similarity(one.signs, other.signs, score_cutoff=least)
    if not signs or not (one.repetitive or other.repetitive):
        return float(signs)
    if not one.words or not other.words:
        return 0.0
    words = Indel.normalized_similarity(one.words, other.words, score_cutoff=_WORDS_ALIKE)
    return float(signs) if words else 0.0
