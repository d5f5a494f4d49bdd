"""Old or new, decided once for every rule: the findings of the head that the base did not have.

A rule about lines (`novelty="line"`) has a new hit only where the code on the line it is anchored to is new. A line
that is unchanged, or changed in white space only, is old. So is one whose debt (symbol, anchor) the base had and has
no longer: it was moved, reformatted, or its definition was moved or renamed as a whole. Each hit of the base excuses
one of the head, so that a copy is new, and so is one added where another was fixed.

A rule about a state (`novelty="debt"`) has a new hit wherever the base did not have that debt: an import that was taken
away makes an old line wrong.
"""

from __future__ import annotations

from antifoul.facts.record import NamedTuple
from antifoul.measures.definitions import Counterparts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal, TypeAlias

    from antifoul.facts.change import ChangedFile
    from antifoul.facts.finding import Hit
    from antifoul.facts.paths import RepoPath

    Novelty: TypeAlias = Literal["line", "debt"]


class Judged(NamedTuple):
    """What one rule says of both sides of one file."""

    file: ChangedFile
    before: tuple[Hit, ...]
    after: tuple[Hit, ...]


class _Debt(NamedTuple):
    path: RepoPath  # of the old side
    symbol: str
    anchor: str


def fresh(judged: Sequence[Judged], novelty: Novelty = "line") -> Mapping[RepoPath, tuple[Hit, ...]]:
    """The new hits of one rule, by path."""
    unsettled: list[tuple[ChangedFile, Hit]] = []
    left: dict[_Debt, int] = {}
    for file, before, after in judged:
        old = [_debt(file, hit) for hit in before]
        for debt in old:
            left[debt] = left.get(debt, 0) + 1
        origin = old_lines(file) if novelty == "line" and after else {}
        by_line: dict[int, list[_Debt]] = {}
        for hit, debt in zip(before, old, strict=True):
            by_line.setdefault(hit.line, []).append(debt)
        for hit in after:
            line = origin.get(hit.line)
            if line is None or not _is_whole(hit, origin):
                unsettled.append((file, hit))
            elif by_line.get(line):
                left[by_line[line].pop(0)] -= 1
    return _unexcused(judged, unsettled, left)


def _unexcused(
    judged: Sequence[Judged], unsettled: Iterable[tuple[ChangedFile, Hit]], left: dict[_Debt, int]
) -> Mapping[RepoPath, tuple[Hit, ...]]:
    new: dict[RepoPath, list[Hit]] = {}
    moves: Counterparts | None = None
    for file, hit in unsettled:
        here = _Debt(file.before.path if file.before else file.path, hit.symbol, hit.anchor)
        if left.get(here, 0) > 0:
            left[here] -= 1
            continue
        home = None
        if any(count > 0 and debt.anchor == hit.anchor for debt, count in left.items()):
            moves = moves or Counterparts(one.file for one in judged)
            home = _moved_from(file, hit, moves, judged)
        if home is not None and left.get(home, 0) > 0:
            left[home] -= 1
        else:
            new.setdefault(file.path, []).append(hit)
    return {path: tuple(hits) for path, hits in new.items()}


def _moved_from(file: ChangedFile, hit: Hit, moves: Counterparts, judged: Sequence[Judged]) -> _Debt | None:
    """The debt of the old side that this hit would be, had the code around it moved as a whole."""
    if hit.symbol:
        was = moves.symbol_before(file.path, hit.symbol)
        return _Debt(*was, hit.anchor) if was else None
    gone = [one for one in judged if one.file.after is None]  # a module's own statements move only with the module
    for one in gone:
        if one.file.before and any(not old.symbol and old.anchor == hit.anchor for old in one.before):
            return _Debt(one.file.before.path, "", hit.anchor)
    return None


def _debt(file: ChangedFile, hit: Hit) -> _Debt:
    return _Debt(file.before.path if file.before else file.path, hit.symbol, hit.anchor)


def _is_whole(hit: Hit, origin: Mapping[int, int]) -> bool:
    """Every line of what the hit is anchored to is old, and none was taken out between them."""
    first = origin[hit.line]
    return all(origin.get(hit.line + more) == first + more for more in range(hit.anchor_end - hit.line + 1))


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
        for line in range(at, start):
            origin[line] = line - offset
        removed: dict[str, list[int]] = {}
        first = hunk.old_start if hunk.old_count else hunk.old_start + 1
        for line in range(min(first + hunk.old_count - 1, len(old)), first - 1, -1):
            removed.setdefault("".join(old[line - 1].split()), []).append(line)
        for line in range(start, min(start + hunk.new_count, len(new) + 1)):
            same = removed.get("".join(new[line - 1].split()))
            if same:
                origin[line] = same.pop()
        at = start + hunk.new_count
        offset += hunk.new_count - hunk.old_count
    for line in range(at, len(new) + 1):
        origin[line] = line - offset
    return origin
