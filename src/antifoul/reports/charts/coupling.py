"""Files that change together: a graph of the strongest pairs."""

from collections.abc import Mapping, Sequence
from typing import Any

from antifoul.reports.charts.spec import INK, LINE, PAPER, THREAD, VEGA, Spec, as_wide_as_its_place

_HEIGHT = 420


def coupling(pairs: Sequence[Mapping[str, Any]]) -> Spec:
    """A dot for each file, a line for each pair, as thick as the two are coupled."""
    names = sorted({one[side] for one in pairs for side in ("left", "right")})
    place = {name: number for number, name in enumerate(names)}
    weight = {name: sum(one["degree"] for one in pairs if name in (one["left"], one["right"])) for name in names}
    nodes = [{"path": name, "name": name.rpartition("/")[2], "weight": round(weight[name], 3)} for name in names]
    links = [
        {
            "source": place[one["left"]], "target": place[one["right"]], "degree": one["degree"],
            "commits": one["commits"], "both": f"{one['left']} and {one['right']}",
        }
        for one in pairs
    ]  # fmt: skip
    return {
        "$schema": VEGA,
        "padding": 0,
        "autosize": "none",
        "signals": as_wide_as_its_place(_HEIGHT),
        "data": [{"name": "nodes", "values": nodes}, {"name": "links", "values": links}],
        "marks": [_dots(), _lines(), _names()],
    }


def _dots() -> Spec:
    """The nodes; they are laid out here, and the lines and names follow them."""
    forces = [
        {"force": "center", "x": {"signal": "width / 2"}, "y": {"signal": "height / 2"}},
        {"force": "collide", "radius": {"signal": "clamp(width / 28, 20, 34)"}},
        {"force": "nbody", "strength": {"signal": "-clamp(width / 8, 75, 140)"}, "distanceMax": 320},
        {"force": "x", "x": "xfocus", "strength": {"signal": "width < 500 ? 0.13 : 0.03"}},
        {"force": "y", "y": "yfocus", "strength": {"signal": "width < 500 ? 0.06 : 0.12"}},
        {"force": "link", "links": "links", "distance": {"signal": "clamp(width / 12, 34, 64)"}},
    ]
    layout = {"type": "force", "iterations": 300, "static": True, "signal": "force", "forces": forces}
    return {
        "name": "dots",
        "type": "symbol",
        "zindex": 1,
        "from": {"data": "nodes"},
        "encode": {
            "enter": {
                "xfocus": {"signal": "width / 2"}, "yfocus": {"signal": "height / 2"},
                "fill": {"value": LINE}, "stroke": {"value": PAPER}, "strokeWidth": {"value": 2},
                "size": {"signal": "80 + 120 * sqrt(datum.weight)"}, "tooltip": {"field": "path"},
            }
        },
        "transform": [layout],
    }  # fmt: skip


def _lines() -> Spec:
    route = {
        "type": "linkpath", "require": {"signal": "force"}, "shape": "line", "sourceX": "datum.source.x",
        "sourceY": "datum.source.y", "targetX": "datum.target.x", "targetY": "datum.target.y",
    }  # fmt: skip
    told = "{title: datum.both, 'together': format(datum.degree, '.0%'), 'commits': datum.commits}"
    return {
        "type": "path",
        "from": {"data": "links"},
        "encode": {
            "enter": {"stroke": {"value": THREAD}, "strokeWidth": {"signal": "1 + 6 * datum.degree"}, "tooltip": {"signal": told}},
            "hover": {"stroke": {"value": LINE}},
        },
        "transform": [route],
    }  # fmt: skip


def _names() -> Spec:
    return {
        "type": "text",
        "zindex": 2,
        "interactive": False,
        "from": {"data": "dots"},
        "encode": {
            "enter": {"fill": {"value": INK}, "fontSize": {"value": 10}, "align": {"value": "center"}, "baseline": {"value": "top"}},
            "update": {
                "x": {"field": "x"}, "y": {"signal": "datum.y + 9"}, "text": {"field": "datum.name"},
                "limit": {"value": 110},
            },
        },
    }  # fmt: skip
