"""The finished numbers of each use case: what the reports are given."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from antifoul.facts.finding import Finding, Skip
from antifoul.facts.lint import Likeness
from antifoul.facts.paths import RepoPath
from antifoul.facts.settings import Profile, Thresholds
from antifoul.facts.tree import Code, Marker, Tree
from antifoul.measures.advice import Advice
from antifoul.measures.coupling import Coupling
from antifoul.measures.debt import Priority
from antifoul.measures.duplication import Duplication
from antifoul.measures.forecast import Outlook
from antifoul.measures.health import Health, Score
from antifoul.measures.hotspots import FunctionSpot, Hotspot
from antifoul.measures.marks import Followed
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
    scores: Mapping[RepoPath, Score] = {}  # the health of each judged file

    @property
    def codes(self) -> Mapping[RepoPath, Code]:
        """Each file's numbers by path."""
        return {file.path: file.code for file in self.tree.files}


class Hotspots(NamedTuple):
    """The ranked files of a commit. `date` is the commit's, ISO 8601."""

    commit: str
    date: str
    at: int  # the same in seconds since 1970
    spots: tuple[Hotspot, ...]
    functions: tuple[FunctionSpot, ...]  # of the first files of the ranking, best first
    looked_into: int  # files whose functions were looked at
    function_weeks: int
    advice: tuple[Advice, ...]  # on the hottest functions, best first
    coupling: Coupling
    weeks: int  # 0 for the whole history
    followed: Followed
    notes: tuple[Skip, ...]


class ConfigsSeen(NamedTuple):
    """The configs and launch commands of a tree: how many were judged, what was found, what is said again."""

    files: int
    commands: int
    not_judged: int
    found: tuple[tuple[str, str, int], ...]  # rule, severity, how often; the most grave first
    likeness: Likeness


class Overview(NamedTuple):
    """What `report` tells: the tree, its history as far as there is one, and the places that matter."""

    survey: Survey
    hotspots: Hotspots | None
    findings: tuple[Finding, ...]
    places: tuple[Place, ...]
    missing: tuple[str, ...]  # what could not be told, and why
    today: date | None
    trend: "Trend | None" = None
    configs: ConfigsSeen | None = None


class Value(NamedTuple):
    """One point of a series. `date` is the commit's, ISO 8601."""

    date: str
    commit: str
    value: float


class Move(NamedTuple):
    """A commit that moved a series, and the files that moved it most."""

    commit: str
    date: str
    title: str
    author: str
    change: float
    paths: tuple[RepoPath, ...]


class Series(NamedTuple):
    """One series: a value at every commit, oldest first, the same by weeks, and what is to be said of it."""

    points: tuple[Value, ...]
    weekly: tuple[float, ...]
    outlook: Outlook
    sentence: str
    moves: tuple[Move, ...]  # the largest first


class Trend(NamedTuple):
    """The series of a repository by their names."""

    series: Mapping[str, Series]
    commits: int
    weeks: int  # 0 for the whole history
    notes: tuple[Skip, ...]


class Ship(NamedTuple):
    """One repository of many. `lost` says why nothing is known of it, "" when something is."""

    place: str  # the folder, as it was given
    commit: str = ""
    date: str = ""
    health: float | None = None
    files: int = 0
    lines: int = 0
    complexity: int = 0
    over: int = 0  # functions over the limit of complexity
    markers: int = 0
    skipped: int = 0
    hottest: RepoPath = ""
    first: str = ""  # what to do first
    document: str = ""  # its whole report as JSON
    lost: str = ""


class Fleet(NamedTuple):
    """Many repositories, in the order given."""

    ships: tuple[Ship, ...]
