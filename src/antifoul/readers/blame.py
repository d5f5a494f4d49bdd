"""Who wrote a line and when: one `git blame` a file, for the lines that are asked for."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from antifoul.facts.paths import RepoPath
from antifoul.readers.git import Git


class Blamed(NamedTuple):
    """The author of a line, and the day (UTC) it was written."""

    author: str
    day: date


def blame(git: Git, path: RepoPath, lines: Iterable[int]) -> Mapping[int, Blamed]:
    """Author and day by line of the work tree's file; lines not yet committed are left out.

    White space and moves inside the file do not make a line young. A file that git cannot blame gives
    nothing.
    """
    ranges = [part for line in sorted(set(lines)) for part in ("-L", f"{line},{line}")]
    outcome = git.try_run("blame", "--line-porcelain", "-w", "-M", *ranges, "--", path)
    if outcome.code != 0:
        return {}
    found: dict[int, Blamed] = {}
    line, author, when, commit = 0, "", 0, ""
    for row in outcome.out.split(b"\n"):
        if row.startswith(b"\t"):
            if commit.strip("0"):
                found[line] = Blamed(author, datetime.fromtimestamp(when, UTC).date())
        elif row.startswith(b"author "):
            author = row[7:].decode("utf-8", "replace")
        elif row.startswith(b"author-time "):
            when = int(row[12:])
        elif len(row) > 40 and (parts := row.split(b" "))[0].isalnum() and len(parts[0]) >= 40:
            commit, line = parts[0].decode(), int(parts[2])
    return found
