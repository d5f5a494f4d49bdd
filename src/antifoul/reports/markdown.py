"""A page as GitHub-flavoured Markdown, by a template that users may replace.

What comes from the repository is escaped: it cannot start a table cell, a link, an image, HTML, or notify
anyone.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote_from_bytes

from antifoul.facts.paths import shown, to_bytes, visible
from antifoul.facts.report import CheckReport, Look
from antifoul.measures.duplicates import Duplicates
from antifoul.measures.results import Fleet, Hotspots, Overview, Survey, Trend
from antifoul.reports.blocks import (
    Block,
    Bullets,
    Folded,
    Heading,
    Inline,
    Mono,
    Paragraph,
    Ref,
    Table,
    Words,
    ticked,
)
from antifoul.reports.filling import filled
from antifoul.reports.pages import check, duplicates, fleet, hotspots, markers, report, survey, trend

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~])")
_NOTIFIES = re.compile(r"([@#])(?=\w)|(\b[Gg][Hh])-(?=\d)")


def render_check(found: CheckReport, look: Look) -> str:
    """The verdict on a change."""
    return markdown(check.page(found), look)


def render_markers(found: Survey, look: Look) -> str:
    """The debt markers of a tree as a list."""
    return markdown(markers.page(found), look)


def render_survey(found: Survey, look: Look) -> str:
    """The survey of a tree."""
    return markdown(survey.page(found), look)


def render_report(found: Overview, look: Look) -> str:
    """The report on a repository."""
    return markdown(report.page(found), look)


def render_fleet(found: Fleet, look: Look) -> str:
    """The report on many repositories."""
    return markdown(fleet.page(found), look)


def render_hotspots(found: Hotspots, look: Look) -> str:
    """The hotspots."""
    return markdown(hotspots.page(found), look)


def render_trend(found: Trend, look: Look) -> str:
    """The trend."""
    return markdown(trend.page(found), look)


def render_duplicates(found: Duplicates, look: Look) -> str:
    """The copies."""
    return markdown(duplicates.page(found), look)


def markdown(page: Sequence[Block], look: Look) -> str:
    """The page through the template in `look`, which sees `blocks`: a dictionary each, all text escaped."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    text = filled(environment, look.template, {"blocks": [_seen(block, look) for block in page]})
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _seen(block: Block, look: Look) -> dict[str, Any]:
    match block:
        case Heading(level, text):
            return {"kind": "heading", "level": level, "text": _escaped(text)}
        case Paragraph(parts):
            return {"kind": "paragraph", "text": _said(parts, look)}
        case Bullets(items, numbered):
            return {"kind": "bullets", "numbered": numbered, "items": [_said(item, look) for item in items]}
        case Table(heads, rows, right):
            return {
                "kind": "table",
                "heads": [_escaped(head) for head in heads],
                "rules": ["--:" if column in right else ":--" for column in range(len(heads))],
                "rows": [[_said(cell, look) for cell in row] for row in rows],
            }
        case Folded(title, blocks):
            return {
                "kind": "folded",
                "title": _escaped(title),
                "blocks": [_seen(inner, look) for inner in blocks],
            }


def _said(parts: Words, look: Look) -> str:
    return "".join(_one(part, look) for part in ticked(parts))


def _one(part: Inline, look: Look) -> str:
    match part:
        case Ref(path, line, cell):
            target = quote_from_bytes(to_bytes(path), safe="/") + (f"#L{line}" if line and not cell else "")
            return f"[{_code(part.said(shown(path)))}]({look.links}{target})"
        case Mono(text):
            return _code(visible(text))
        case str():
            return _escaped(part)


def _escaped(text: str) -> str:
    """The text with nothing left that Markdown, HTML or GitHub's mentions would act on."""
    safe = _SPECIAL.sub(r"\\\1", visible(text)).replace("&", "&amp;")
    safe = _NOTIFIES.sub(lambda found: f"{found[1]}<!-- -->" if found[1] else f"{found[2]}<!-- -->-", safe)
    return safe.replace("://", ":&#47;&#47;").replace("www.", "www&#46;")


def _code(text: str) -> str:
    """A code span that holds the text whatever backticks are in it; a bar would end a table's cell."""
    runs = [len(run) for run in re.findall(r"`+", text)]
    fence = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")
