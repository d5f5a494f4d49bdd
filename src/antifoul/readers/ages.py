"""When the lines of a revision were written, and by whom: one `git blame` a file, through moves and white space."""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from antifoul.facts.paths import RepoPath
from antifoul.readers.git import Git

_IGNORED = ".git-blame-ignore-revs"  # where many repositories list the commits that only reformat


class Written(NamedTuple):
    """The author of a line, and the day (UTC) on which it was written."""

    author: str
    day: date


def written(git: Git, revision: str, path: RepoPath, lines: Iterable[int]) -> Mapping[int, Written]:
    """Author and day of some lines of a file in a revision; nothing for a file that git cannot blame."""
    asked = ["blame", "--line-porcelain", "-w", "-M", "-C"]
    asked += [part for line in sorted(set(lines)) for part in ("-L", f"{line},{line}")]
    outcome = None
    if os.path.isfile(os.path.join(git.root, _IGNORED)):  # noqa: PTH113, PTH118  bytes in names
        outcome = git.try_run(*asked, "--ignore-revs-file", _IGNORED, revision, "--", path)
    if outcome is None or outcome.code != 0:  # a list that names what is no commit is no reason to know nothing
        outcome = git.try_run(*asked, revision, "--", path)
    return dict(_told(outcome.out)) if outcome.code == 0 else {}


def _told(out: bytes) -> Iterator[tuple[int, Written]]:
    line, author, when = 0, "", 0
    for row in out.split(b"\n"):
        if row.startswith(b"\t"):
            yield line, Written(author, datetime.fromtimestamp(when, UTC).date())
        elif row.startswith(b"author "):
            author = row[7:].decode("utf-8", "replace")
        elif row.startswith(b"author-time "):
            when = int(row[12:])
        elif len(row) > 40 and len(parts := row.split(b" ")) >= 3 and len(parts[0]) >= 40 and parts[2].isdigit():
            line = int(parts[2])
