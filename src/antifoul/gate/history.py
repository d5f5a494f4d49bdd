"""Watch a history: hotspots and trends, from git's objects alone."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Skip
from antifoul.facts.history import History, Touch
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import role_of
from antifoul.facts.settings import Settings
from antifoul.facts.tree import Code
from antifoul.gate.blobs import measure_blobs
from antifoul.gate.scope import in_scope
from antifoul.ledger.measuring import Outcome, Progress, silent
from antifoul.ledger.store import Store, cache_folder
from antifoul.measures.forecast import backtest, forecast, sentence
from antifoul.measures.hotspots import FunctionSpot, Revision, Size, churn, marks_on, rank, rank_functions
from antifoul.measures.results import Hotspots, Trend, Value
from antifoul.readers.git import Git
from antifoul.readers.history import files_at, read_history

WEEKS = 104  # with a half-life of 60 days what is older weighs nothing
_WEEK = 7 * 24 * 3600
_EXEMPT = frozenset({"test", "docs"})
# Functions are looked into where it matters: every revision of a large file is read once, and kept.
_FILES_LOOKED_INTO = 12
_FUNCTION_WEEKS = 26
_REVISIONS_LOOKED_INTO = 60


class Watched(NamedTuple):
    """What a history is read with."""

    git: Git
    settings: Settings
    environ: Mapping[str, str]
    as_of: str | None = None
    weeks: int = WEEKS  # 0 for all
    progress: Progress = silent


def hotspots(watched: Watched) -> Hotspots:
    """The ranked files of the commit: package code, scripts and examples, neither tests nor documentation.

    Raises:
        UsageError: there is no history, or no such revision.
    """
    history = read_history(watched.git, watched.as_of, watched.weeks)
    judged = in_scope(watched.settings)
    files = {
        path: blob
        for path, blob in files_at(watched.git, history.head).items()
        if judged(path) and role_of(path) not in _EXEMPT
    }
    with Store(cache_folder(watched.environ)) as store:
        outcomes = _measure(watched, files.values(), store)
        codes: dict[RepoPath, Code] = {}
        notes = list(history.notes)
        for path, blob in files.items():
            outcome = outcomes[blob]
            if isinstance(outcome, ReadError):
                notes.append(Skip(path, str(outcome)))
            else:
                codes[path] = outcome
        return ranked(watched, history, codes, store)._replace(notes=tuple(notes))


def ranked(watched: Watched, history: History, codes: Mapping[RepoPath, Code], store: Store) -> Hotspots:
    """The hotspots of files whose numbers are known; of the hottest, the functions too."""
    renames = len({touch.old_path for one in history.commits for touch in one.touches if touch.old_path != touch.path})
    spots = rank({path: Size(code.complexity, code.loc) for path, code in codes.items()}, churn(history))
    hottest = [spot.path for spot in spots if spot.score > 0][:_FILES_LOOKED_INTO]
    functions = tuple(_functions(watched, history, {path: codes[path] for path in hottest}, store))
    ordered = tuple(sorted(functions, key=lambda spot: (-spot.score, spot.path, spot.line)))
    return Hotspots(history.head, _day(history.at), spots, ordered, history.weeks, renames, history.notes)


def _functions(
    watched: Watched, history: History, codes: Mapping[RepoPath, Code], store: Store
) -> Iterator[FunctionSpot]:
    """The functions of some files with the commits of the last half year that changed their bodies."""
    touches = marks_on(history, codes, since=history.at - _FUNCTION_WEEKS * _WEEK, most=_REVISIONS_LOOKED_INTO)
    blobs = {blob for rows in touches.values() for _, touch in rows for blob in (touch.blob, touch.old_blob) if blob}
    digests = {
        blob: {one.symbol: one.digest for one in outcome.copyable}
        for blob, outcome in _measure(watched, blobs, store).items()
        if isinstance(outcome, Code)
    }
    for path, code in codes.items():
        revisions = [
            Revision(commit.at, commit.author, digests.get(touch.old_blob, {}), digests.get(touch.blob, {}))
            for commit, touch in touches.get(path, ())
        ]
        yield from rank_functions(path, code.functions, revisions, history.at)


def trend(watched: Watched) -> Trend:
    """Weekly series, each the tree of the last commit until then, and what is expected of them.

    Raises:
        UsageError: there is no history, or no such revision.
    """
    history = read_history(watched.git, watched.as_of, watched.weeks)
    judged = in_scope(watched.settings)
    snapshots = list(_weekly(watched.git, history))
    blobs = {blob for _, files in snapshots for path, blob in files.items() if judged(path)}
    with Store(cache_folder(watched.environ)) as store:
        outcomes = _measure(watched, blobs, store)
    notes = list(history.notes)
    unread = sum(isinstance(outcome, ReadError) for outcome in outcomes.values())
    if unread:
        notes.append(Skip("", f"{unread} of {len(outcomes):,} file versions could not be read and count as absent"))
    rows = [
        (point, _totals(outcomes[blob] for path, blob in files.items() if judged(path)))
        for point, files in reversed(snapshots)
    ]
    series = {
        metric: tuple(point._replace(value=totals[metric]) for point, totals in rows)
        for metric in ("markers", "complexity", "mean_complexity", "loc", "annotation_coverage")
    }
    values = {metric: [point.value for point in points] for metric, points in series.items()}
    bands = {metric: forecast(metric, one) for metric, one in values.items()}
    return Trend(
        series,
        bands,
        {metric: backtest(metric, one) for metric, one in values.items()},
        {metric: sentence(metric, one, bands[metric]) for metric, one in values.items()},
        history.weeks,
        tuple(notes),
    )


def _weekly(git: Git, history: History) -> Iterator[tuple[Value, dict[RepoPath, str]]]:
    """The tree at the end of each week before the head, newest first: the head's, later touches undone.

    The value's date is the week's end, its commit the newest until then; a week without commits repeats the tree.
    """
    files = files_at(git, history.head)
    at = 0
    weeks = (history.at - min((commit.at for commit in history.commits), default=history.at)) // _WEEK + 1
    for week in range(min(weeks, history.weeks or weeks)):
        end = history.at - week * _WEEK
        while at < len(history.commits) and history.commits[at].at > end:
            _undo(files, history.commits[at].touches)
            at += 1
        if at == len(history.commits) and week:
            return
        newest = history.commits[at].id if at < len(history.commits) else history.head
        yield Value(_day(end), newest, 0.0), dict(files)


def _undo(files: dict[RepoPath, str], touches: Iterable[Touch]) -> None:
    marks = tuple(touches)
    for touch in marks:
        files.pop(touch.path, None)
    for touch in marks:
        if touch.old_blob:
            files[touch.old_path] = touch.old_blob


def _totals(outcomes: Iterable[Outcome]) -> dict[str, float]:
    codes = [outcome for outcome in outcomes if isinstance(outcome, Code)]
    functions = sum(len(code.functions) for code in codes)
    slots = sum(code.hint_slots for code in codes)
    return {
        "markers": sum(len(code.markers) for code in codes),
        "complexity": sum(code.complexity for code in codes),
        "mean_complexity": sum(one.complexity for code in codes for one in code.functions) / functions
        if functions
        else 0.0,
        "loc": sum(code.loc for code in codes),
        "annotation_coverage": sum(code.hints for code in codes) / slots if slots else 0.0,
    }


def _measure(watched: Watched, blobs: Iterable[str], store: Store) -> dict[str, Outcome]:
    return measure_blobs(watched.git, blobs, watched.settings, store, watched.progress)


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
