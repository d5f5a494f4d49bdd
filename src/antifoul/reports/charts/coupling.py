"""Files that change together: each file on a line of its own, joined by an arc to those that it changes with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from antifoul.reports.charts.spec import INK, LINE, PAPER, THREAD, VEGA, Spec, as_wide_as_its_place

_ROW, _EDGE = 22, 14  # points
_WIDEST = 120  # an arc bulges to the left by no more


def coupling(pairs: Sequence[Mapping[str, Any]]) -> Spec:
    """A dot for each file, an arc for each pair, as thick as the two are coupled."""
    order = _in_order(pairs)
    weight = {name: sum(one["degree"] for one in pairs if name in (one["left"], one["right"])) for name in order}
    nodes = [
        {"path": name, "y": _EDGE + _ROW * number, "weight": round(weight[name], 3)}
        for number, name in enumerate(order)
    ]
    place = {name: node["y"] for name, node in zip(order, nodes, strict=True)}
    widest = max((_bulge(place[one["left"]], place[one["right"]]) for one in pairs), default=0)
    x = round(0.75 * widest) + 8  # such a curve reaches three quarters of the way to its handles
    arcs = [
        {
            "path": _arc(x, place[one["left"]], place[one["right"]]), "degree": one["degree"],
            "commits": one["commits"], "both": f"{one['left']} and {one['right']}",
        }
        for one in pairs
    ]  # fmt: skip
    return {
        "$schema": VEGA,
        "padding": 0,
        "autosize": "none",
        "signals": as_wide_as_its_place(2 * _EDGE + _ROW * (len(nodes) - 1)),
        "data": [{"name": "nodes", "values": nodes}, {"name": "arcs", "values": arcs}],
        "marks": [_arcs(), _dots(x), _names(x)],
    }


def _in_order(pairs: Sequence[Mapping[str, Any]]) -> list[str]:
    """The files, those that change together beside one another."""
    beside: dict[str, list[str]] = {}
    for one in pairs:
        beside.setdefault(one["left"], []).append(one["right"])
        beside.setdefault(one["right"], []).append(one["left"])
    return list(dict.fromkeys(name for start in beside for name in _reached(start, beside)))


def _reached(start: str, beside: Mapping[str, Sequence[str]]) -> Iterator[str]:
    seen, waiting = {start}, [start]
    while waiting:
        name = waiting.pop(0)
        yield name
        new = [one for one in beside[name] if one not in seen]
        seen.update(new)
        waiting += new


def _bulge(one: int, other: int) -> int:
    return min(18 + abs(one - other) // 2, _WIDEST)


def _arc(x: int, one: int, other: int) -> str:
    """From one height to the other, bulging to the left by as much as they lie apart."""
    out = x - _bulge(one, other)
    return f"M{x},{one}C{out},{one},{out},{other},{x},{other}"


def _dots(x: int) -> Spec:
    return {
        "type": "symbol",
        "from": {"data": "nodes"},
        "encode": {
            "enter": {
                "x": {"value": x}, "y": {"field": "y"}, "fill": {"value": LINE}, "stroke": {"value": PAPER},
                "strokeWidth": {"value": 2}, "size": {"signal": "80 + 60 * sqrt(datum.weight)"},
                "tooltip": {"field": "path"},
            }
        },
    }  # fmt: skip


def _arcs() -> Spec:
    told = "{title: datum.both, 'together': format(datum.degree, '.0%'), 'commits': datum.commits}"
    return {
        "type": "path",
        "from": {"data": "arcs"},
        "encode": {
            "enter": {
                "path": {"field": "path"}, "stroke": {"value": THREAD}, "strokeWidth": {"signal": "0.5 + 5 * datum.degree"},
                "fill": {"value": None}, "tooltip": {"signal": told},
            },
            "hover": {"stroke": {"value": LINE}},
        },
    }  # fmt: skip


def _names(x: int) -> Spec:
    """The paths; what does not fit is cut at its start, where paths say least."""
    return {
        "type": "text",
        "from": {"data": "nodes"},
        "encode": {
            "enter": {
                "x": {"value": x + 12}, "y": {"field": "y"}, "fill": {"value": INK}, "fontSize": {"value": 12},
                "baseline": {"value": "middle"}, "text": {"field": "path"}, "tooltip": {"field": "path"},
            },
            "update": {"limit": {"signal": f"width - {x + 16}"}, "dir": {"value": "rtl"}},
        },
    }  # fmt: skip
