"""The Python files of a tree: git's list, or a plain folder's without git; and their bytes."""

import os
import stat
from collections.abc import Callable, Iterator
from hashlib import sha1
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Skip
from antifoul.facts.paths import RepoPath, from_bytes
from antifoul.facts.roles import is_python
from antifoul.readers.attributes import FILE, marked
from antifoul.readers.disk import read_regular
from antifoul.readers.git import Git, split_z

_PASSED_OVER = frozenset(
    {
        ".git", ".hg", ".svn", "__pycache__", ".venv", "venv", ".tox", ".nox", ".mypy_cache", ".ruff_cache",
        ".pytest_cache", "node_modules", "site-packages", ".eggs", "build", "dist",
    }
)  # fmt: skip
_HEAD_BYTES = 4096
_OUTPUTS = 20  # how many times as large as a source a notebook may be: most of one is pictures


class Listing(NamedTuple):
    """The files found, relative to the root, and what could not be looked at."""

    paths: tuple[RepoPath, ...]
    skipped: tuple[Skip, ...]


class Content(NamedTuple):
    """One file's bytes, and the id that git gives to them."""

    path: RepoPath
    blob: str
    data: bytes


def tracked(git: Git) -> Listing:
    """The regular files of a work tree that git tracks or would track, sorted."""
    names = git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    paths = []
    for name in split_z(names):
        path = from_bytes(name)
        if not path.endswith("/") and _is_there(os.path.join(git.root, path)):  # noqa: PTH118  bytes in names
            paths.append(path)
    return Listing(tuple(sorted(paths)), ())


def _is_there(place: str) -> bool:
    """A deleted file, a submodule and a symbolic link (its target is listed itself) are no files of the tree."""
    try:
        mode = os.lstat(place).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # it may not be looked at: reading it will say why
    return not stat.S_ISLNK(mode) and not stat.S_ISDIR(mode)


def walked(root: str) -> Listing:
    """The files under a plain folder, sorted; links are not followed, so that no loop is entered."""
    paths: list[RepoPath] = []
    skipped: list[Skip] = []
    stack = [""]
    while stack:
        folder = stack.pop()
        try:
            entries = list(os.scandir(os.path.join(root, folder)))  # noqa: PTH118  bytes in names
        except OSError as problem:
            skipped.append(Skip(folder or ".", f"the folder cannot be read: {problem.strerror}"))
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _PASSED_OVER and not _is_environment(entry.path):
                    stack.append(path)
            else:
                paths.append(path)
    return Listing(tuple(sorted(paths)), tuple(sorted(skipped)))


def _is_environment(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, "pyvenv.cfg"))  # noqa: PTH110, PTH118  bytes in names


def python_contents(
    root: str, paths: tuple[RepoPath, ...], limit: int, wanted: Callable[[RepoPath], bool]
) -> Iterator[Content | Skip]:
    """The bytes of each Python file and notebook among the paths, or why they could not be had."""
    for path in paths:
        if not wanted(path):
            continue
        place = os.path.join(root, path)  # noqa: PTH118  bytes in names
        name = path.rpartition("/")[2]
        notebook = path.endswith(".ipynb")
        if not is_python(path) and not notebook and ("." in name or not _has_python_shebang(place)):
            continue
        try:
            data = read_regular(place, limit * _OUTPUTS if notebook else limit)
        except ReadError as problem:
            yield Skip(path, str(problem))
            continue
        yield Content(path, blob_id(data), data)


def _has_python_shebang(place: str) -> bool:
    try:
        if not stat.S_ISREG(os.lstat(place).st_mode):
            return False
        with open(place, "rb") as file:  # noqa: PTH123  bytes in names
            first = file.read(_HEAD_BYTES).split(b"\n", 1)[0]
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first


def blob_id(data: bytes) -> str:
    """The id that git gives to a content in a SHA-1 repository."""
    digest = sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def generated_by_attributes(root: str, paths: tuple[RepoPath, ...]) -> frozenset[RepoPath]:
    """The paths that the `.gitattributes` files mark as generated or vendored."""
    there = {path for path in paths if path.rpartition("/")[2] == FILE}
    if not there:
        return frozenset()

    def read(path: RepoPath) -> bytes | None:
        try:
            return read_regular(os.path.join(root, path)) if path in there else None  # noqa: PTH118
        except ReadError:
            return None

    return frozenset(filter(marked(read), paths))
