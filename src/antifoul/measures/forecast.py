"""What a series will be in four and twelve weeks, with an interval and how the same forecast did before.

Growing totals take the median of five models; for counts, means and shares nothing was found that beats the last
value, so the last value it is. Bounds are last + q * scale. The q are conformal quantiles pooled over other
repositories, where there are none those of the series' own past, from 40 of its weeks on; each is then moved a little
outwards for every outcome that it missed on this history and inwards for every one that it held, as adaptive conformal
inference does (Gibbs and Candes, 2021), so that a history unlike the others is covered too.
"""

import math
from bisect import insort
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple, TypeAlias

from antifoul.measures.models import median_of_five

HORIZONS = (4, 12)  # weeks
_YEAR = 52
_FEWEST = 8  # weekly values under which nothing is said of the future
_FEWEST_BOUNDED = 26  # and under which no bounds are given
_OWN_ORIGINS = 40  # past errors that a series' own quantiles need
_TOTALS = frozenset({"complexity", "loc"})
MEDIAN, LAST = "median of five models", "last value"

# (series, weeks) -> lower and upper q at 80 %, lower and upper q at 95 %, from 49 other repositories
_POOLED = {
    ("mean_complexity", 4): (-1.17156, 1.47680, -2.51260, 3.94307),
    ("mean_complexity", 12): (-0.88692, 1.48049, -2.69700, 4.30350),
    ("complexity", 4): (0.0, 2.60980, -1.60940, 4.99355),
    ("complexity", 12): (0.13267, 2.77941, -0.18708, 4.56217),
    ("markers", 4): (-1.33333, 2.47619, -3.41155, 5.2),
    ("markers", 12): (-0.85246, 2.41667, -1.85714, 4.0),
    ("duplication", 4): (-1.30034, 0.99753, -2.99648, 2.40666),
    ("duplication", 12): (-1.34721, 0.87066, -6.73612, 2.32284),
}
# Lines grow as paths do, and on the same scale they move alike; their own errors would hold less.
_POOLED |= {("loc", weeks): _POOLED["complexity", weeks] for weeks in HORIZONS}
_TOPS = {"annotation_coverage": 1.0, "duplication": 1.0, "health": 100.0}
_RATE = 0.1
_MISSES = (0.08, 0.08, 0.015, 0.015)  # the share of misses at which a bound stays where it is

_Four: TypeAlias = tuple[float, float, float, float]


class Band(NamedTuple):
    """A forecast at one horizon. Bounds are None where none can be given honestly."""

    weeks: int
    value: float
    low80: float | None
    high80: float | None
    low95: float | None
    high95: float | None


class Backtest(NamedTuple):
    """How the same forecast did on this history. `relative_mae` is its error over that of the last value."""

    weeks: int
    relative_mae: float
    coverage80: float | None
    coverage95: float | None
    n: int


class Outlook(NamedTuple):
    """What is expected of a series, and what the same expectation was worth in the past."""

    method: str
    bands: tuple[Band, ...]
    backtests: tuple[Backtest, ...]


def method_of(metric: str) -> str:
    """How a series is forecast."""
    return MEDIAN if metric in _TOTALS else LAST


def outlook(metric: str, values: Sequence[float]) -> Outlook:
    """The forecast of a weekly series, oldest first; empty for a series too short to say anything."""
    if len(values) < _FEWEST:
        return Outlook(method_of(metric), (), ())
    pairs = [(weeks, bands_from(metric, values, weeks)) for weeks in HORIZONS]
    tests = [_backtest(values, weeks, bands) for weeks, bands in pairs]
    return Outlook(method_of(metric), tuple(bands[-1] for _, bands in pairs), tuple(one for one in tests if one))


def bands_from(metric: str, values: Sequence[float], weeks: int) -> list[Band]:
    """The band that each week gave, from what was known by then."""
    points = median_of_five(values, weeks) if metric in _TOTALS else values
    scales = scales_of(values, weeks)
    quantiles = _quantiles(_POOLED.get((metric, weeks)), values, scales, weeks)
    rows = zip(points, values, quantiles, scales, strict=True)
    return [_band(metric, (weeks, point, last), one, scale) for point, last, one, scale in rows]


