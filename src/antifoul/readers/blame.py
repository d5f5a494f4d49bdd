"""Who wrote a line, when, and in which commit: one `git blame` a file."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from antifoul.facts.paths import RepoPath
from antifoul.readers.git import Git

_IGNORED = ".git-blame-ignore-revs"  # where many repositories list the commits that only reformat


class Blamed(NamedTuple):
    """The author of a line, the day (UTC) it was written, and the commit that wrote it."""

    author: str
    day: date
    commit: str
    mail: str  # in angle brackets, as git shows it


def blame(git: Git, path: RepoPath, lines: Iterable[int]) -> Mapping[int, Blamed]:
    """Author, day and commit by line of the work tree's file; lines not yet committed are left out.

    White space, moves inside the file and between files of one commit do not make a line young, nor do the commits that
    the repository lists as reformatting. The whole file is asked for: git finds moved blocks, not moved lines. A file
    that git cannot blame gives nothing, nor do lines that are older than a shallow clone goes back.
    """
    wanted = frozenset(lines)
    asked = ("blame", "--line-porcelain", "-w", "-M", "-C")
    outcome = None
    if os.path.isfile(os.path.join(git.root, _IGNORED)):  # noqa: PTH113, PTH118  bytes in names
        outcome = git.try_run(*asked, "--ignore-revs-file", _IGNORED, "--", path)
    if outcome is None or outcome.code != 0:  # a list that names what is no commit is no reason to know nothing
        outcome = git.try_run(*asked, "--", path)
    if outcome.code != 0:
        return {}
    cut = b"\nboundary\n" in outcome.out and git.line("rev-parse", "--is-shallow-repository") == "true"
    return dict(_read(outcome.out, wanted, cut=cut))


def _read(out: bytes, wanted: frozenset[int], *, cut: bool) -> Iterable[tuple[int, Blamed]]:
    line, author, mail, when, commit, known = 0, "", "", 0, "", True
    for row in out.split(b"\n"):
        if row.startswith(b"\t"):
            if known and line in wanted and commit.strip("0"):
                yield line, Blamed(author, datetime.fromtimestamp(when, UTC).date(), commit, mail)
            known = True
        elif row == b"boundary":
            known = not cut
        elif row.startswith(b"author "):
            author = row[7:].decode("utf-8", "replace")
        elif row.startswith(b"author-mail "):
            mail = row[12:].decode("utf-8", "replace")
        elif row.startswith(b"author-time "):
            when = int(row[12:])
        elif len(row) > 40 and (parts := row.split(b" "))[0].isalnum() and len(parts[0]) >= 40:
            commit, line = parts[0].decode(), int(parts[2])
