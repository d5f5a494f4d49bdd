"""Exact copies of functions: equal but for layout, comments, docstring and name."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from antifoul.facts.paths import RepoPath
    from antifoul.facts.tree import Copyable, Tree


class Member(NamedTuple):
    """One of the copies. Lines count from 1, both ends included."""

    path: RepoPath
    start: int
    end: int
    symbol: str


class Clone(NamedTuple):
    """One class of copies."""

    statements: int
    members: tuple[Member, ...]

    @property
    def lines(self) -> int:
        """How many lines all copies take together."""
        return sum(member.end - member.start + 1 for member in self.members)


class Duplication(NamedTuple):
    """What is copied in a tree. A line in several classes of copies counts once."""

    clones: tuple[Clone, ...]
    duplicated: Mapping[RepoPath, int]  # lines in copies, by file
    lines: int

    @property
    def duplicated_lines(self) -> int:
        """Lines that stand in a copy."""
        return sum(self.duplicated.values())

    @property
    def share(self) -> float:
        """Those lines as a share of all, from 0 to 1."""
        return self.duplicated_lines / self.lines if self.lines else 0.0


def duplication(tree: Tree) -> Duplication:
    """The classes of exact copies, largest first; a function inside a copied function is not counted again."""
    by_digest: dict[str, list[tuple[RepoPath, Copyable]]] = {}
    for file in tree.files:
        for one in file.code.copyable:
            by_digest.setdefault(one.digest, []).append((file.path, one))
    groups = [
        [(one.statements, Member(path, one.line, one.end_line, one.symbol)) for path, one in rows]
        for rows in by_digest.values()
        if len(rows) > 1
    ]
    copied: dict[RepoPath, list[Member]] = {}
    for rows in groups:
        for _, member in rows:
            copied.setdefault(member.path, []).append(member)
    inner = {member for members in copied.values() for member in _inner(members)}
    clones = [
        Clone(rows[0][0], tuple(sorted(member for _, member in rows)))
        for rows in groups
        if not all(member in inner for _, member in rows)
    ]
    duplicated = {path: covered(members) for path, members in copied.items()}
    ordered = tuple(sorted(clones, key=lambda clone: (-clone.lines, clone.members)))
    return Duplication(ordered, duplicated, sum(file.code.loc for file in tree.files))


def _inner(members: list[Member]) -> Iterator[Member]:
    """Those that stand inside another one, which starts before them."""
    reached, waiting, start = 0, 0, 0  # the last line of those that start before; of those that start here as well
    for member in sorted(members, key=lambda one: one.start):
        if member.start > start:
            reached, start = max(reached, waiting), member.start
        if member.end <= reached:
            yield member
        waiting = max(waiting, member.end)


def covered(members: Iterable[Member]) -> int:
    """How many lines these places of one file take, each counted once."""
    lines, reached = 0, 0
    for member in sorted(members, key=lambda one: one.start):
        start = max(member.start, reached + 1)
        lines += max(member.end - start + 1, 0)
        reached = max(reached, member.end)
    return lines
