"""Watch a history: the hotspots of a commit, from git's objects alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Skip
from antifoul.facts.history import History
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import is_template
from antifoul.facts.tally import Body
from antifoul.gate.advising import Contents, Hot, advice_on
from antifoul.gate.scope import in_scope, role_by
from antifoul.gate.watching import Watched, day, ranked_paths
from antifoul.ledger.revisions import Pair, changed_functions
from antifoul.ledger.store import Store, cache_folder
from antifoul.ledger.tallying import read_all
from antifoul.measures.coupling import Coupling, coupling
from antifoul.measures.hotspots import Change, Hotspot, Size, churns, rank, rank_functions
from antifoul.measures.marks import Mark, followed, marks_of
from antifoul.measures.results import Hotspots
from antifoul.readers.git import Git
from antifoul.readers.history import files_at, read_history

_WEEK = 7 * 24 * 3600
# Functions are looked into where it matters: the hottest files first, until so many revisions were read.
_REVISIONS = 500
_FUNCTION_WEEKS = (26, 52, 104)
_FEWEST_REVISIONS = 100


class Known(NamedTuple):
    """What is known of a file of the head."""

    size: Size
    bodies: tuple[Body, ...]


def hotspots(watched: Watched, *, with_tests: bool = True) -> Hotspots:
    """The ranked files of the commit: package code, scripts and examples, neither tests nor documentation.

    `with_tests` says whether tests may be coupled.

    Raises:
        UsageError: there is no history, or no such revision.
    """
    history = read_history(watched.git, watched.span)
    files = files_at(watched.git, history.head)
    wanted = ranked_paths(watched.settings, files)
    known: dict[RepoPath, Known] = {}
    notes = list(history.notes)
    with Store(cache_folder(watched.environ)) as store:
        read = read_all(watched.git, (files[path] for path in wanted), watched.recipe, store)
        for path in wanted:
            outcome = read[files[path]]
            if isinstance(outcome, ReadError):
                notes.append(Skip(path, str(outcome)))
            else:
                known[path] = Known(Size(outcome.tally.complexity, outcome.tally.loc), outcome.bodies)
        found = ranked(watched, history, known, store, lambda paths: _contents(watched.git, files, paths))
    pairs = coupled(watched, history, files, with_tests=with_tests)
    return found._replace(coupling=pairs, notes=tuple(notes))


def ranked(
    watched: Watched, history: History, known: Mapping[RepoPath, Known], store: Store, contents: Contents
) -> Hotspots:
    """The hotspots of files whose numbers are known; of the hottest, the functions too. Coupling is not looked at."""
    marks = marks_of(history)
    churn = churns({path: marks[path] for path in known if path in marks}, history)
    spots = rank({path: one.size for path, one in known.items()}, churn)
    weeks = _function_weeks({path: marks[path] for path in known if path in marks}, history)
    hottest = _hottest(spots, marks, history.at - weeks * _WEEK)
    functions = [
        spot
        for path, changes in _changes(watched, hottest, store)
        for spot in rank_functions(path, known[path].bodies, changes, history.at)
    ]
    functions.sort(key=lambda spot: (-spot.score, spot.path, spot.line))
    hot = Hot(
        files={spot.path: spot for spot in spots if spot.path in hottest},
        marks=hottest,
        bodies={path: known[path].bodies for path in hottest},
        functions=functions,
        weeks=weeks,
    )
    return Hotspots(
        commit=history.head,
        date=day(history.at),
        at=history.at,
        spots=spots,
        functions=tuple(functions),
        looked_into=len(hottest),
        function_weeks=weeks,
        advice=advice_on(watched, hot, contents, store),
        coupling=Coupling((), 0, 0, 0, 0),
        weeks=history.weeks,
        followed=followed(marks, known),
        notes=history.notes,
    )


def _contents(git: Git, files: Mapping[RepoPath, str], paths: Sequence[RepoPath]) -> dict[RepoPath, bytes]:
    read = git.blobs(files[path] for path in paths)
    return {path: data for path in paths if (data := read[files[path]]) is not None}


def coupled(watched: Watched, history: History, files: Iterable[RepoPath], *, with_tests: bool) -> Coupling:
    """The files of the head that change together: sources, configs and scripts; vendored ones are left out."""
    scope, role = in_scope(watched.settings), role_by(watched.settings)
    here = frozenset(files)

    def wanted(path: RepoPath) -> bool:
        return path in here and scope(path) and not is_template(path) and (with_tests or role(path) != "test")

    return coupling(history, wanted)


def _function_weeks(marks: Mapping[RepoPath, Sequence[Mark]], history: History) -> int:
    """Over how many weeks functions are looked at: half a year, or longer where little was changed in it."""
    times = [mark.commit.at for rows in marks.values() for mark in rows]
    for weeks in _FUNCTION_WEEKS[:-1]:
        if sum(at >= history.at - weeks * _WEEK for at in times) >= _FEWEST_REVISIONS:
            return weeks
    return _FUNCTION_WEEKS[-1]


def _hottest(
    spots: Sequence[Hotspot], marks: Mapping[RepoPath, Sequence[Mark]], since: int
) -> dict[RepoPath, list[Mark]]:
    """The marks since a time on the first files of the ranking, as far as the budget of revisions goes."""
    budget = _REVISIONS
    chosen: dict[RepoPath, list[Mark]] = {}
    for spot in spots:
        rows = [mark for mark in marks.get(spot.path, ()) if mark.commit.at >= since and mark.touch.blob]
        if rows and budget > 0:
            budget -= len(rows)
            chosen[spot.path] = rows
    return chosen


def _changes(
    watched: Watched, hottest: Mapping[RepoPath, Sequence[Mark]], store: Store
) -> Iterator[tuple[RepoPath, list[Change]]]:
    """Which functions each commit changed, file by file."""
    pairs = [_pair(mark) for rows in hottest.values() for mark in rows]
    symbols = changed_functions(watched.git, pairs, store)
    for path, rows in hottest.items():
        yield path, [Change(mark.commit, symbols.get(_pair(mark), frozenset())) for mark in rows]


def _pair(mark: Mark) -> Pair:
    return mark.touch.old_blob, mark.touch.blob
