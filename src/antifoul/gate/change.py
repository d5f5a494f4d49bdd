"""Read the change that was asked for, with the settings of the side that judges it."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from antifoul.facts.change import Change
from antifoul.facts.config import format_of
from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.paths import RepoPath, from_bytes
from antifoul.facts.report import CheckReport
from antifoul.facts.roles import is_python
from antifoul.facts.settings import Settings
from antifoul.gate.check import Asked, Providers, check
from antifoul.gate.scope import in_scope, role_by
from antifoul.readers import bases, changes
from antifoul.readers.disk import read_regular
from antifoul.readers.git import Git, open_repository, split_z
from antifoul.readers.settings import settings_from
from antifoul.rules.registry import index

_SETTINGS_FILES = ("antifoul.toml", "pyproject.toml")


class Range(NamedTuple):
    """Which change: two revisions, the index, or the work tree when nothing is said."""

    base: str | None = None
    head: str | None = None
    staged: bool = False
    settings_file: str | None = None
    base_settings: bool = False  # judge by the settings of the base, so that a change cannot disarm its own gate


def judge(place: str, wanted: Range, asked: Asked, environ: Mapping[str, str]) -> CheckReport:
    """Judge the change in the repository around a folder.

    Raises:
        UsageError: not a repository, a revision that is not there, wrong settings.
    """
    git = repository(place, environ)
    base, head, how = bases.resolve(git, wanted.base, wanted.head, staged=wanted.staged, environ=environ)
    settings = settings_of(git, base if wanted.base_settings else head, wanted.settings_file)
    limits = changes.Limits(_is_read, role_by(settings), settings.thresholds.file_bytes)
    if head == "index":
        change = changes.staged(git, base, limits)
    elif head == "worktree":
        change = changes.unstaged(git, base, limits)
    else:
        change = changes.between(git, base, head, limits)
    providers = Providers(lambda: _paths(git, change), lambda path: _content(git, head, path), in_scope(settings))
    return check(change._replace(how=how), settings, asked, providers)


def repository(place: str, environ: Mapping[str, str]) -> Git:
    """The repository around a folder.

    Raises:
        UsageError: the folder is not there, or no repository is around it.
    """
    if not os.path.isdir(place):  # noqa: PTH112  hot path
        raise UsageError(f"there is no folder {place!r}")
    git = open_repository(place, environ)
    if git is None:
        raise UsageError(f"{place!r} is not in a git repository").with_remedy(
            "run it inside one; `antifoul survey` and `antifoul report` also read a plain folder"
        )
    return git


def settings_of(git: Git, head: str, settings_file: str | None) -> Settings:
    """The settings of the judged side: of the index, the commit or the work tree; of one named file instead."""
    if head == "worktree" or settings_file is not None:
        return settings_in_folder(git.root, settings_file)
    names = tuple(entry.name for entry in index())
    for file in _SETTINGS_FILES:
        outcome = git.try_run("cat-file", "blob", f":0:{file}" if head == "index" else f"{head}:{file}")
        if outcome.code == 0 and (found := settings_from(outcome.out, file, names)):
            return found
    return Settings()


def settings_in_folder(root: str, settings_file: str | None) -> Settings:
    """The settings that lie in a folder, or those of one named file.

    Raises:
        UsageError: the file cannot be read, or says something that no setting is.
    """
    names = tuple(entry.name for entry in index())
    if settings_file is not None:
        try:
            data = read_regular(settings_file)
        except ReadError as problem:
            raise UsageError(f"--config {settings_file}: {problem}") from None
        return settings_from(data, settings_file, names) or Settings(origin=settings_file)
    for file in _SETTINGS_FILES:
        place = os.path.join(root, file)  # noqa: PTH118  hot path
        if not os.path.lexists(place):
            continue
        try:
            found = settings_from(read_regular(place), file, names)
        except ReadError as problem:
            raise UsageError(f"{file}: {problem}") from None
        if found:
            return found
    return Settings()


def _paths(git: Git, change: Change) -> frozenset[RepoPath]:
    if change.head in {"index", "worktree"}:
        names = git.run("ls-files", "--cached", "-z")
    else:
        names = git.run("ls-tree", "-r", "-z", "--name-only", change.head)
    gone = {file.path for file in change.files if file.status == "deleted"}
    return frozenset(from_bytes(name) for name in split_z(names)) - gone


def _content(git: Git, head: str, path: RepoPath) -> bytes | None:
    if head == "worktree":
        try:
            return read_regular(os.path.join(git.root, path))  # noqa: PTH118  bytes in names
        except ReadError:
            return None
    outcome = git.try_run("cat-file", "blob", f":0:{path}" if head == "index" else f"{head}:{path}")
    return outcome.out if outcome.code == 0 else None


def _is_read(path: RepoPath) -> bool:
    """Python, a config, or a file without an ending that may be Python by its first line."""
    return is_python(path) or format_of(path) is not None or "." not in path.rpartition("/")[2]
