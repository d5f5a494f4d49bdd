"""The finished numbers of each use case: what the reports are given."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from antifoul.facts.finding import Finding, Skip
from antifoul.facts.paths import RepoPath
from antifoul.facts.settings import Profile, Thresholds
from antifoul.facts.tree import Code, Marker, Tree
from antifoul.measures.debt import Priority
from antifoul.measures.duplication import Duplication
from antifoul.measures.forecast import Backtest, Band
from antifoul.measures.health import Health
from antifoul.measures.hotspots import FunctionSpot, Hotspot
from antifoul.measures.places import Place


class MarkerRow(NamedTuple):
    """One marker with its priority; author and age are None unless blame was asked for."""

    path: RepoPath
    marker: Marker
    priority: Priority
    author: str | None = None
    age_days: int | None = None
    cell: int = 0  # of a notebook, where the marker's line is that of the cell
    commit: str | None = None
    expired: str = ""  # why it has expired, "" while it has not


class Survey(NamedTuple):
    """The numbers of a tree."""

    name: str
    tree: Tree
    duplication: Duplication
    markers: tuple[MarkerRow, ...]
    health: Health | None
    thresholds: Thresholds
    profile: Profile

    @property
    def codes(self) -> Mapping[RepoPath, Code]:
        """Each file's numbers by path."""
        return {file.path: file.code for file in self.tree.files}


class Hotspots(NamedTuple):
    """The ranked files of a commit. `date` is the commit's, ISO 8601."""

    commit: str
    date: str
    spots: tuple[Hotspot, ...]
    functions: tuple[FunctionSpot, ...]  # of the first files of the ranking, best first
    weeks: int
    renames: int  # earlier names that were followed
    notes: tuple[Skip, ...]


class Overview(NamedTuple):
    """What `report` tells: the tree, its history as far as there is one, and the places that matter."""

    survey: Survey
    hotspots: Hotspots | None
    findings: tuple[Finding, ...]
    places: tuple[Place, ...]
    missing: tuple[str, ...]  # what could not be told, and why
    today: date | None


class Value(NamedTuple):
    """One point of a series. `date` is the commit's, ISO 8601."""

    date: str
    commit: str
    value: float


class Trend(NamedTuple):
    """Series of a repository, oldest first, and what is expected of them."""

    series: Mapping[str, tuple[Value, ...]]
    bands: Mapping[str, tuple[Band, ...]]
    backtests: Mapping[str, tuple[Backtest, ...]]
    sentences: Mapping[str, str]
    weeks: int
    notes: tuple[Skip, ...]
