"""What is expected of a series, in a sentence that claims no more than is known."""

from collections.abc import Sequence

from antifoul.measures.forecast import MEDIAN, Backtest, Outlook

_SHARES = frozenset({"annotation_coverage", "duplication"})
_POINTS = frozenset({"health"})  # of 100
_COUNTS = frozenset({"markers", "complexity", "loc"})
_ORIGINS = 20  # tries from which a past error says something
_CLOSE = 0.7  # an interval for 80 % that held this often is as good as its word


def sentence(metric: str, values: Sequence[float], outlook: Outlook) -> str:
    """The forecast at the far horizon: where nothing beats the last value it says so."""
    name = metric.replace("_", " ")
    if not outlook.bands:
        many = "one weekly value is" if len(values) == 1 else f"{len(values)} weekly values are"
        return f"{name}: {many} too few to say what comes"
    band = outlook.bands[-1]
    shown = number(metric, band.value)
    if band.low80 is None or band.high80 is None:
        bounds = "too little history for an interval"
    else:
        low, high = number(metric, band.low80), number(metric, band.high80)
        bounds = _bounds(f"between {low} and {high}", outlook)
    if outlook.method != MEDIAN:
        return f"{name}: no detectable trend, expect {shown} in {band.weeks} weeks, {bounds}"
    return f"{name}: expect {shown} in {band.weeks} weeks, {bounds}{_worth(outlook)}"


def _far(outlook: Outlook) -> Backtest | None:
    """How the forecast at the far horizon did, where it was tried often enough to say."""
    tests = (one for one in outlook.backtests if one.weeks == outlook.bands[-1].weeks and one.n >= _ORIGINS)
    return next(tests, None)


def _bounds(between: str, outlook: Outlook) -> str:
    """The interval with what it is worth: what it is made for, or what it held on this history where that is less."""
    test = _far(outlook)
    if test is None or test.coverage80 is None or test.coverage80 >= _CLOSE:
        return f"in 8 of 10 cases {between}"
    return f"{between}, which held in {10 * test.coverage80:.0f} of 10 cases of this history"


def _worth(outlook: Outlook) -> str:
    test = _far(outlook)
    if test is None:
        return ""
    error = test.relative_mae
    if error >= 1:
        return f"; on this history no better than “it stays as it is” ({error:.2f} of its error)"
    return f"; on this history its error was {error:.2f} of that of “it stays as it is”"


def number(metric: str, value: float) -> str:
    """A value as people read it."""
    if metric in _SHARES:
        return f"{100 * value:.1f} %"
    if metric in _POINTS:
        return f"{value:.1f}"
    return f"{value:,.0f}" if metric in _COUNTS or abs(value) >= 100 else f"{value:.2f}"
