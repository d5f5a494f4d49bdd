"""Which forms are worth comparing: those that share rare runs of signs."""

from __future__ import annotations

from collections import Counter
from itertools import chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antifoul.measures.forms import Form

_NEAREST = 24  # of all forms with a print, so many of the nearest size are looked at: a large family is a chain
_LEAST_SHARED = 0.15  # of the smaller one's prints


def candidates(forms: Sequence[Form]) -> Iterator[tuple[int, int]]:
    """Pairs of numbers of forms, which come smallest first."""
    shared = _shared(forms)
    index: dict[int, list[int]] = {}
    sizes = [form.size for form in forms]
    wanted = [len(form.prints) * _LEAST_SHARED for form in forms]
    for number, form in enumerate(forms):
        prints = [one for one in form.prints if one in shared]
        seen = [index[one] for one in prints if one in index]
        for one in prints:
            rows = index.setdefault(one, [])
            if len(rows) >= _NEAREST:
                del rows[0]
            rows.append(number)
        if not seen:
            continue
        size, least = sizes[number], wanted[number]
        for other, times in Counter(chain.from_iterable(seen)).items():
            if (times >= least or times >= wanted[other]) and 2 * sizes[other] >= size:
                yield other, number


def _shared(forms: Sequence[Form]) -> set[int]:
    once: set[int] = set()
    again: set[int] = set()
    for form in forms:
        prints = set(form.prints)
        again |= prints & once
        once |= prints
    return again
