"""Bars: the terms of the health score, and debt by age and owner."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from antifoul.reports.charts.spec import FAINT, INK, LINE, Spec, vega_lite

AGES = (("<1 month", 30), ("1–3 months", 91), ("3–12 months", 365), ("1–2 years", 730), (">2 years", 10**6))  # noqa: RUF001  a range
OVER_A_YEAR = frozenset(name for name, _ in AGES[3:])
_OWNERS = 6
OTHERS = "others"


def health_terms(terms: Sequence[tuple[str, float, str]]) -> Spec:
    """A bar for each term: its name, its score of 100, and its value in words."""
    rows = [{"term": name, "score": round(score, 1), "value": value, "full": 100} for name, score, value in terms]
    y = {
        "field": "term",
        "type": "nominal",
        "sort": None,
        "axis": {"title": None, "labelLimit": 300, "ticks": False, "domain": False},
    }
    x = {
        "field": "score",
        "type": "quantitative",
        "scale": {"domain": [0, 107], "nice": False},
        "axis": {"title": None, "values": [0, 25, 50, 75, 100]},
    }
    told = [{"field": "term"}, {"field": "score", "title": "score of 100"}, {"field": "value"}]
    return vega_lite(
        height=30 * len(rows),
        data={"values": rows},
        layer=[
            {"mark": {"type": "bar", "color": FAINT, "height": 16}, "encoding": {"y": y, "x": {**x, "field": "full"}}},
            {"mark": {"type": "bar", "color": LINE, "height": 16}, "encoding": {"y": y, "x": x, "tooltip": told}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 11},
                "encoding": {"y": y, "x": x, "text": {"field": "score", "format": ".0f"}},
            },
        ],
    )  # fmt: skip


def debt(markers: Iterable[Mapping[str, Any]]) -> Spec:
    """A bar for each age, stacked by who wrote the markers: the six with the most, then the others."""
    rows = by_age_and_owner(markers)
    ages = [name for name, _ in AGES]
    owners = list(dict.fromkeys(owner for _, owner, _ in rows))
    owners.sort(key=lambda one: (one == OTHERS, -sum(count for _, owner, count in rows if owner == one)))
    values = [
        {"age": age, "owner": owner, "markers": count, "place": owners.index(owner)} for age, owner, count in rows
    ]
    colour = {
        "field": "owner", "type": "nominal", "sort": owners, "scale": {"domain": owners, "range": "category"},
        "legend": {"title": None, "orient": "bottom", "columns": 2, "labelLimit": 120, "symbolType": "square"},
    }  # fmt: skip
    return vega_lite(
        height=230,
        data={"values": values},
        mark={"type": "bar", "width": {"band": 0.7}},
        encoding={
            "x": {"field": "age", "type": "ordinal", "sort": ages, "scale": {"domain": ages}, "axis": {"title": None, "labelAngle": 0, "labelLimit": 90, "labelOverlap": False, "labelExpr": "split(datum.label, ' ')"}},
            "y": {"field": "markers", "type": "quantitative", "axis": {"title": "markers", "tickCount": 5, "format": "d"}},
            "order": {"field": "place"},
            "color": colour,
            "tooltip": [{"field": "age"}, {"field": "owner"}, {"field": "markers"}],
        },
    )  # fmt: skip


def by_age_and_owner(markers: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """Age, owner and count of markers, oldest last; owners beyond the six with the most are one."""
    known = [one for one in markers if one["age_days"] is not None]
    tally = Counter(_owner(one) for one in known)
    first = {owner for owner, _ in tally.most_common(_OWNERS)}
    counted: Counter[tuple[str, str]] = Counter()
    for one in known:
        owner = _owner(one) if _owner(one) in first else OTHERS
        counted[next(name for name, days in AGES if one["age_days"] < days), owner] += 1
    order = [name for name, _ in AGES]
    return sorted(
        ((age, owner, count) for (age, owner), count in counted.items()), key=lambda row: (order.index(row[0]), -row[2])
    )


def _owner(marker: Mapping[str, Any]) -> str:
    return str(marker["owner"] or marker["author"] or "not committed")
