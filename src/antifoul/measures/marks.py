"""What every commit did to each file of the head, under whatever name the file had then."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from antifoul.facts.history import Commit, History, Touch
from antifoul.facts.paths import RepoPath


class Mark(NamedTuple):
    """One commit's touch of one file."""

    commit: Commit
    touch: Touch


class Followed(NamedTuple):
    """How much following renames recovered: of the revisions of the files, those under their names of today."""

    revisions: int
    direct: int
    names: int  # earlier names that were followed

    @property
    def recovered(self) -> float:
        """The share of revisions that a reader of today's names alone would miss."""
        return 1 - self.direct / self.revisions if self.revisions else 0.0


def marks_of(history: History) -> Mapping[RepoPath, list[Mark]]:
    """The marks on every path of the head, newest first; paths that are gone by then may be among them."""
    now_called: dict[RepoPath, RepoPath] = {}
    marks: dict[RepoPath, list[Mark]] = {}
    for commit in history.commits:  # newest first, so that a rename is met before the older name
        renames: dict[RepoPath, RepoPath] = {}
        for touch in commit.touches:
            name = now_called.get(touch.path, touch.path)
            marks.setdefault(name, []).append(Mark(commit, touch))
            if touch.old_path != touch.path:
                renames[touch.old_path] = name
                now_called[touch.path] = f"\0{commit.id}{touch.path}"  # it had another name before
            elif not touch.old_blob:
                now_called[touch.path] = f"\0{commit.id}{touch.path}"  # what is older here was another file
        now_called.update(renames)
    return {path: rows for path, rows in marks.items() if not path.startswith("\0")}


def followed(marks: Mapping[RepoPath, list[Mark]], paths: Iterable[RepoPath]) -> Followed:
    """What following renames was worth for some files."""
    rows = [(path, mark.touch) for path in paths for mark in marks.get(path, ())]
    direct = sum(touch.path == path for path, touch in rows)
    names = {touch.old_path for path, touch in rows if touch.old_path != touch.path}
    return Followed(len(rows), direct, len(names))
