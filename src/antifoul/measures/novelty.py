"""Old or new, decided once for every rule: the findings of the head that the base did not have.

A hit is old when the line it is anchored to is old (unchanged, or changed in white space only), or when the
base had the same debt (rule, symbol, anchor) somewhere in the change and has it no longer: moved,
reformatted, renamed or split code is not new. Each base hit excuses one head hit, so that a copy is new, and
so is one added where one was fixed.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from antifoul.facts.change import ChangedFile
from antifoul.facts.finding import Hit
from antifoul.facts.paths import RepoPath


class Judged(NamedTuple):
    """What one rule says of both sides of one file."""

    file: ChangedFile
    before: tuple[Hit, ...]
    after: tuple[Hit, ...]


class _Debt(NamedTuple):
    symbol: str
    anchor: str


def fresh(judged: Iterable[Judged]) -> Mapping[RepoPath, tuple[Hit, ...]]:
    """The new hits of one rule, by path."""
    unsettled: list[tuple[RepoPath, Hit]] = []
    gone: dict[RepoPath, Counter[_Debt]] = {}
    for file, before, after in judged:
        if not after and not before:
            continue
        origin = old_lines(file)
        left = Counter(_Debt(hit.symbol, hit.anchor) for hit in before)
        kept_lines = Counter(hit.line for hit in before)
        by_line = defaultdict(list)
        for hit in before:
            by_line[hit.line].append(_Debt(hit.symbol, hit.anchor))
        for hit in after:
            line = origin.get(hit.line)
            if line is None:
                unsettled.append((file.path, hit))
            elif kept_lines[line] > 0:
                kept_lines[line] -= 1
                left[by_line[line].pop(0)] -= 1
        gone[file.path] = +left
    new: dict[RepoPath, list[Hit]] = defaultdict(list)
    for path, hit in unsettled:
        debt = _Debt(hit.symbol, hit.anchor)
        home = next((one for one in (path, *gone) if gone.get(one, Counter())[debt] > 0), None)
        if home is None:
            new[path].append(hit)
        else:
            gone[home][debt] -= 1
    return {path: tuple(hits) for path, hits in new.items()}


def old_lines(file: ChangedFile) -> Mapping[int, int]:
    """For each line of the head that is old, its line in the base.

    Inside a hunk a line is old when the hunk took out a line that differs from it in white space only.
    """
    if file.before is None or file.after is None:
        return {}
    old, new = file.before.lines, file.after.lines
    origin: dict[int, int] = {}
    offset, at = 0, 1
    for hunk in file.hunks:
        # with a count of 0 git names the line before the place
        start = hunk.new_start if hunk.new_count else hunk.new_start + 1
        origin.update((line, line - offset) for line in range(at, start))
        removed: dict[str, deque[int]] = defaultdict(deque)
        first = hunk.old_start if hunk.old_count else hunk.old_start + 1
        for line in range(first, first + hunk.old_count):
            removed["".join(old[line - 1].split())].append(line)
        for line in range(start, start + hunk.new_count):
            same = removed.get("".join(new[line - 1].split()))
            if same:
                origin[line] = same.popleft()
        at = start + hunk.new_count
        offset += hunk.new_count - hunk.old_count
    origin.update((line, line - offset) for line in range(at, len(new) + 1))
    return origin
