"""Times of commits in order: a clock that was wrong must not move its neighbours."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise


def in_order(times: Sequence[int]) -> list[int]:
    """The times, oldest first, with those out of order or after the last replaced by the time before them.

    Those kept are the longest run of times that never falls, so one wrong clock costs one commit its time.
    """
    if all(earlier <= later for earlier, later in pairwise(times)):
        return list(times)
    kept = _longest(times)
    last = times[min(kept)]
    out = []
    for place, time in enumerate(times):
        last = time if place in kept else last
        out.append(last)
    return out


def _longest(times: Sequence[int]) -> set[int]:
    """The places of the longest run that never falls; of several the one of the later times: old dates are defaults."""
    ends: list[int] = []  # from the newest backwards: the negated first time of the best run of each length
    places: list[int] = []
    after: dict[int, int] = {}
    for place in range(len(times) - 1, -1, -1):
        if times[place] > times[-1]:
            continue
        length = bisect_right(ends, -times[place])
        after[place] = places[length - 1] if length else -1
        ends[length : length + 1] = [-times[place]]
        places[length : length + 1] = [place]
    kept: set[int] = set()
    place = places[-1]
    while place >= 0:
        kept.add(place)
        place = after[place]
    return kept
