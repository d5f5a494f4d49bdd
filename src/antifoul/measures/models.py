"""Forecasts of a growing series from every week of it at once: each uses what was known by then, and nothing later."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

_YEAR, _HALF_YEAR, _TWO_YEARS = 52, 26, 104
_LEVELS = (0.2, 0.5, 0.8, 1.0)
_TRENDS = (0.05, 0.2, 0.5)
_DAMPINGS = (0.8, 0.9, 0.98)


def median_of_five(values: Sequence[float], weeks: int) -> list[float]:
    """What each week expects in so many weeks: the median of last value, drift, damped Holt, theta and Theil-Sen."""
    holt = damped_holt(values, weeks)
    rows = zip(values, drift(values, weeks), holt, theta(values, weeks), theil_sen(values, weeks), strict=True)
    return [median(row) for row in rows]


def median(values: Iterable[float]) -> float:
    """The middle one, or the mean of the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def drift(values: Sequence[float], weeks: int) -> list[float]:
    """The change of the past year goes on."""
    out = []
    for at, last in enumerate(values):
        span = min(at, _YEAR)
        out.append(last + weeks * (last - values[at - span]) / span if span else last)
    return out


def theil_sen(values: Sequence[float], weeks: int) -> list[float]:
    """The median slope of the past half year goes on."""
    return [last + weeks * slope for last, slope in zip(values, _median_slopes(tuple(values)), strict=True)]


@lru_cache(maxsize=4)  # asked for at each horizon
def _median_slopes(values: tuple[float, ...]) -> list[float]:
    """The median of the slopes between the pairs of the past half year, at each week; these are kept in order."""
    slopes: list[float] = []
    out = []
    for at, last in enumerate(values):
        first = max(at - _HALF_YEAR + 1, 0)
        if first:
            gone = values[first - 1]
            for one in range(first, at):
                del slopes[bisect_left(slopes, (values[one] - gone) / (one - first + 1))]
        for one in range(first, at):
            insort(slopes, (last - values[one]) / (at - one))
        middle = len(slopes) // 2
        out.append((slopes[middle] if len(slopes) % 2 else sum(slopes[middle - 1 : middle + 1]) / 2) if slopes else 0.0)
    return out


class _Holt(NamedTuple):
    alpha: float
    beta: float
    phi: float


def damped_holt(values: Sequence[float], weeks: int) -> list[float]:
    """Level and damped trend, smoothed by whichever of a few settings has done best so far, one week ahead."""
    reach = {phi: sum(phi**step for step in range(1, weeks + 1)) for phi in _DAMPINGS}
    return [level + reach[phi] * trend for level, trend, phi in _holt_states(tuple(values))]


@lru_cache(maxsize=4)  # as above
def _holt_states(values: tuple[float, ...]) -> list[tuple[float, float, float]]:
    """The level, the trend and its damping at each week, under the setting that has done best by then."""
    best: list[tuple[float, tuple[float, float, float]]] = []
    for setting in product(_LEVELS, _TRENDS, _DAMPINGS):
        path = _holt_path(values, _Holt(*setting))
        best = [min(pair, key=_error) for pair in zip(best, path, strict=True)] if best else path
    return [state for _, state in best]


def _error(known: tuple[float, tuple[float, float, float]]) -> float:
    return known[0]


def _holt_path(values: Sequence[float], how: _Holt) -> list[tuple[float, tuple[float, float, float]]]:
    """For each week the sum of squared errors so far, and the level, the trend and its damping."""
    alpha, beta, phi = how
    level, trend, error = values[0], 0.0, 0.0
    out = [(0.0, (level, trend, phi))]
    for value in values[1:]:
        ahead = level + phi * trend
        error += (value - ahead) ** 2
        new = ahead + alpha * (value - ahead)
        trend = phi * trend + beta * (new - level - phi * trend)
        level = new
        out.append((error, (level, trend, phi)))
    return out


def theta(values: Sequence[float], weeks: int) -> list[float]:
    """Simple smoothing with half the slope of the past two years."""
    slopes = _slopes(tuple(values))
    return _best_so_far([_theta_path(values, slopes, alpha, weeks) for alpha in _LEVELS], len(values))


@lru_cache(maxsize=4)  # as above
def _slopes(values: tuple[float, ...]) -> list[float]:
    return [_slope(values[max(at - _TWO_YEARS + 1, 0) : at + 1]) for at in range(len(values))]


def _theta_path(
    values: Sequence[float], slopes: Sequence[float], alpha: float, weeks: int
) -> list[tuple[float, float]]:
    level, error = values[0], 0.0
    out = [(0.0, level)]
    for value, slope in zip(values[1:], slopes[1:], strict=True):
        error += (value - level) ** 2
        level += alpha * (value - level)
        out.append((error, level + slope / 2 * (weeks - 1 + 1 / alpha)))
    return out


def _slope(past: Sequence[float]) -> float:
    count = len(past)
    if count < 2:
        return 0.0
    middle = (count - 1) / 2
    mean = sum(past) / count
    spread = count * (count * count - 1) / 12
    return sum((at - middle) * (value - mean) for at, value in enumerate(past)) / spread


def _best_so_far(paths: Sequence[Sequence[tuple[float, float]]], count: int) -> list[float]:
    return [min(path[at] for path in paths)[1] for at in range(count)]
