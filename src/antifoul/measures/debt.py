"""All debt markers of a file, each with its place, its weight, and what it would take to pay it off."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple
from antifoul.measures import markers
from antifoul.measures.deprecations import deprecations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal, TypeAlias

    from antifoul.facts.tree import Marker
    from antifoul.measures.results import MarkerRow
    from antifoul.measures.tokens import Comment
    from antifoul.measures.units import Unit
    from antifoul.measures.walk import Walk

Priority: TypeAlias = "Literal['high', 'medium', 'low']"

_COMPLEX = 10
# Minutes that a marker of a kind takes in code that is not complex, where it says nothing of how grave it is.
_MINUTES = {"TODO": 30, "FIXME": 60, "BUG": 60, "HACK": 60, "XXX": 45, "DEPRECATED": 30}
_OTHER_MINUTES = 30
_ASKING = 15  # to find out what was meant, where neither a name nor an issue is given
MINUTES_A_LINE = 30  # what a line is said to have cost to write, in SQALE's ratio of debt
_RATINGS = ((0.05, "A"), (0.10, "B"), (0.20, "C"), (0.50, "D"))


def markers_of(walk: Walk, comments: Iterable[Comment], words: tuple[str, ...]) -> tuple[Marker, ...]:
    """Every marker of a file, in order of place."""
    strings = [markers.Text(one.lineno, one.value) for one in walk.strings if isinstance(one.value, str)]
    every = [*markers.in_comments(comments, words), *markers.in_docstrings(strings, words)]
    if "DEPRECATED" in words:
        every += deprecations(walk.expressions.decorators, walk.expressions.deprecating)
    if not every:
        return ()
    functions = [(unit, *_span(unit)) for unit in walk.units if unit.is_function]
    return tuple(sorted(_placed(marker, functions) for marker in every))


def _span(unit: Unit) -> tuple[int, int]:
    return getattr(unit.node, "lineno", 0), getattr(unit.node, "end_lineno", 0)


def _placed(marker: Marker, functions: Sequence[tuple[Unit, int, int]]) -> Marker:
    """The marker with the innermost function around it; complex code makes it weigh more and take longer."""
    home = None
    for unit, first, last in functions:
        if first > marker.line:
            break
        if marker.line <= last:
            home = unit
    is_complex = home is not None and home.complexity > _COMPLEX
    return marker._replace(
        symbol=marker.symbol or (home.symbol if home else ""),
        weight=marker.weight + is_complex,
        minutes=_minutes(marker, is_complex=is_complex),
    )


def _minutes(marker: Marker, *, is_complex: bool) -> int:
    """Half as long again in complex code, twice where it says that something is wrong, half where it is a nicety."""
    minutes = float(_MINUTES.get(marker.marker, _OTHER_MINUTES))
    minutes *= 1.5 if is_complex else 1
    minutes *= 2 if markers.is_grave(marker.text) else 0.5 if markers.is_mild(marker.text) else 1
    if marker.marker != "DEPRECATED" and not marker.owner and not marker.issue:
        minutes += _ASKING
    return round(minutes / 5) * 5


def priority(marker: Marker, *, expired: bool = False, age_days: int | None = None) -> Priority:
    """The documented estimate: kind and wording, an inner place in complex code, expiry, and age.

    FIXME weighs 3, HACK and XXX 2, others 1; words of damage add 2, words of taste take 1; a function of more
    than ten paths adds 1, a passed date or version 3, an age of over a year 1. Four and more is high, two and more
    medium.
    """
    weight = marker.weight + 3 * expired + (age_days is not None and age_days > 365)
    return "high" if weight >= 4 else "medium" if weight >= 2 else "low"


def rating(minutes: int, lines: int) -> tuple[float, str]:
    """SQALE's ratio of debt, the minutes against what the lines cost to write, and its letter."""
    ratio = minutes / (lines * MINUTES_A_LINE) if lines else 0.0
    return ratio, next((letter for limit, letter in _RATINGS if ratio <= limit), "E")


class Owner(NamedTuple):
    """Who has which markers: the one a marker names, else its author where blame was asked for, "" for nobody."""

    name: str
    markers: int
    high: int
    expired: int
    oldest: int | None  # days; None without blame
    minutes: int


def by_owner(rows: Iterable[MarkerRow]) -> tuple[Owner, ...]:
    """The markers counted by owner, the one with the most first, nobody last."""
    groups: dict[str, list[MarkerRow]] = {}
    for row in rows:
        groups.setdefault(row.marker.owner or row.author or "", []).append(row)
    owners = [
        Owner(
            name,
            len(group),
            sum(row.priority == "high" for row in group),
            sum(bool(row.expired) for row in group),
            max((row.age_days for row in group if row.age_days is not None), default=None),
            sum(row.marker.minutes for row in group),
        )
        for name, group in groups.items()
    ]
    return tuple(sorted(owners, key=lambda one: (not one.name, -one.markers, one.name)))
