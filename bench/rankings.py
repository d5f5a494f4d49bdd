"""Time-split evaluation of the rankings: what was known at a day, held against the fixes of the 90 days after it.

Usage: python bench/rankings.py REPOSITORY... (each with its full history)

Files are those that `antifoul hotspots` ranks. Targets are files that commits whose title says that they mend a bug
touch in the next 90 days, under whatever name; for functions, those whose code such a commit changes.
"""

import math
import os
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from antifoul.facts.history import Commit, History
from antifoul.facts.settings import Settings
from antifoul.gate.watching import Watched, ranked_paths
from antifoul.ledger.revisions import changed_functions
from antifoul.ledger.store import Store, cache_folder
from antifoul.ledger.tallying import Read, read_all
from antifoul.measures.fixes import is_fix
from antifoul.measures.hotspots import Change, Size, churns, rank, rank_functions
from antifoul.measures.marks import marks_of
from antifoul.readers.git import Git, open_repository
from antifoul.readers.history import Span, files_at, read_history

DAY = 86_400
WINDOW = 90 * DAY
FIRST = 365 * DAY  # of a history before the first cut


class Row(NamedTuple):
    """How one ranking did at one cut."""

    top10: float  # share of the fix commits that touch one of its first ten
    precision: float  # of the first ten, those that are touched
    r20: float  # fix touches found in the first fifth of the lines, in order of score by line
    auc: float


def evaluate(scores: Mapping[str, float], lines: Mapping[str, int], fixes: Sequence[frozenset[str]]) -> Row:
    """One ranking against the sets of things that each fix touched."""
    order = sorted(scores, key=lambda one: (-scores[one], one))
    first = set(order[:10])
    hit = frozenset().union(*fixes)
    touches = {one: sum(one in fix for fix in fixes) for one in scores}
    dense = sorted(scores, key=lambda one: (-scores[one] / max(lines[one], 1), one))
    budget, found = 0.2 * sum(lines[one] for one in scores), 0.0
    for one in dense:
        found += touches[one] * min(budget / max(lines[one], 1), 1.0)
        budget -= lines[one]
        if budget <= 0:
            break
    return Row(
        sum(bool(fix & first) for fix in fixes) / len(fixes),
        len(first & hit) / max(min(10, len(order)), 1),
        found / max(sum(touches.values()), 1),
        _auc([scores[one] for one in scores if one in hit], [scores[one] for one in scores if one not in hit]),
    )


def _auc(hits: Sequence[float], others: Sequence[float]) -> float:
    if not hits or not others:
        return float("nan")
    ranked = sorted([(value, 1) for value in hits] + [(value, 0) for value in others])
    total, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        middle = (at + 1 + end) / 2
        total += middle * sum(hit for _, hit in ranked[at:end])
        at = end
    return (total - len(hits) * (len(hits) + 1) / 2) / (len(hits) * len(others))


def cuts(history: History) -> Iterator[int]:
    """The places of the commits at which the history is cut, each at least 90 days after the one before."""
    oldest = history.commits[-1].at
    last = oldest + FIRST
    for place in range(len(history.commits) - 1, -1, -1):
        at = history.commits[place].at
        if at >= last and history.at - at >= WINDOW:
            yield place
            last = at + WINDOW


def later_names(commits: Sequence[Commit]) -> list[tuple[Commit, dict[str, str]]]:
    """Commits after a cut, oldest first, each with its touched paths and the names that they had at the cut."""
    then: dict[str, str] = {}
    out = []
    for commit in reversed(commits):
        names = {}
        moved = {}
        for touch in commit.touches:
            known = then.get(touch.old_path, touch.old_path)
            names[touch.path] = known if touch.old_blob else ""
            if touch.path != touch.old_path:
                moved[touch.path] = known
            elif not touch.old_blob:
                moved[touch.path] = ""  # a new file is none of those of the cut
        then.update(moved)
        out.append((commit, names))
    return out


def scored(history: History, read: Mapping[str, Read], key: str) -> dict[str, float]:
    """One ranking of the files."""
    sizes = {path: Size(one.tally.complexity, one.tally.loc) for path, one in read.items()}
    known = churns({path: rows for path, rows in marks_of(history).items() if path in sizes}, history)
    year = {
        path: len({mark.commit.id for mark in rows if history.at - mark.commit.at <= 365 * DAY})
        for path, rows in marks_of(history).items()
    }
    ways: dict[str, Callable[[str], float]] = {
        "random": lambda path: random.Random(path).random(),  # noqa: S311  the same for a path each time
        "lines": lambda path: sizes[path].loc,
        "commits": lambda path: year.get(path, 0),
        "fixes, weighted by age": lambda path: known[path].fixes if path in known else 0,
        "lines x commits of a year": lambda path: sizes[path].loc * year.get(path, 0),
        "complexity x commits of a year": lambda path: sizes[path].complexity * year.get(path, 0),
    }
    if key == "antifoul":
        return {spot.path: spot.score for spot in rank(sizes, known)}
    return {path: ways[key](path) for path in sizes}


