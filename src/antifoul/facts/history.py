"""What happened to a repository's files, commit by commit."""

from typing import NamedTuple

from antifoul.facts.finding import Skip
from antifoul.facts.paths import RepoPath


class Touch(NamedTuple):
    """One commit's mark on one file. A blob is "" on the side where the file was not a regular file."""

    path: RepoPath  # after the commit
    old_path: RepoPath  # before it: another one for a rename
    blob: str
    old_blob: str


class Commit(NamedTuple):
    """One commit. `at` is the committer's time in seconds since 1970, UTC, or the time before it where that is skewed.

    `people` are the author and those named as co-authors, each under one name; who merged it is not among them.
    """

    id: str
    at: int
    author: str
    email: str
    title: str
    touches: tuple[Touch, ...]
    people: tuple[str, ...] = ()


class History(NamedTuple):
    """The commits up to `head`, newest first; without a gap where it is the first-parent line."""

    head: str
    at: int  # the head's time: the clock of everything that is derived
    commits: tuple[Commit, ...]
    weeks: int  # how far back was read; 0 is all
    notes: tuple[Skip, ...]  # what was not read
