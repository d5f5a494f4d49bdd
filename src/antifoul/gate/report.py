"""The main job: a tree, its history and the ten places that matter, in one report."""

import os
from datetime import UTC, datetime

from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.history import History
from antifoul.facts.roles import role_of
from antifoul.gate.history import WEEKS, ranked
from antifoul.gate.survey import World, survey
from antifoul.measures.hotspots import Size, recent_fixes
from antifoul.measures.places import Seen, ten_places
from antifoul.measures.results import Hotspots, Overview, Survey
from antifoul.readers.history import read_history

_EXEMPT = frozenset({"test", "docs"})


def report(world: World, *, weeks: int = WEEKS) -> Overview:
    """The overview of the tree. What history it has is added; what is missing is said."""
    missing: list[str] = []
    history = _history(world, weeks, missing)
    surveyed = survey(world, fixes=recent_fixes(history) if history else None)
    spots = _hotspots(surveyed, history) if history else None
    today = datetime.fromtimestamp(history.at, UTC).date() if history else None
    seen = Seen(
        tree=surveyed.tree,
        hotspots=spots.spots if spots else (),
        duplication=surveyed.duplication,
        findings=(),
        today=today,
        complexity_limit=world.settings.thresholds.complexity,
    )
    return Overview(surveyed, spots, (), ten_places(seen), tuple(missing), today)


def _history(world: World, weeks: int, missing: list[str]) -> History | None:
    if world.git is None:
        missing.append(
            f"{os.path.basename(world.root)} is not in a git repository: no hotspots, no stability in the health score"  # noqa: PTH119
        )
        return None
    try:
        history = read_history(world.git, None, weeks)
    except (UsageError, ReadError) as problem:
        missing.append(f"{problem}: no hotspots, no stability in the health score")
        return None
    missing += [note.reason for note in history.notes]
    return history


def _hotspots(surveyed: Survey, history: History) -> Hotspots:
    sizes = {
        path: Size(code.complexity, code.loc) for path, code in surveyed.codes.items() if role_of(path) not in _EXEMPT
    }
    return ranked(history, sizes, history.notes)