RANKINGS = (
    "random",
    "lines",
    "commits",
    "fixes, weighted by age",
    "lines x commits of a year",
    "complexity x commits of a year",
    "antifoul",
)


class Cut(NamedTuple):
    """What was known at a cut, and the fixes after it, each with the names that its files had at the cut."""

    known: History
    read: Mapping[str, Read]
    fixing: Sequence[tuple[Commit, Mapping[str, str]]]


def repository(place: str) -> dict[str, list[Row]]:
    """The rows of every cut, of files and of functions, by ranking."""
    git = open_repository(place, os.environ)
    if git is None:
        raise SystemExit(f"{place} is no repository")
    full = read_history(git, Span())
    rows: dict[str, list[Row]] = {}
    watched = Watched(git, Settings(), os.environ)
    with Store(cache_folder(os.environ)) as store:
        for place_of in cuts(full):
            head = full.commits[place_of]
            known = History(head.id, head.at, full.commits[place_of:], 0, ())
            tree = files_at(git, head.id)
            wanted = ranked_paths(Settings(), tree)
            found = read_all(git, (tree[path] for path in wanted), watched.recipe, store)
            read = {path: one for path in wanted if isinstance(one := found[tree[path]], Read)}
            after = [pair for pair in later_names(full.commits[:place_of]) if pair[0].at <= head.at + WINDOW]
            fixing = [(commit, names) for commit, names in after if is_fix(commit.title)]
            fixes = [frozenset(names.values()) & read.keys() for _, names in fixing]
            fixes = [one for one in fixes if one]
            if len(fixes) < 5:
                continue
            lines = {path: one.tally.loc for path, one in read.items()}
            for key in RANKINGS:
                rows.setdefault(key, []).append(evaluate(scored(known, read, key), lines, fixes))
            _functions(git, store, Cut(known, read, fixing), rows)
    return rows


def _functions(git: Git, store: Store, cut: Cut, out: dict[str, list[Row]]) -> None:
    """The rows of functions: in order of their own scores, and in that of their files."""
    known, read, fixing = cut
    marks = marks_of(known)
    since = known.at - 365 * DAY
    rows = {path: [m for m in marks.get(path, ()) if m.commit.at >= since and m.touch.blob] for path in read}
    pairs = [(m.touch.old_blob, m.touch.blob) for path in rows for m in rows[path]]
    pairs += [(t.old_blob, t.blob) for commit, _ in fixing for t in commit.touches if t.blob and t.path.endswith(".py")]
    changed = changed_functions(git, pairs, store)
    scores: dict[str, float] = {}
    by_file: dict[str, float] = {}
    lines: dict[str, int] = {}
    sizes = {path: Size(one.tally.complexity, one.tally.loc) for path, one in read.items()}
    spots = {spot.path: spot for spot in rank(sizes, churns({p: marks[p] for p in read if p in marks}, known))}
    for path, one in read.items():
        changes = [Change(m.commit, changed.get((m.touch.old_blob, m.touch.blob), frozenset())) for m in rows[path]]
        for spot in rank_functions(path, one.bodies, changes, known.at):
            name = f"{path}:{spot.symbol}"
            scores[name] = spot.score
            lines[name] = spot.end_line - spot.line + 1
            by_file[name] = spots[path].density * lines[name]
    fixes = []
    for commit, names in fixing:
        hit = set()
        for t in commit.touches:
            if t.blob and names.get(t.path) in read:
                hit |= {f"{names[t.path]}:{symbol}" for symbol in changed.get((t.old_blob, t.blob), ())}
        hit &= scores.keys()
        if hit:
            fixes.append(frozenset(hit))
    if len(fixes) >= 5:
        out.setdefault("functions", []).append(evaluate(scores, lines, fixes))
        out.setdefault("functions, in the order of their files", []).append(evaluate(by_file, lines, fixes))


def main() -> None:
    """Print the tables: means over the cuts of a repository, then over repositories."""
    together: dict[str, list[Row]] = {}
    for place in sys.argv[1:]:
        for key, rows in repository(place).items():
            together.setdefault(key, []).append(_mean(rows))
        shown = {key: tuple(round(value, 3) for value in rows[-1]) for key, rows in together.items()}
        print(Path(place).name, shown["antifoul"], shown.get("functions"), file=sys.stderr)
    print("| ranking | top 10 | precision@10 | R20 | AUC |\n| :-- | --: | --: | --: | --: |")
    for key, rows in together.items():
        print(f"| {key} | " + " | ".join(f"{one:.3f}" for one in _mean(rows)) + " |")


def _mean(rows: Sequence[Row]) -> Row:
    return Row(
        *(statistics.fmean(value for value in column if not math.isnan(value)) for column in zip(*rows, strict=True))
    )


if __name__ == "__main__":
    main()
