"""What lies behind a change, for the rules that hold it against its history. Each part is read when it is asked for."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property

from antifoul.facts.change import Change, ChangedFile
from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.history import History
from antifoul.facts.past import Ages, Companion, Companions, Debt, Excess, Heat, Hot, OldMarker
from antifoul.facts.paths import RepoPath
from antifoul.facts.settings import Settings
from antifoul.facts.source import Source
from antifoul.facts.tally import Tally
from antifoul.gate.scope import in_scope, role_by
from antifoul.gate.watching import EXEMPT, WEEKS, Watched, judged_by, ranked_paths
from antifoul.ledger.store import Store, cache_folder
from antifoul.ledger.tallying import Read, one_tally, read_all, tallied, unread
from antifoul.measures.code import measure
from antifoul.measures.coupling import together
from antifoul.measures.forecast import bands_from
from antifoul.measures.functions import Functions
from antifoul.measures.hotspots import Size, churns, rank
from antifoul.measures.marks import marks_of
from antifoul.measures.replay import Totals, summed, trees
from antifoul.readers.ages import written
from antifoul.readers.git import Git
from antifoul.readers.history import Span, files_at, read_history

_WEEK = 7 * 24 * 3600
_YEAR = 52  # weeks of the series that debt is held against
_AHEAD = 4
_MOST_UNREAD = 6_000  # versions of files that a check reads, once, for the series
_MOST_FILES = 30  # of a change of more nobody can say what it forgot
_RISING = ("markers", "complexity", "mean_complexity")
_FALLING = ("annotation_coverage",)
_HOTTEST = 50


class Behind:
    """The history of a change's base."""

    def __init__(self, git: Git, change: Change, settings: Settings, environ: Mapping[str, str]) -> None:
        self._git = git
        self._change = change
        self._settings = settings
        self._environ = environ
        self._files = [file for file in change.files if file.before is not None and file.after is not None]

    def companions(self) -> Companions:
        """The files that change with each changed file, closest first, those of this change left out."""
        history = self._history
        if isinstance(history, str):
            return Companions(problem=history)
        if not self._files or len(self._change.files) > _MOST_FILES:
            return Companions()
        here, scope, role = (
            frozenset(files_at(self._git, history.head)),
            in_scope(self._settings),
            role_by(self._settings),
        )
        changed = {path for file in self._change.files for path in _names(file)}
        rows = []
        for file in self._files:
            assert file.before is not None  # noqa: S101  chosen so
            commits, others = together(history, file.before.path)
            found = [
                Companion(path, count, commits)
                for path, count in others.most_common()
                if path in here and path not in changed and scope(path) and role(path) != "test"
            ]
            if found:
                rows.append((file.path, tuple(found)))
        return Companions(tuple(rows))

    def heat(self) -> Heat:
        """The changed files among the hottest of the base, with their paths on both sides."""
        history = self._history
        if isinstance(history, str):
            return Heat(problem=history)
        changed = {file.before.path: file for file in self._files if file.before is not None and file.before.is_python}
        if not changed:
            return Heat()
        files = files_at(self._git, history.head)
        wanted = ranked_paths(self._settings, files)
        watched = self._watched
        with Store(cache_folder(self._environ)) as store:
            read = read_all(self._git, (files[path] for path in wanted), watched.recipe, store)
        sizes = {
            path: Size(one.tally.complexity, one.tally.loc)
            for path in wanted
            if isinstance(one := read[files[path]], Read)
        }
        marks = marks_of(history)
        spots = rank(sizes, churns({path: marks[path] for path in sizes if path in marks}, history))
        found = []
        for place, spot in enumerate(spots[:_HOTTEST], start=1):
            file = changed.get(spot.path)
            after = self._tally(file.after) if file is not None else None
            if file is not None and after is not None and spot.score > 0:
                churn = spot.churn
                found.append(
                    Hot(file.path, place, len(spots), churn.recent, churn.commits, spot.complexity, after.complexity)
                )
        return Heat(tuple(found))

    def debt(self) -> Debt:
        """The series that the change takes over the bound of four weeks of its base's history."""
        history = self._history
        if isinstance(history, str):
            return Debt(problem=history)
        judged = judged_by(self._settings)
        moved = list(self._moved())
        if not moved:
            return Debt()
        files = {path: blob for path, blob in files_at(self._git, history.head).items() if judged(path)}
        ends = [history.at - week * _WEEK for week in range(_YEAR + _AHEAD)]
        weekly = trees(files, history.commits, ends, judged)
        lineages = _lineages(weekly)
        recipe = self._watched.recipe
        with Store(cache_folder(self._environ)) as store:
            if unread(lineages, recipe, store) > _MOST_UNREAD:
                return Debt(problem="its history is not measured yet; `antifoul trend` does that once")
            told = tallied(self._git, lineages, recipe, store)
        tallies = {blob: one for blob, one in told.items() if not isinstance(one, ReadError)}
        past = [summed(tallies[blob] for blob in tree.values() if blob in tallies) for tree in reversed(weekly)]
        return Debt(tuple(_excesses(past, moved)))

    def ages(self) -> Ages:
        """The markers that stand in touched functions and stood there before, with the day their lines were written."""
        if isinstance(self._history, str):
            return Ages(problem=self._history)
        touched = {(one.path, one.symbol) for one in Functions(self._change).touched}
        now = date.fromisoformat(self._git.line("log", "-1", "--format=%cs", self._change.base) or "1970-01-01")
        found: list[OldMarker] = []
        for file in self._files:
            if file.after is not None and file.after.is_python and role_by(self._settings)(file.path) not in EXEMPT:
                found += self._old(file, {symbol for path, symbol in touched if path == file.path}, now)
        return Ages(tuple(found))

    def _old(self, file: ChangedFile, symbols: set[str], now: date) -> Iterator[OldMarker]:
        before, after = file.before, file.after
        words = self._settings.markers
        if before is None or after is None or not symbols or not any(word.encode() in after.data for word in words):
            return
        try:
            old = {(one.marker, one.text, one.symbol): one.line for one in measure(before, words).markers}
            kept = [one for one in measure(after, words).markers if (one.marker, one.text, one.symbol) in old]
        except (ReadError, RecursionError, MemoryError):
            return
        kept = [one for one in kept if one.symbol in symbols]
        if not kept:
            return
        lines = {one: old[one.marker, one.text, one.symbol] for one in kept}
        said = written(self._git, self._change.base, before.path, lines.values())
        for one, line in lines.items():
            if line in said:
                author, day = said[line]
                days = max((now - day).days, 0)
                yield OldMarker(file.path, one.line, one.marker, one.text, one.symbol, author, day.isoformat(), days)

    @cached_property
    def _history(self) -> History | str:
        """The history of the base; where there is none, why."""
        if self._git.line("rev-parse", "--is-shallow-repository") == "true":
            return "this clone is shallow: its history is not known (git fetch --unshallow)"
        try:
            history = read_history(self._git, Span(self._change.base, WEEKS))
        except (UsageError, ReadError):
            return "there is no history before this change"
        return history

    @property
    def _watched(self) -> Watched:
        return Watched(self._git, self._settings, self._environ)

    def _moved(self) -> Iterator[tuple[RepoPath, Tally, Tally]]:
        """Each changed Python file in scope with its numbers on both sides."""
        scope = judged_by(self._settings)
        nothing = Tally(0, 0, 0, 0, 0, 0, 0)
        for file in self._change.files:
            before = self._tally(file.before) if file.before is not None and scope(file.before.path) else nothing
            after = self._tally(file.after) if file.after is not None and scope(file.path) else nothing
            if before is not None and after is not None and before != after:
                yield file.path, before, after

    def _tally(self, source: Source | None) -> Tally | None:
        return None if source is None else one_tally(source.data, self._watched.recipe)


