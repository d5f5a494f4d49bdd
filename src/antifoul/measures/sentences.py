"""What is expected of a series, in a sentence that claims no more than is known."""

from collections.abc import Sequence

from antifoul.measures.forecast import MEDIAN, Outlook

_SHARES = frozenset({"annotation_coverage", "duplication"})
_POINTS = frozenset({"health"})  # of 100
_COUNTS = frozenset({"markers", "complexity", "loc"})
_ORIGINS = 20  # tries from which a past error says something


def sentence(metric: str, values: Sequence[float], outlook: Outlook) -> str:
    """The forecast at the far horizon: where nothing beats the last value it says so."""
    name = metric.replace("_", " ")
    if not outlook.bands:
        return f"{name}: {len(values)} weekly values are too few to say what comes"
    band = outlook.bands[-1]
    shown = number(metric, band.value)
    if band.low80 is None or band.high80 is None:
        bounds = "too little history for an interval"
    else:
        low, high = number(metric, band.low80), number(metric, band.high80)
        bounds = f"in 8 of 10 cases between {low} and {high}"
    if outlook.method != MEDIAN:
        return f"{name}: no detectable trend, expect {shown} in {band.weeks} weeks, {bounds}"
    return f"{name}: expect {shown} in {band.weeks} weeks, {bounds}{_worth(outlook)}"


def _worth(outlook: Outlook) -> str:
    tests = [one for one in outlook.backtests if one.weeks == outlook.bands[-1].weeks and one.n >= _ORIGINS]
    if not tests:
        return ""
    error = tests[0].relative_mae
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