def _quantiles(
    pooled: _Four | None, values: Sequence[float], scales: Sequence[float], weeks: int
) -> list[_Four | None]:
    """The q that each week had; None where it had too little history for any."""
    errors: list[float] = []
    moved = [0.0] * 4
    out: list[_Four | None] = []
    for at, value in enumerate(values):
        origin = at - weeks
        if origin >= _FEWEST - 1:
            error = (value - values[origin]) / (scales[origin] or 1.0)
            insort(errors, error)
            _move(moved, out[origin], error)
        base = pooled if pooled and at + 1 >= _FEWEST_BOUNDED else None
        if pooled is None and len(errors) >= _OWN_ORIGINS:
            base = _own(errors, weeks)
        out.append(None if base is None else _nested([q + by for q, by in zip(base, moved, strict=True)]))
    return out


def _move(moved: list[float], bounds: _Four | None, error: float) -> None:
    """Adapt the quantiles to an outcome: by a tenth of the scale for a miss, by little for a hit."""
    if bounds is None:
        return
    for at, (bound, aim) in enumerate(zip(bounds, _MISSES, strict=True)):
        missed = error < bound if at % 2 == 0 else error > bound
        outwards = -1 if at % 2 == 0 else 1
        moved[at] += outwards * _RATE * (missed - aim)


def _nested(four: Sequence[float]) -> _Four:
    low80, high80, low95, high95 = four
    low80 = min(low80, high80)
    return low80, high80, min(low95, low80), max(high95, high80)


def _own(ordered: Sequence[float], weeks: int) -> _Four:
    """The conformal quantiles of a series' own errors, smallest first.

    Errors over so many weeks overlap, and n of them say as much as n / weeks that do not: the rank is the ceiling of
    q * (n + weeks), kept inside the sample.
    """
    count = len(ordered)
    tails = [max(count - math.ceil(q * (count + weeks)), 0) for q in (0.9, 0.975)]
    low80, low95 = (ordered[tail] for tail in tails)
    high80, high95 = (ordered[count - 1 - tail] for tail in tails)
    return low80, high80, low95, high95


def _band(metric: str, at: tuple[int, float, float], quantiles: _Four | None, scale: float) -> Band:
    weeks, point, last = at
    top = _TOPS.get(metric, math.inf)
    if quantiles is None:
        return Band(weeks, min(max(point, 0.0), top), None, None, None, None)
    low80, high80, low95, high95 = (min(max(last + q * scale, 0.0), top) for q in quantiles)
    return Band(weeks, min(max(point, low80), high80), low80, high80, low95, high95)


def _backtest(values: Sequence[float], weeks: int, bands: Sequence[Band]) -> Backtest | None:
    tried = [(bands[at], values[at], values[at + weeks]) for at in range(_FEWEST - 1, len(values) - weeks)]
    if not tried:
        return None
    ours = sum(abs(band.value - truth) for band, _, truth in tried)
    naive = sum(abs(last - truth) for _, last, truth in tried)
    return Backtest(
        weeks,
        ours / naive if naive else 1.0,
        _coverage([(band.low80, band.high80, truth) for band, _, truth in tried]),
        _coverage([(band.low95, band.high95, truth) for band, _, truth in tried]),
        len(tried),
    )


def _coverage(rows: Sequence[tuple[float | None, float | None, float]]) -> float | None:
    """The share of outcomes inside their bounds, over the forecasts that had bounds."""
    bounded = [(low, high, truth) for low, high, truth in rows if low is not None and high is not None]
    return sum(low <= truth <= high for low, high, truth in bounded) / len(bounded) if bounded else None


def scales_of(values: Sequence[float], weeks: int) -> list[float]:
    """How much the series moved in that time, as seen from each of its weeks.

    The largest of its mean change over the past year at that horizon, half its mean weekly step times the root of the
    weeks, and a thousandth of its level.
    """
    changes = _means([abs(later - earlier) for earlier, later in zip(values, values[weeks:], strict=False)], _YEAR)
    steps = _means([abs(later - earlier) for earlier, later in pairwise(values)], _YEAR + weeks - 1)
    out = []
    for at, value in enumerate(values):
        change = changes[at - weeks] if at >= weeks else 0.0
        step = steps[at - 1] if at else 0.0
        out.append(max(change, 0.5 * step * math.sqrt(weeks), 0.001 * abs(value)))
    return out


def _means(values: Sequence[float], most: int) -> list[float]:
    """The mean of each value with those before it, at most so many."""
    sums = [0.0, *accumulate(values)]
    return [(sums[at + 1] - sums[max(at + 1 - most, 0)]) / min(at + 1, most) for at in range(len(values))]