def _names(file: ChangedFile) -> Iterator[RepoPath]:
    yield file.path
    if file.before is not None:
        yield file.before.path


def _lineages(weekly: list[dict[RepoPath, str]]) -> list[list[str]]:
    """The versions of each path, one after the other."""
    lines: dict[RepoPath, dict[str, None]] = {}
    for tree in weekly:
        for path, blob in tree.items():
            lines.setdefault(path, {})[blob] = None
    return [list(line) for line in lines.values()]


def _excesses(past: list[Totals], moved: list[tuple[RepoPath, Tally, Tally]]) -> Iterator[Excess]:
    sums = [sum(after[at] - before[at] for _, before, after in moved) for at in range(len(Tally._fields))]
    head = past[-1]
    after = Totals(*(value + by for value, by in zip(head, sums, strict=True)))
    for series in (*_RISING, *_FALLING):
        band = bands_from(series, [one.value(series) for one in past], _AHEAD)[-1]
        bound = band.high95 if series in _RISING else band.low95
        value = after.value(series)
        if bound is None or (value <= bound if series in _RISING else value >= bound):
            continue
        if series in _FALLING and after.hint_slots == 0:
            continue
        yield Excess(series, head.value(series), value, bound, _AHEAD, _mover(series, moved))


def _mover(series: str, moved: list[tuple[RepoPath, Tally, Tally]]) -> RepoPath:
    """The file that moves a series most."""

    def weight(row: tuple[RepoPath, Tally, Tally]) -> tuple[float, RepoPath]:
        path, before, after = row
        if series == "annotation_coverage":
            return (after.hint_slots - after.hints) - (before.hint_slots - before.hints), path
        name = "in_functions" if series == "mean_complexity" else series
        return getattr(after, name) - getattr(before, name), path

    return max(moved, key=weight)[0]
