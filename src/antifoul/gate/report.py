"""The main job: a tree, its history and the ten places that matter, in one report."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeAlias

from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.finding import SEVERITIES, Finding, Hit, Placed, settle
from antifoul.facts.history import History
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import is_notebook, role_of
from antifoul.facts.tree import Undefined
from antifoul.gate.check import Asked, selected
from antifoul.gate.history import Known, coupled, ranked
from antifoul.gate.lint.kept import Said
from antifoul.gate.lint.run import said_of
from antifoul.gate.survey import Past, World, survey
from antifoul.gate.trend import trend_of
from antifoul.gate.watching import EXEMPT, WEEKS, Watched
from antifoul.ledger.store import Store, cache_folder
from antifoul.measures.fixes import recent_fixes
from antifoul.measures.hotspots import Size, churns
from antifoul.measures.marks import marks_of
from antifoul.measures.places import Seen, ten_places
from antifoul.measures.results import ConfigsSeen, Hotspots, Overview, Survey
from antifoul.measures.whole import bodies_of
from antifoul.readers.disk import read_regular
from antifoul.readers.git import Git
from antifoul.readers.history import Span, files_at, read_history

_SECONDS_A_VERSION = 0.0012  # to read one version of a file
_PATIENCE = 20  # seconds: where more are expected, the tree's part is told first

Early: TypeAlias = Callable[[Overview, float], None]  # the tree alone, and the seconds that its history will take


def told_at_once(_: Overview, __: float) -> None:
    """The tree's part is not told apart."""


def report(world: World, *, weeks: int = WEEKS, early: Early = told_at_once, with_blame: bool = False) -> Overview:
    """The overview of the tree. What history it has is added; what is missing is said.

    `with_blame` adds who wrote each marker, and when.
    """
    missing: list[str] = []
    history = _history(world, weeks, missing)
    past = Past(recent_fixes(history), churns(marks_of(history), history)) if history else None
    surveyed = survey(world, past=past, with_blame=with_blame)
    spots = _hotspots(world, world.git, surveyed, history, weeks) if history and world.git else None
    configs = said_of(world)
    findings = _findings(surveyed, world, configs)
    today = datetime.fromtimestamp(history.at, UTC).date() if history else None
    seen = Seen(
        tree=surveyed.tree._replace(files=tuple(one for one in surveyed.tree.files if not is_notebook(one.path))),
        hotspots=spots.spots if spots else (),
        duplication=surveyed.duplication,
        findings=findings,
        advice=spots.advice if spots else (),
        today=today,
        complexity_limit=world.settings.thresholds.complexity,
    )
    found = Overview(
        surveyed, spots, findings, ten_places(seen), tuple(missing), today, configs=_configs(configs, world)
    )
    if history is None or world.git is None or world.below:
        return found

    def before(versions: int) -> None:
        seconds = versions * _SECONDS_A_VERSION
        if seconds > _PATIENCE:
            early(found, seconds)

    watched = Watched(world.git, world.settings, world.environ, Span(weeks=weeks), world.progress)
    return found._replace(trend=trend_of(watched, history, before))


def _history(world: World, weeks: int, missing: list[str]) -> History | None:
    if world.git is None:
        missing.append(
            f"{os.path.basename(world.root)} is not in a git repository: no hotspots, no stability in the health score"  # noqa: PTH119
        )
        return None
    try:
        history = read_history(world.git, Span(weeks=weeks))
    except (UsageError, ReadError) as problem:
        missing.append(f"{problem}: no hotspots, no stability in the health score")
        return None
    missing += [note.reason for note in history.notes]
    return history


def _hotspots(world: World, git: Git, surveyed: Survey, history: History, weeks: int) -> Hotspots:
    known = {
        path: Known(
            Size(code.complexity, code.loc),
            bodies_of(code),
        )
        for path, code in surveyed.codes.items()
        if role_of(path) not in EXEMPT and not is_notebook(path)
    }
    watched = Watched(git, world.settings, world.environ, Span(weeks=weeks), world.progress)
    with Store(cache_folder(world.environ)) as store:
        found = ranked(watched, history, known, store, lambda paths: _contents(world.root, paths))
    pairs = coupled(watched, history, files_at(git, history.head), with_tests=False)
    return found._replace(coupling=pairs)


def _contents(root: str, paths: Sequence[RepoPath]) -> dict[RepoPath, bytes]:
    found = {}
    for path in paths:
        with suppress(ReadError):
            found[path] = read_regular(os.path.join(root, path))  # noqa: PTH118  bytes in names
    return found


def _configs(said: Said, world: World) -> ConfigsSeen | None:
    """What is told of configs; None where there is none."""
    on = {entry.name for entry, _ in selected(world.settings, Asked())}
    count = Counter((one.rule, one.severity) for one in said.placed if one.rule in on)
    if not said.files and not said.commands and not count and not said.likeness.configs:
        return None
    ordered = sorted(count.items(), key=lambda row: (SEVERITIES.index(row[0][1]), -row[1], row[0][0]))
    found = tuple((rule, severity, number) for (rule, severity), number in ordered)
    return ConfigsSeen(said.files, said.commands, len(said.skipped), found, said.likeness)


def _findings(surveyed: Survey, world: World, configs: Said) -> tuple[Finding, ...]:
    """What the tree's own rules say: names that nothing defines, configs that cannot be what was meant."""
    placed = [
        Placed(
            "undefined-name",
            path,
            Hit(one.line, f"{one.name!r} is not defined: {_fails(one)}", symbol=one.symbol, anchor=one.name),
            "error" if one.at_import else "warning",
        )
        for path, code in surveyed.codes.items()
        for one in code.undefined
    ]
    placed += [one for one in configs.placed if one.severity == "error"]
    on = {entry.name for entry, _ in selected(world.settings, Asked())}
    kept = settle((one for one in placed if one.rule in on), world.settings.fail_on)
    return tuple(sorted(kept, key=lambda one: (one.severity != "error", one.path, one.line)))


def _fails(one: Undefined) -> str:
    return "importing this module fails" if one.at_import else "it fails when this line runs"
