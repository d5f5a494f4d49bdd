"""What a change alters: paths, copies, hot files, the health of the code. Only a report to people asks for it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from antifoul.facts.altered import Altered, Heat, Moved, Reshaped
from antifoul.facts.change import Change
from antifoul.facts.errors import AntifoulError
from antifoul.facts.history import History
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import role_of
from antifoul.facts.settings import Settings
from antifoul.facts.tree import Code, File, Tree
from antifoul.gate.blobs import measure_blobs
from antifoul.gate.copies import copies_in
from antifoul.gate.effective import effective
from antifoul.gate.scope import in_scope
from antifoul.gate.watching import judged_by
from antifoul.ledger.store import Store, cache_folder
from antifoul.measures.duplication import duplication
from antifoul.measures.functions import Functions
from antifoul.measures.health import Beside, health
from antifoul.measures.hotspots import Size, churns, rank
from antifoul.measures.marks import marks_of
from antifoul.readers.git import Git
from antifoul.readers.history import Span, files_at, read_history

_HOT = 10  # files of the ranking that are worth a word
_WEEKS = 104  # of history, for the ranking
_NOISE_WEEKS = 12
_WEEK = 7 * 24 * 3600
_EXEMPT = frozenset({"test", "docs"})


def altered(git: Git, change: Change, settings: Settings, environ: Mapping[str, str]) -> Altered:
    """What the change alters. What cannot be told (no history, a shallow clone) is left out: nothing depends on it."""
    found = Altered(functions=tuple(sorted(_reshaped(change), key=lambda one: (-abs(one.rise), one.path, one.line))))
    found = found._replace(configs=effective(git, change, in_scope(settings)))
    if not any(file.after is not None and file.after.is_python for file in change.files):
        return found
    copies = copies_in(git, change, settings).added
    lines = sum(one.member.end - one.member.start + 1 for one in copies)
    found = found._replace(copies=len(copies), copied_lines=lines)
    try:
        history = read_history(git, Span(change.base, _WEEKS))
        with Store(cache_folder(environ)) as store:
            return _with_history(found, _Trees(git, settings, store), change, history)
    except AntifoulError:
        return found


def _reshaped(change: Change) -> Iterator[Reshaped]:
    functions = Functions(change)
    for one in functions.touched:
        was = functions.before(one)
        before = was.complexity if was else None
        if before != one.now.complexity:
            yield Reshaped(one.path, one.symbol, one.line, before, one.now.complexity)


class _Trees:
    """The numbers of the package code of any commit."""

    def __init__(self, git: Git, settings: Settings, store: Store) -> None:
        self._git = git
        self._settings = settings
        self._store = store
        self._judged = judged_by(settings)

    def codes(self, commit: str) -> dict[RepoPath, Code]:
        """Each file's numbers, in a commit; those that cannot be read are left out."""
        files = {
            path: blob
            for path, blob in files_at(self._git, commit).items()
            if self._judged(path) and role_of(path) not in _EXEMPT
        }
        outcomes = measure_blobs(self._git, files.values(), self._settings, self._store)
        return {path: code for path, blob in files.items() if isinstance(code := outcomes[blob], Code)}

    def score(self, commit: str) -> float | None:
        """The code part of its health, 0 to 100."""
        codes = self.codes(commit)
        tree = Tree(tuple(File(path, "", code) for path, code in sorted(codes.items())), ())
        found = health(codes, None, Beside(duplication(tree).duplicated))
        return 100 * found.code if found else None


def _with_history(found: Altered, trees: _Trees, change: Change, history: History) -> Altered:
    sizes = {path: Size(code.complexity, code.loc) for path, code in trees.codes(history.head).items()}
    marks = marks_of(history)
    spots = rank(sizes, churns({path: marks[path] for path in sizes if path in marks}, history))
    touched = {file.before.path for file in change.files if file.before is not None}
    hot = tuple(
        Heat(spot.path, place, len(spots), spot.churn.commits, spot.interest)
        for place, spot in enumerate(spots[: min(_HOT, len(spots) // 10)], start=1)
        if spot.path in touched and spot.score > 0
    )
    return found._replace(hot=hot, health=_moved(trees, change, history))


def _moved(trees: _Trees, change: Change, history: History) -> Moved | None:
    if change.head in {"index", "worktree"}:
        return None
    before, now = trees.score(change.base), trees.score(change.head)
    noise = _noise([score for commit in _weekly(history) if (score := trees.score(commit)) is not None])
    if before is None or now is None or noise is None or abs(now - before) <= noise:
        return None
    return Moved(before, now, noise)


def _weekly(history: History) -> Iterator[str]:
    """The last commit of each of the weeks before the head, the head's own first."""
    for week in range(_NOISE_WEEKS + 1):
        end = history.at - week * _WEEK
        if (one := next((commit for commit in history.commits if commit.at <= end), None)) is not None:
            yield one.id


def _noise(scores: Iterable[float]) -> float | None:
    """What four weeks of five move it by at most; None where there are too few to tell."""
    rows = list(scores)
    moves = sorted(abs(new - old) for new, old in pairwise(rows))
    return moves[4 * len(moves) // 5] if len(moves) >= _NOISE_WEEKS // 2 else None
