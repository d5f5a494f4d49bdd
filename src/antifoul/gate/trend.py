"""Watch a history: series of debt, exact at every commit, and what to expect of them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Skip
from antifoul.facts.history import History
from antifoul.facts.paths import RepoPath
from antifoul.facts.tally import Tally
from antifoul.gate.watching import Watched, day, judged_by
from antifoul.ledger.rows import Told
from antifoul.ledger.store import Store, cache_folder
from antifoul.ledger.tallying import MISSING, TOO_LARGE, tallied, unread
from antifoul.measures.forecast import outlook
from antifoul.measures.replay import METRICS, Replay, Step, replay, steps, weekly
from antifoul.measures.results import Move, Series, Trend, Value
from antifoul.measures.sentences import sentence
from antifoul.readers.history import files_at, read_history

Before: TypeAlias = Callable[[int], None]


def nothing_said(_: int) -> None:
    """What is to be read is said to nobody."""


def trend(watched: Watched, *, more: bool = False) -> Trend:
    """The series of the first-parent line, exact at every commit, and what is expected of them.

    With `more` also duplication and health, by weeks: each needs a whole tree.

    Raises:
        UsageError: there is no history, or no such revision.
    """
    history = read_history(watched.git, watched.span._replace(every=False))
    found = trend_of(watched, history)
    if not more:
        return found
    from antifoul.gate.series import weekly_series  # noqa: PLC0415  what it needs is slow to import

    return found._replace(series={**found.series, **weekly_series(watched, history)})


def trend_of(watched: Watched, history: History, before: Before = nothing_said) -> Trend:
    """The series of a first-parent line; `before` is told how many file versions are yet to be read."""
    judged = judged_by(watched.settings)
    files = files_at(watched.git, history.head)
    with Store(cache_folder(watched.environ)) as store:
        lineages = _lineages(history, files, judged)
        before(unread(lineages, watched.recipe, store))
        told = tallied(watched.git, lineages, watched.recipe, store, watched.progress)
    tallies = {blob: one for blob, one in told.items() if not isinstance(one, ReadError)}
    replayed = replay(files, history.commits, tallies, judged)
    series = _series(replayed, history, tallies)
    return Trend(series, len(replayed.states), history.weeks, (*history.notes, *_notes(told, replayed)))


def _lineages(history: History, files: Mapping[RepoPath, str], judged: Callable[[RepoPath], bool]) -> list[list[str]]:
    """The versions of each file under all its names, newest first."""
    now_called: dict[RepoPath, RepoPath] = {}
    lines: dict[RepoPath, list[str]] = {path: [blob] for path, blob in files.items() if judged(path)}
    for commit in history.commits:
        for touch in commit.touches:
            name = now_called.get(touch.path, touch.path)
            if touch.old_path != touch.path:
                now_called[touch.old_path] = name
            line = lines.setdefault(name, [])
            if touch.blob and judged(touch.path):
                line.append(touch.blob)
            if touch.old_blob and judged(touch.old_path):
                line.append(touch.old_blob)
    return list(lines.values())


def _series(replayed: Replay, history: History, tallies: Mapping[str, Tally]) -> dict[str, Series]:
    points = [(day(one.commit.at), one.commit.id, one.totals) for one in replayed.states]
    weeks = weekly(replayed.states, history.at)
    out = {}
    for metric in METRICS:
        values = tuple(week.state.totals.value(metric) for week in weeks)
        expected = outlook(metric, values)
        out[metric] = Series(
            tuple(Value(date, commit, totals.value(metric)) for date, commit, totals in points),
            values,
            expected,
            sentence(metric, values, expected),
            tuple(_move(step) for step in steps(replayed.states, metric, tallies)),
        )
    return out


def _move(step: Step) -> Move:
    commit = step.commit
    return Move(commit.id, day(commit.at), commit.title, commit.author, step.change, step.paths)


def _notes(told: Mapping[str, Told], replayed: Replay) -> Sequence[Skip]:
    notes = []
    unread = [str(one) for one in told.values() if isinstance(one, ReadError)]
    if unread:
        kinds = (
            (MISSING, "missing from this clone"),
            (TOO_LARGE, "over the size limit"),
            ("", "not Python that can be read here"),
        )
        left = Counter(next(shown for reason, shown in kinds if one.startswith(reason)) for one in unread)
        why = ", ".join(f"{left[shown]:,} {shown}" for _, shown in kinds if left[shown])
        notes.append(Skip("", f"{len(unread):,} of {len(told):,} file versions count as absent: {why}"))
    if strayed := replayed.strayed:
        many = "1 change" if strayed == 1 else f"{strayed:,} changes"
        notes.append(Skip("", f"{many} did not fit the tree before: values before that are not exact"))
    return notes
