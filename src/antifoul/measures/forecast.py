"""What a series will be in four and twelve weeks: the last value, with an interval that was tried on other history.

For counts of debt nothing was found that beats the last value, and what beats it for growing totals is not
built yet, so the last value it is. Bounds are last + q * scale, q being conformal quantiles pooled over other
repositories; a series without pooled quantiles takes those of its own past errors.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

HORIZONS = (4, 12)  # weeks
_YEAR = 52
_FEWEST = 8  # weekly values under which nothing is said of the future
_OWN_ORIGINS = 40  # past errors that a series' own quantiles need

# (series, weeks) -> lower and upper q at 80 %, lower and upper q at 95 %
_POOLED = {
    ("mean_complexity", 4): (-1.1716, 1.4768, -2.5125, 3.9431),
    ("mean_complexity", 12): (-0.8870, 1.4805, -2.6970, 4.3035),
    ("complexity", 4): (0.0, 2.6098, -1.6094, 4.9935),
    ("complexity", 12): (0.1327, 2.7794, -0.1871, 4.5622),
    ("markers", 4): (-1.3333, 2.4762, -3.4116, 5.2),
    ("markers", 12): (-0.8525, 2.4167, -1.8571, 4.0),
}


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


def forecast(metric: str, values: Sequence[float]) -> tuple[Band, ...]:
    """The bands at each horizon for a weekly series, oldest first; empty for a series too short to say anything."""
    if len(values) < _FEWEST:
        return ()
    return tuple(_band(metric, values, weeks) for weeks in HORIZONS)


def backtest(metric: str, values: Sequence[float]) -> tuple[Backtest, ...]:
    """The forecast made at every past week that has a known outcome, held against that outcome."""
    out = []
    for weeks in HORIZONS:
        tried = [
            (_band(metric, values[:origin], weeks), values[origin - 1], values[origin + weeks - 1])
            for origin in range(_FEWEST, len(values) - weeks + 1)
        ]
        if tried:
            ours = sum(abs(band.value - truth) for band, _, truth in tried)
            naive = sum(abs(last - truth) for _, last, truth in tried)
            out.append(
                Backtest(
                    weeks,
                    ours / naive if naive else 1.0,
                    _coverage([(band.low80, band.high80, truth) for band, _, truth in tried]),
                    _coverage([(band.low95, band.high95, truth) for band, _, truth in tried]),
                    len(tried),
                )
            )
    return tuple(out)


def _coverage(rows: Sequence[tuple[float | None, float | None, float]]) -> float | None:
    """The share of outcomes inside their bounds, over the forecasts that had bounds."""
    bounded = [(low, high, truth) for low, high, truth in rows if low is not None and high is not None]
    return sum(low <= truth <= high for low, high, truth in bounded) / len(bounded) if bounded else None


def scale_of(values: Sequence[float], weeks: int) -> float:
    """How much the series moves in that time.

    The largest of its mean change over the past year at that horizon, half its mean weekly step times the root of the
    weeks, and a thousandth of its level.
    """
    past = list(values[-_YEAR - weeks :])
    changes = [abs(later - earlier) for earlier, later in zip(past, past[weeks:], strict=False)]
    steps = [abs(later - earlier) for earlier, later in pairwise(past)]
    mean_change = sum(changes) / len(changes) if changes else 0.0
    mean_step = sum(steps) / len(steps) if steps else 0.0
    return max(mean_change, 0.5 * mean_step * math.sqrt(weeks), 0.001 * abs(values[-1]))


def _band(metric: str, values: Sequence[float], weeks: int) -> Band:
    last = values[-1]
    pooled = _POOLED.get((metric, weeks))
    if pooled:
        scale = scale_of(values, weeks)
        low80, high80, low95, high95 = (last + q * scale for q in pooled)
    else:
        origins = range(_FEWEST, len(values) - weeks + 1)
        if len(origins) < _OWN_ORIGINS:
            return Band(weeks, last, None, None, None, None)
        scale = scale_of(values, weeks)
        errors = sorted(
            (values[one + weeks - 1] - values[one - 1]) / (scale_of(values[:one], weeks) or 1.0) for one in origins
        )
        low80, high80, low95, high95 = (last + _quantile(errors, q) * scale for q in (0.1, 0.9, 0.025, 0.975))
    point = min(max(last, low80), high80)  # where the pooled errors lean to one side, so does the point
    floor = [max(bound, 0.0) for bound in (low80, high80, low95, high95)]
    return Band(weeks, max(point, 0.0), *floor)


def _quantile(ordered: Sequence[float], q: float) -> float:
    """The conformal quantile: the ceiling of q * (n + 1), kept inside the sample."""
    rank = math.ceil(q * (len(ordered) + 1)) if q > 0.5 else math.floor(q * (len(ordered) + 1))
    return ordered[min(max(rank, 1), len(ordered)) - 1]


def sentence(metric: str, values: Sequence[float], bands: Sequence[Band]) -> str:
    """The forecast in one sentence that claims no more than is known."""
    name = metric.replace("_", " ")
    if not bands:
        return f"{name}: {len(values)} weekly values are too few to say what comes"
    band = bands[-1]
    if band.low80 is None or band.high80 is None:
        return f"{name}: expect about {_shown(band.value)} in {band.weeks} weeks; too little history for an interval"
    return (
        f"{name}: expect {_shown(band.value)} in {band.weeks} weeks, "
        f"in 8 of 10 cases between {_shown(band.low80)} and {_shown(band.high80)}"
    )


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
