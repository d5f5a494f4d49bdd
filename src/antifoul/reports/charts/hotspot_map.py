"""The hotspot map: a rectangle a file, its area lines, its colour the score."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from antifoul.reports.charts.spec import INK, PAPER, RAMP, VEGA, Spec, as_wide_as_its_place

_MOST_FILES = 1500  # more would be specks
_HEIGHT = 460
_NAMED_FOLDERS = 14
_LARGE = 0.3  # of all lines: such a folder is named by its parts


def hotspot_map(files: Sequence[Mapping[str, Any]], scores: Mapping[str, float]) -> Spec:
    """The map of a survey's files; a file without a score is cold."""
    shown = largest(files)
    top = max(scores.values(), default=0.0) or 1.0
    return {
        "$schema": VEGA,
        "padding": 0,
        "autosize": "none",
        "signals": [*as_wide_as_its_place(_HEIGHT), {"name": "picked", "value": ""}],
        "data": [{"name": "tree", "values": _nodes(shown, scores), "transform": _layout()}, *_parts()],
        "scales": [
            # The root spreads the many lukewarm files; a linear scale would show one hot file and a grey plain.
            {"name": "heat", "type": "sqrt", "domain": [0, top], "range": RAMP, "interpolate": "lab", "clamp": True}
        ],
        "marks": [_files(), _folders(), _names(top), *_folder_names()],
    }


def largest(files: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The files that the map shows."""
    return sorted(files, key=lambda one: (-one["loc"], one["path"]))[:_MOST_FILES]


def _nodes(files: Sequence[Mapping[str, Any]], scores: Mapping[str, float]) -> list[Spec]:
    """A row for each folder and file. Ids are numbers: a name may be anything."""
    folders: dict[str, int] = {"": 0}
    rows: list[Spec] = [{"id": 0, "parent": None, "path": ""}]
    named = _districts(files)
    for file in files:
        parent = 0
        parts = file["path"].split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder not in folders:
                folders[folder] = len(rows)
                row = {"id": len(rows), "parent": parent, "path": f"{folder}/"}
                rows.append({**row, "named": True} if folder in named else row)
            parent = folders[folder]
        rows.append(
            {
                "id": len(rows), "parent": parent, "name": parts[-1], "path": file["path"], "file": True,
                "loc": max(file["loc"], 1), "score": round(scores.get(file["path"], 0.0), 2),
                "complexity": file["complexity"],
            }
        )  # fmt: skip
    return rows


def _districts(files: Sequence[Mapping[str, Any]]) -> set[str]:
    """The folders that are worth a name on the map: the top ones, and of one that holds most of it those inside."""
    lines: Counter[str] = Counter()
    inside: dict[str, set[str]] = {}
    for file in files:
        folder = file["path"].rpartition("/")[0]
        while folder:
            lines[folder] += file["loc"]
            inside.setdefault(folder.rpartition("/")[0], set()).add(folder)
            folder = folder.rpartition("/")[0]
    found, total = set(inside.get("", ())), sum(file["loc"] for file in files)
    while found and len(found) < _NAMED_FOLDERS:
        largest = max(found, key=lambda one: (lines[one], one))
        if lines[largest] < _LARGE * total or len(inside.get(largest, ())) < 2:
            break
        found = (found - {largest}) | inside[largest]
    return found


def _layout() -> list[Spec]:
    treemap = {
        "type": "treemap", "field": "loc", "sort": {"field": "value", "order": "descending"}, "round": True,
        "method": "squarify", "ratio": 1.5, "paddingInner": 1, "paddingOuter": 1, "size": [{"signal": "width"}, {"signal": "height"}],
    }  # fmt: skip
    return [{"type": "stratify", "key": "id", "parentKey": "parent"}, treemap]


def _parts() -> list[Spec]:
    return [
        {"name": "files", "source": "tree", "transform": [{"type": "filter", "expr": "datum.file"}]},
        {"name": "folders", "source": "tree", "transform": [{"type": "filter", "expr": "datum.named"}]},
    ]


_PLACE = {"x": {"field": "x0"}, "y": {"field": "y0"}, "x2": {"field": "x1"}, "y2": {"field": "y1"}}


def _files() -> Spec:
    told = (
        "{title: datum.path, 'lines': format(datum.loc, ','), 'paths': format(datum.complexity, ','), "
        "'hotspot score': format(datum.score, ',.1f')}"
    )
    picked = {"test": "picked === datum.path", "value": INK}
    return {
        "type": "rect",
        "name": "file",
        "from": {"data": "files"},
        "encode": {
            "enter": {"cursor": {"value": "pointer"}, "tooltip": {"signal": told}},
            "update": {
                **_PLACE,
                "fill": {"scale": "heat", "field": "score"},
                "stroke": [picked, {"value": PAPER}],
                "strokeWidth": [{"test": "picked === datum.path", "value": 3}, {"value": 1}],
            },
            "hover": {"stroke": {"value": INK}, "strokeWidth": {"value": 2}},
        },
    }


def _folders() -> Spec:
    return {
        "type": "rect",
        "interactive": False,
        "from": {"data": "folders"},
        "encode": {"update": {**_PLACE, "fill": {"value": "transparent"}, "stroke": {"value": PAPER}, "strokeWidth": {"value": 3}}},
    }  # fmt: skip


def _folder_names() -> list[Spec]:
    """Each named folder's path across it, on a halo, so that it can be read over any colour."""
    fits = "datum.x1 - datum.x0 > 70 && datum.y1 - datum.y0 > 34"
    place = {
        "x": {"signal": "(datum.x0 + datum.x1) / 2"}, "y": {"signal": "(datum.y0 + datum.y1) / 2"},
        "align": {"value": "center"}, "baseline": {"value": "middle"}, "fontSize": {"value": 14},
        "fontWeight": {"value": "bold"}, "text": {"signal": f"{fits} ? datum.path : ''"},
        "limit": {"signal": "datum.x1 - datum.x0 - 8"},
    }  # fmt: skip
    halo = {
        "stroke": {"value": PAPER},
        "strokeWidth": {"value": 4},
        "strokeJoin": {"value": "round"},
        "opacity": {"value": 0.75},
    }
    text = {"type": "text", "interactive": False, "from": {"data": "folders"}}
    return [{**text, "encode": {"update": {**place, **look}}} for look in (halo, {"fill": {"value": INK}})]


def _names(top: float) -> Spec:
    """Names where they fit, dark on light and light on dark."""
    wide = "datum.x1 - datum.x0"
    fits = f"{wide} > 44 && datum.y1 - datum.y0 > 16"
    return {
        "type": "text",
        "interactive": False,
        "from": {"data": "files"},
        "encode": {
            "update": {
                "x": {"signal": "datum.x0 + 4"},
                "y": {"signal": "datum.y0 + 4"},
                "baseline": {"value": "top"},
                "fontSize": {"value": 11},
                "limit": {"signal": f"{wide} - 8"},
                "text": {"signal": f"{fits} ? datum.name : ''"},
                "fill": [{"test": f"sqrt(datum.score / {top}) > $turn", "value": "$onhot"}, {"value": "$oncold"}],
            }
        },
    }
