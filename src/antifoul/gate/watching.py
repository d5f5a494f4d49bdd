"""What the use cases of a history share: where they look, and the contents that they read."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from antifoul.facts.paths import RepoPath
from antifoul.facts.settings import Settings
from antifoul.gate.scope import in_scope, role_by
from antifoul.ledger.measuring import Progress, silent
from antifoul.ledger.tallying import Recipe
from antifoul.readers.git import Git
from antifoul.readers.history import Span

WEEKS = 104  # with a half-life of 60 days what is older weighs nothing
EXEMPT = frozenset({"test", "docs"})


class Watched(NamedTuple):
    """What a history is read with."""

    git: Git
    settings: Settings
    environ: Mapping[str, str]
    span: Span = Span(weeks=WEEKS)
    progress: Progress = silent

    @property
    def recipe(self) -> Recipe:
        """How contents are tallied."""
        return Recipe(self.settings.markers, self.settings.thresholds.file_bytes)


def judged_by(settings: Settings) -> Callable[[RepoPath], bool]:
    """Whether a path is a Python file in scope; each is decided once."""
    scope = in_scope(settings)
    known: dict[RepoPath, bool] = {}

    def judged(path: RepoPath) -> bool:
        found = known.get(path)
        if found is None:
            found = known[path] = path.endswith(".py") and scope(path)
        return found

    return judged


def ranked_paths(settings: Settings, paths: Iterable[RepoPath]) -> list[RepoPath]:
    """The files that are ranked: package code, scripts and examples, neither tests nor documentation."""
    judged, role = judged_by(settings), role_by(settings)
    return [path for path in paths if judged(path) and role(path) not in EXEMPT]


def day(at: int) -> str:
    """The time, ISO 8601."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
