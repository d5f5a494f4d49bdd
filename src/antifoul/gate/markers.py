"""The debt markers of a tree with what its history and its own version say of them."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.measures.debt import priority
from antifoul.measures.expiry import expired
from antifoul.measures.results import MarkerRow
from antifoul.readers.blame import Blamed, blame
from antifoul.readers.declared import read_versions
from antifoul.readers.disk import read_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from antifoul.facts.paths import RepoPath
    from antifoul.facts.tree import File
    from antifoul.facts.versions import Versions
    from antifoul.readers.git import Git


class Around(NamedTuple):
    """Where the markers stand. `git` is None in a plain folder; `paths` are all files, relative to the root."""

    root: str
    git: Git | None
    paths: tuple[RepoPath, ...]


def marker_rows(around: Around, files: Iterable[File], *, with_blame: bool) -> Iterator[MarkerRow]:
    """Every marker in order of place; the author, commit and age of each where blame is asked for.

    The clock is the last commit's, so that a survey of the same commit is the same tomorrow; blame looks at today.
    """
    today = datetime.now(UTC).date() if with_blame or around.git is None else _day(around.git)
    with_markers = [file for file in files if file.code.markers]
    dated = any(marker.until for file in with_markers for marker in file.code.markers)
    versions = _versions(around) if dated else None
    for file in with_markers:
        blamed = _blamed(around.git, file) if with_blame and around.git is not None else {}
        for marker in file.code.markers:
            said = blamed.get(marker.line)
            age = max((today - said.day).days, 0) if said else None
            why = expired(marker, today.isoformat(), versions)
            cell, line = file.code.place(marker.line)
            yield MarkerRow(
                path=file.path,
                marker=marker._replace(line=line, end_line=marker.end_line - marker.line + line),
                priority=priority(marker, expired=bool(why), age_days=age),
                author=said.author if said else None,
                age_days=age,
                cell=cell,
                commit=said.commit if said else None,
                expired=why,
            )


def _blamed(git: Git, file: File) -> Mapping[int, Blamed]:
    """Nothing for a notebook: its lines are those of its cells."""
    return {} if file.code.cells else blame(git, file.path, [marker.line for marker in file.code.markers])


def _day(git: Git) -> date:
    outcome = git.try_run("log", "-1", "--format=%cs")
    text = outcome.out.decode("ascii", "replace").strip()
    return date.fromisoformat(text) if outcome.code == 0 and text else datetime.now(UTC).date()


def _versions(around: Around) -> Versions:
    def read(path: RepoPath) -> bytes | None:
        try:
            return read_regular(os.path.join(around.root, path))  # noqa: PTH118  bytes in names
        except ReadError:
            return None

    return read_versions(around.paths, read)
