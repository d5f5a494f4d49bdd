"""Forecasts of a growing series from every week of it at once: each uses what was known by then, and nothing later."""

from collections.abc import Iterable, Sequence
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
    out = []
    for at, last in enumerate(values):
        past = values[max(at - _HALF_YEAR + 1, 0) : at + 1]
        slopes = [
            (later - earlier) / (right - left)
            for left, earlier in enumerate(past)
            for right, later in enumerate(past[left + 1 :], left + 1)
        ]
        out.append(last + weeks * median(slopes) if slopes else last)
    return out


class _Holt(NamedTuple):
    alpha: float
    beta: float
    phi: float


def damped_holt(values: Sequence[float], weeks: int) -> list[float]:
    """Level and damped trend, smoothed by whichever of a few settings has done best so far, one week ahead."""
    settings = [_Holt(*one) for one in product(_LEVELS, _TRENDS, _DAMPINGS)]
    paths = [_holt_path(values, one, weeks) for one in settings]
    return _best_so_far(paths, len(values))


def _holt_path(values: Sequence[float], how: _Holt, weeks: int) -> list[tuple[float, float]]:
    """For each week the sum of squared errors so far, and what is expected."""
    alpha, beta, phi = how
    reach = sum(phi**step for step in range(1, weeks + 1))
    level, trend, error = values[0], 0.0, 0.0
    out = [(0.0, level)]
    for value in values[1:]:
        ahead = level + phi * trend
        error += (value - ahead) ** 2
        new = ahead + alpha * (value - ahead)
        trend = phi * trend + beta * (new - level - phi * trend)
        level = new
        out.append((error, level + reach * trend))
    return out


def theta(values: Sequence[float], weeks: int) -> list[float]:
    """Simple smoothing with half the slope of the past two years."""
    slopes = [_slope(values[max(at - _TWO_YEARS + 1, 0) : at + 1]) for at in range(len(values))]
    return _best_so_far([_theta_path(values, slopes, alpha, weeks) for alpha in _LEVELS], len(values))


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
