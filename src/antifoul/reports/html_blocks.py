"""What only the HTML page is made of, besides the blocks that every format knows."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from antifoul.facts.finding import Finding
from antifoul.facts.paths import RepoPath
from antifoul.reports.blocks import Block, Words
from antifoul.reports.charts.spec import Spec


class Chart(NamedTuple):
    """A chart. `label` is what a reader who cannot see it is told, `says` what stands below it."""

    name: str
    spec: Spec
    label: str
    says: Words
    title: str = ""
    ramp: bool = False  # its colours mean cold to hot


class Grid(NamedTuple):
    """Small charts side by side."""

    charts: tuple[Chart, ...]


class Functions(NamedTuple):
    """The place where a picked file's functions are shown."""


class FileRow(NamedTuple):
    """A file with its numbers."""

    path: RepoPath
    cells: tuple[str, ...]


class Files(NamedTuple):
    """The files as a table, the other way to pick one."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[FileRow, ...]


class Findings(NamedTuple):
    """Findings that a reader can filter."""

    findings: tuple[Finding, ...]


Part: TypeAlias = Block | Chart | Grid | Functions | Files | Findings


class Section(NamedTuple):
    """A part of the page with a title; `short` stands in the navigation."""

    id: str
    short: str
    title: str
    parts: tuple[Part, ...]


class Page(NamedTuple):
    """The whole page. `details` are the functions of each file, for the hotspot map."""

    name: str
    score: float | None
    lead: tuple[Block, ...]
    tiles: tuple[tuple[str, str], ...]  # a value and what it is
    sections: tuple[Section, ...]
    details: Mapping[str, Any]
    footer: str
