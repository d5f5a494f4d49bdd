"""debt-rising."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.past import Debt, Excess

_NAMES = {
    "markers": "the debt markers",
    "complexity": "the paths of all code",
    "mean_complexity": "the paths per function",
    "annotation_coverage": "the annotated share of the public API",
}


@rule("debt-rising", severity="warning", cost="history")
def debt_rising(debt: Debt) -> Iterator[Hit]:
    """One change takes a series of debt out of the interval of the next four weeks.

    Debt that comes slowly is seen by nobody; debt that comes at once is seen by the one who reviews it, if it is said.
    The bound is that of `antifoul trend` at the base: in 95 of 100 cases four whole weeks stay inside it.

    Split the change, or pay for a part of it here: the markers, the branches and the missing annotations are in the
    files that it names. It reads the history: the weeks of the past year.

    Bad::

        # 30 markers in the repository; the change adds 40
        # TODO: handle the padding
        # TODO: and the other side

    Good::

        # the change handles the padding
    """
    for one in debt.series:
        yield Hit(1, _message(one), anchor=one.series, path=one.path)


def _message(one: Excess) -> str:
    before, after, bound = (_shown(one.series, value) for value in (one.before, one.after, one.bound))
    side = "at most" if one.after > one.bound else "at least"
    name = _NAMES.get(one.series, one.series)
    return f"this change takes {name} from {before} to {after}; {one.weeks} weeks of this history bring {side} {bound}"


def _shown(series: str, value: float) -> str:
    if series == "annotation_coverage":
        return f"{100 * value:.1f} %"
    return f"{value:.2f}" if series == "mean_complexity" else f"{value:,.0f}"
