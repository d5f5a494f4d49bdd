"""A change: what lies between two sides of a repository, file by file, line by line."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal, TypeAlias

    from antifoul.facts.finding import Skip
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.source import Source


Status: TypeAlias = "Literal['added', 'modified', 'deleted', 'renamed', 'copied']"


class Hunk(NamedTuple):
    """One run of lines replaced by another. Lines count from 1, as git counts them; a count may be 0."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int


class ChangedFile(NamedTuple):
    """One file of a change. `before` is None for a new file (a copy is new), `after` for a deleted one."""

    path: RepoPath
    status: Status
    before: Source | None
    after: Source | None
    hunks: tuple[Hunk, ...]

    @property
    def added_lines(self) -> int:
        """How many lines git says were added."""
        return sum(hunk.new_count for hunk in self.hunks)

    def added(self) -> Iterator[int]:
        """Every line that git says was added."""
        for hunk in self.hunks:
            yield from range(hunk.new_start, hunk.new_start + hunk.new_count)


class Change(NamedTuple):
    """What is judged: from `base` to `head`, both as a report names them."""

    base: str  # a commit, or the empty tree
    head: str  # a commit, "index" or "worktree"
    files: tuple[ChangedFile, ...]
    skipped: tuple[Skip, ...] = ()
    how: str = ""  # how the base was chosen, for the reader

    @property
    def added_lines(self) -> int:
        """How many lines git says were added in all files."""
        return sum(file.added_lines for file in self.files)
