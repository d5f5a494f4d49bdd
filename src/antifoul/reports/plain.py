"""A page as plain text for a terminal."""

import textwrap
from collections.abc import Iterator

from antifoul.facts.mending import Mending
from antifoul.facts.paths import inert, shown, visible
from antifoul.facts.report import Look
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
)
from antifoul.reports.mending import difference
from antifoul.reports.pages import duplicates, fleet, hotspots, markers, report, survey, trend

_BOLD, _END = "\x1b[1m", "\x1b[0m"
_GAP = "  "


def render_markers(found: Survey, look: Look) -> str:
    """The debt markers of a tree as a list."""
    return plain(markers.page(found), look)


def render_survey(found: Survey, look: Look) -> str:
    """The survey of a tree."""
    return plain(survey.page(found), look)


def render_report(found: Overview, look: Look) -> str:
    """The report on a repository."""
    return plain(report.page(found), look)


def render_fix(found: Mending, look: Look) -> str:
    """The differences alone."""
    return difference(found, look)


def render_fleet(found: Fleet, look: Look) -> str:
    """The report on many repositories."""
    return plain(fleet.page(found), look)


def render_hotspots(found: Hotspots, look: Look) -> str:
    """The hotspots."""
    return plain(hotspots.page(found), look)


def render_trend(found: Trend, look: Look) -> str:
    """The trend."""
    return plain(trend.page(found), look)


def render_duplicates(found: Duplicates, look: Look) -> str:
    """The copies."""
    return plain(duplicates.page(found), look)


def plain(page: tuple[Block, ...], look: Look) -> str:
    """The page, its tables aligned, its text wrapped to the width."""
    return "".join(f"{inert(line.rstrip())}\n" for block in page for line in _lines(block, look)).lstrip("\n")


def _lines(block: Block, look: Look) -> Iterator[str]:
    match block:
        case Heading(level, text):
            yield ""
            title = visible(text)
            yield f"{_BOLD}{title}{_END}" if look.colour else title
            if level == 1:
                yield "=" * len(title)
        case Paragraph(parts):
            yield from textwrap.wrap(_said(parts), look.width, break_long_words=False, break_on_hyphens=False)
        case Bullets(items, numbered):
            for number, item in enumerate(items, start=1):
                sign = f"{number}. " if numbered else "- "
                yield from textwrap.wrap(
                    _said(item), look.width, initial_indent=sign, subsequent_indent=" " * len(sign),
                    break_long_words=False, break_on_hyphens=False,
                )  # fmt: skip
        case Table():
            yield from _table(block)
        case Folded(title, blocks):
            yield f"{visible(title)}:"
            for inner in blocks:
                yield from _lines(inner, look)


def _table(table: Table) -> Iterator[str]:
    rows = [tuple(_said(cell) for cell in row) for row in table.rows]
    widths = [max(len(row[column]) for row in (table.heads, *rows)) for column in range(len(table.heads))]
    for row in (table.heads, *rows):
        cells = [
            cell.rjust(width) if column in table.right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield _GAP.join(cells)


def _said(parts: Words) -> str:
    return "".join(map(_one, parts))


def _one(part: Inline) -> str:
    match part:
        case Ref(path):
            return part.said(shown(path))
        case Mono(text):
            return visible(text)
        case str():
            return visible(part)
