"""A series of a trend, with the fan of its forecast."""

from collections.abc import Mapping, Sequence
from typing import Any

from antifoul.reports.charts.spec import LINE, Spec, vega_lite


def trend_line(
    name: str, weeks: Sequence[tuple[str, float]], ahead: Sequence[Mapping[str, Any]], *, share: bool = False
) -> Spec:
    """The line so far, the expected one dashed, and bands that should hold 80 and 95 of 100 outcomes."""
    past: list[Spec] = [{"date": day, "value": value} for day, value in weeks]
    last = past[-1]
    edges = ("low80", "high80", "low95", "high95")
    fan = [{**last, **dict.fromkeys(edges, last["value"])}] if ahead else []
    fan += [{"date": one["date"][:10], "value": one["value"], **{edge: one[edge] for edge in edges}} for one in ahead]
    form = ".0%" if share else "~s"
    x = {
        "field": "date",
        "type": "temporal",
        "axis": {"title": None, "format": "%b %Y", "tickCount": 4, "labelOverlap": True},
    }
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": _scale([value for _, value in weeks], ahead),
        "axis": {"title": None, "tickCount": 4, "format": form},
    }
    told = [
        {"field": "date", "type": "temporal", "title": "week to"},
        {"field": "value", "type": "quantitative", "title": name, "format": form if share else ",.4~g"},
    ]
    layers: list[Spec] = []
    for edge, opacity in (("95", 0.18), ("80", 0.3)):
        band = {"x": x, "y": {**y, "field": f"low{edge}"}, "y2": {"field": f"high{edge}"}}
        layers.append(
            {
                "data": {"values": fan},
                "mark": {"type": "area", "clip": True, "color": LINE, "opacity": opacity},
                "encoding": band,
            }
        )
    dashed = {"type": "line", "color": LINE, "strokeDash": [4, 4], "strokeWidth": 2}
    layers.append({"data": {"values": fan}, "mark": dashed, "encoding": {"x": x, "y": y, "tooltip": told}})
    solid = {"type": "line", "color": LINE, "strokeWidth": 2, "interpolate": "monotone"}
    layers.append({"data": {"values": past}, "mark": solid, "encoding": {"x": x, "y": y}})
    dot = {"type": "point", "color": LINE, "filled": True, "size": 60, "opacity": 0}
    layers.append({"data": {"values": past}, "mark": dot, "encoding": {"x": x, "y": y, "tooltip": told}})
    return vega_lite(height=150, layer=layers)


def _scale(past: Sequence[float], ahead: Sequence[Mapping[str, Any]]) -> Spec:
    """As high and low as the line goes, and of the fan as much again: a very wide one would make a flat line of it."""
    known = [*past, *(one["value"] for one in ahead)]
    low, high = min(known), max(known)
    room = max(high - low, 0.05 * abs(high), 1e-9)
    fan = [one[edge] for one in ahead for edge in ("low95", "high95") if one[edge] is not None]
    bottom = max(min([low, *fan]), low - room)
    top = min(max([high, *fan]), high + room)
    return {"zero": False, "nice": True, "domain": [bottom, top]}
