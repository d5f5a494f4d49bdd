"""The figures of a commit, from git's objects alone."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from antifoul.facts.errors import UsageError
from antifoul.facts.history import History
from antifoul.facts.roles import role_of
from antifoul.facts.tree import Code, File, Tree
from antifoul.gate.blobs import measure_blobs
from antifoul.gate.watching import WEEKS, Watched, judged_by
from antifoul.ledger.store import Store, cache_folder
from antifoul.measures.duplication import duplication
from antifoul.measures.fixes import recent_fixes
from antifoul.measures.health import Beside, health
from antifoul.readers.history import files_at, read_history

_NO_HEALTH = frozenset({"test", "docs"})
_WEEK = 7 * 24 * 3600


class Figures(NamedTuple):
    """The metrics of one commit. `step` counts the commits of the first-parent line; `at` is seconds since 1970."""

    repository: str
    commit: str
    at: int
    step: int
    values: Mapping[str, float]


def figures_of(watched: Watched, name: str, weeks: int = 0) -> tuple[Figures, ...]:
    """The figures of a commit, and of the last one of each of so many weeks before it; oldest first.

    Raises:
        UsageError: there is no history, or no such revision, or no Python file in it.
    """
    history = read_history(watched.git, watched.span._replace(weeks=0 if weeks + 16 > WEEKS else WEEKS))
    kept: list[Figures] = []
    with Store(cache_folder(watched.environ)) as store:
        for place in _places(history, weeks):
            commit = history.commits[place]
            tree = _tree(watched, store, commit.id)
            if not tree.files:
                continue
            step = int(watched.git.line("rev-list", "--count", "--first-parent", commit.id) or 0)
            since = history._replace(head=commit.id, at=commit.at, commits=history.commits[place:])
            kept.append(Figures(name, commit.id, commit.at, step, _values(tree, recent_fixes(since))))
    if not kept:
        raise UsageError("there is no Python file in scope to tell figures of")
    return tuple(reversed(kept))


def _places(history: History, weeks: int) -> Iterator[int]:
    """Where in the history the commits stand, newest first."""
    seen = -1
    for week in range(weeks + 1):
        end = history.at - week * _WEEK
        place = next((n for n, one in enumerate(history.commits) if one.at <= end), None)
        if place is not None and place != seen:
            seen = place
            yield place


def _tree(watched: Watched, store: Store, commit: str) -> Tree:
    judged = judged_by(watched.settings)
    files = {path: blob for path, blob in files_at(watched.git, commit).items() if judged(path)}
    outcomes = measure_blobs(watched.git, files.values(), watched.settings, store)
    rows = sorted((path, blob, outcomes[blob]) for path, blob in files.items())
    return Tree(tuple(File(path, blob, code) for path, blob, code in rows if isinstance(code, Code)), ())


def _values(tree: Tree, fixes: int) -> dict[str, float]:
    codes = [file.code for file in tree.files]
    functions = [one for code in codes for one in code.functions]
    copies = duplication(tree)
    values: dict[str, float] = {
        "files": len(codes),
        "loc": sum(code.loc for code in codes),
        "functions": len(functions),
        "complexity": sum(code.complexity for code in codes),
        "mean_complexity": sum(one.complexity for one in functions) / len(functions) if functions else 0.0,
        "markers": sum(len(code.markers) for code in codes),
        "duplication": copies.share,
        **_coverage(codes),
    }
    judged = {file.path: file.code for file in tree.files if role_of(file.path) not in _NO_HEALTH}
    if found := health(judged, fixes, Beside(copies.duplicated)):
        values |= {"health": found.score, "health.code": 100 * found.code}
        values |= {f"health.{term.name}": 100 * term.score for term in found.terms}
        if found.stability is not None:
            values["health.stability"] = 100 * found.stability
    return {key: round(float(value), 6) for key, value in sorted(values.items())}


def _coverage(codes: list[Code]) -> dict[str, float]:
    slots, docs = sum(code.hint_slots for code in codes), sum(code.doc_slots for code in codes)
    found = {"annotation_coverage": sum(code.hints for code in codes) / slots} if slots else {}
    return found | ({"docstring_coverage": sum(code.docs for code in codes) / docs} if docs else {})
