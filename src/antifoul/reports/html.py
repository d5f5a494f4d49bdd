"""One HTML file that holds all that it shows: no request, no script but ours, readable light and dark, wide and narrow.

What comes from the repository is text: the template escapes it, and data for scripts cannot end its element.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote_from_bytes

from antifoul.facts.paths import for_json, shown, to_bytes, visible
from antifoul.facts.report import Look
from antifoul.measures.results import Overview
from antifoul.reports.blocks import Bullets, Folded, Heading, Inline, Mono, Paragraph, Ref, Table, Words, ticked
from antifoul.reports.filling import filled
from antifoul.reports.html_blocks import Chart, Files, Findings, Functions, Grid, Page, Part, Section
from antifoul.reports.pages import full

_GOOD, _FAIR = 75, 50


def render_report(found: Overview, look: Look) -> str:
    """The report on a repository."""
    return html(full.page(found), look)


def html(page: Page, look: Look) -> str:
    """The page through the template in `look`, whose `parts` are the style, the script and the chart library."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup  # noqa: PLC0415  jinja2's own

    scripts = {name: _script(look.parts[name]) for name in ("library", "script")}
    charts = {one.name: one.spec for section in page.sections for one in _charts(section.parts)}
    data: dict[str, Any] = {
        "title": visible(f"antifoul: {page.name}"),
        "name": visible(page.name),
        "score": None if page.score is None else f"{page.score:.0f}",
        "grade": _grade(page.score or 0.0),
        "lead": [_seen(block, look) for block in page.lead],
        "tiles": [{"value": visible(value), "name": visible(name)} for value, name in page.tiles],
        "sections": [_section(one, look) for one in page.sections],
        "footer": visible(page.footer),
        "policy": _policy(scripts.values()),
        "css": Markup(look.parts["css"]),  # noqa: S704  our own file
        "charts": Markup(_data(charts)),  # noqa: S704  no sign in it can end the element
        "details": Markup(_data(page.details)),  # noqa: S704  as above
        **{name: Markup(text) for name, text in scripts.items()},  # noqa: S704  our own files
    }  # fmt: skip
    environment = ImmutableSandboxedEnvironment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return filled(environment, look.template, data)


def _section(section: Section, look: Look) -> dict[str, Any]:
    parts = [_seen(part, look) for part in section.parts]
    return {"id": section.id, "short": section.short, "title": visible(section.title), "blocks": parts}


def _grade(score: float) -> str:
    return "good" if score >= _GOOD else "fair" if score >= _FAIR else "poor"


def _policy(scripts: Any) -> str:  # noqa: ANN401  texts
    """What the browser may do: run our scripts, by their hashes, and load nothing. Vega compiles its expressions."""
    hashes = " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts)
    return f"default-src 'none'; script-src {hashes} 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:"


def _script(text: str) -> str:
    """A script that cannot end its own element, whatever is in its strings."""
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _data(document: object) -> str:
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _charts(parts: Sequence[Part]) -> list[Chart]:
    return [
        one for part in parts for one in (part.charts if isinstance(part, Grid) else (part,)) if isinstance(one, Chart)
    ]


def _seen(part: Part, look: Look) -> dict[str, Any]:
    match part:
        case Heading(_, text):
            return {"kind": "heading", "text": visible(text)}
        case Paragraph(parts):
            return {"kind": "paragraph", "text": _said(parts, look)}
        case Bullets(items, numbered):
            return {"kind": "bullets", "numbered": numbered, "items": [_said(item, look) for item in items]}
        case Table(heads, rows, right):
            cells = [[_said(cell, look) for cell in row] for row in rows]
            return {"kind": "table", "heads": list(map(visible, heads)), "right": list(right), "rows": cells}
        case Folded(title, blocks):
            return {"kind": "folded", "title": visible(title), "blocks": [_seen(inner, look) for inner in blocks]}
        case _:
            return _drawn(part, look)


def _drawn(part: Chart | Grid | Functions | Files | Findings, look: Look) -> dict[str, Any]:
    match part:
        case Chart(name, _, label, says, title, ramp):
            text = _said(says, look)
            return {
                "kind": "chart",
                "name": name,
                "label": visible(label),
                "text": text,
                "title": visible(title),
                "ramp": ramp,
            }
        case Grid(charts):
            return {"kind": "grid", "blocks": [_drawn(one, look) for one in charts]}
        case Functions():
            return {"kind": "functions"}
        case Files(title, heads, rows):
            listed = [
                {
                    "file": _said((Ref(one.path),), look),
                    "path": for_json(one.path),
                    "cells": list(map(visible, one.cells)),
                }
                for one in rows
            ]
            return {"kind": "files", "title": visible(title), "heads": list(heads), "rows": listed}
        case Findings(findings):
            rules = sorted({visible(one.rule) for one in findings})
            table = [
                {
                    "place": _said((Ref(one.path, one.line),), look), "rule": visible(one.rule),
                    "severity": one.severity, "message": _said((one.message,), look),
                }
                for one in findings
            ]  # fmt: skip
            return {"kind": "findings", "rules": rules, "rows": table}


def _said(parts: Words, look: Look) -> list[dict[str, str]]:
    return [_one(part, look) for part in ticked(parts)]


def _one(part: Inline, look: Look) -> dict[str, str]:
    match part:
        case Ref(path, line):
            name = f"{shown(path)}:{line}" if line else shown(path)
            target = quote_from_bytes(to_bytes(path), safe="/") + (f"#L{line}" if line else "")
            # A page on its own has no folder that a relative link could start from.
            return {"kind": "ref", "text": name, "href": f"{look.links}{target}" if look.links else ""}
        case Mono(text):
            return {"kind": "mono", "text": visible(text)}
        case str():
            return {"kind": "text", "text": visible(part)}
