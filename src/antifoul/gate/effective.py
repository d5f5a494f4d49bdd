"""Which values configs have in effect before and after a change: of the changed ones, and of those built on them."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from antifoul.facts.altered import Effective
from antifoul.facts.change import Change
from antifoul.facts.config import format_of
from antifoul.facts.errors import ReadError
from antifoul.facts.paths import RepoPath, from_bytes, to_bytes
from antifoul.facts.roles import is_gate, role_of
from antifoul.facts.stack.bases import BASE_KEYS
from antifoul.facts.stack.literals import literal
from antifoul.facts.stack.nodes import leaves
from antifoul.facts.stack.paths import dotted
from antifoul.facts.stack.stack import Stack
from antifoul.readers.git import Git, split_z
from antifoul.readers.stack.chain import chain_of

_FILES = 2000  # configs of a tree; with more, only the changed ones are resolved
_BYTES = 500_000  # of one file: a larger one is data
_NO_CONFIG = frozenset({"test", "vendored", "generated"})
_OF_PACKAGES = frozenset({"package.json", "package-lock.json", "tsconfig.json", "mkdocs.yml", "uv.lock", "poetry.lock"})
_WORDS = tuple(word.encode() for word in BASE_KEYS)


def effective(git: Git, change: Change, judged: Callable[[RepoPath], bool]) -> tuple[Effective, ...]:
    """The values that differ, in order of path and key. A config that cannot be resolved on a side is left out."""
    if change.head in {"index", "worktree"}:
        return ()
    touched = {file.path for file in change.files} | {file.before.path for file in change.files if file.before}
    changed = {path for path in touched if _is_config(path) and judged(path)}
    if not changed:
        return ()
    with TemporaryDirectory(prefix="antifoul-configs-") as folder:
        before = _Side(git, change.base, Path(folder, "before"), changed)
        after = _Side(git, change.head, Path(folder, "after"), changed)
        renamed = {file.path: file.before.path for file in change.files if file.before and file.after}
        return tuple(_differences(before, after, changed, renamed))


def _is_config(path: RepoPath) -> bool:
    """It may configure a run: the files of tools, gates and packages are not meant."""
    if format_of(path) is None or role_of(path) in _NO_CONFIG or is_gate(path):
        return False
    *folders, name = path.split("/")
    return (
        name not in _OF_PACKAGES and not name.startswith((".", "_")) and not any(one.startswith(".") for one in folders)
    )


class _Side:
    """The configs of one commit, laid out in a folder of our own, links and all else left out."""

    def __init__(self, git: Git, commit: str, folder: Path, changed: set[RepoPath]) -> None:
        self.folder = folder
        blobs = _blobs(git, commit)
        if len(blobs) > _FILES:
            blobs = {path: blob for path, blob in blobs.items() if path in changed}
        contents = git.blobs(blobs.values())
        self.texts = {path: data for path, blob in blobs.items() if (data := contents[blob]) and len(data) <= _BYTES}
        folder.joinpath(".git").mkdir(parents=True)  # a base is looked for up to the top of the repository
        for path, data in self.texts.items():
            place = os.path.join(os.fsencode(folder), to_bytes(path))  # noqa: PTH118  bytes in names
            os.makedirs(os.path.dirname(place), exist_ok=True)  # noqa: PTH103, PTH120
            with open(place, "wb") as file:  # noqa: PTH123
                file.write(data)

    def values(self, path: RepoPath) -> tuple[dict[str, str], tuple[RepoPath, ...]] | None:
        """The values in effect by key, and the files that they come from; None where they cannot be told."""
        if path not in self.texts:
            return {}, ()
        try:
            chain = chain_of(os.path.join(self.folder, path), "experiment")  # noqa: PTH118  bytes in names
            layers = tuple(self._inside(layer.place) for layer in chain.layers)
            tree = Stack(tuple(chain.layers)).tree
            return {dotted(key): literal(node) for key, node in leaves(tree) if key}, layers
        except (ReadError, RecursionError, ValueError):
            return None

    def _inside(self, place: str) -> RepoPath:
        """A layer's path in the repository.

        Raises:
            ReadError: it lies elsewhere on this machine, which is nobody's business.
        """
        path = os.path.relpath(os.path.realpath(place), os.path.realpath(self.folder))
        if path.startswith(os.pardir) or path not in self.texts:
            raise ReadError("a base lies outside of the repository")
        return path


def _blobs(git: Git, commit: str) -> dict[RepoPath, str]:
    rows = (row.partition(b"\t") for row in split_z(git.run("ls-tree", "-r", "-z", commit)))
    found = {from_bytes(name): about.split()[2].decode() for about, _, name in rows if about.startswith(b"100")}
    return {path: blob for path, blob in found.items() if _is_config(path)}


def _differences(
    before: _Side, after: _Side, changed: set[RepoPath], renamed: Mapping[RepoPath, RepoPath]
) -> Iterator[Effective]:
    built = {path for path, text in after.texts.items() if any(word in text for word in _WORDS)}
    for path in sorted(changed & after.texts.keys() | built):
        old_path = renamed.get(path, path)
        now = after.values(path)
        if now is None or (path not in changed and changed.isdisjoint(now[1])):
            continue
        was = before.values(old_path)
        if was is None or not was[0]:  # a new config alters nothing that was in effect
            continue
        by = path if path in changed else next(one for one in now[1] if one in changed)
        for key in dict.fromkeys((*was[0], *now[0])):
            if was[0].get(key) != now[0].get(key):
                yield Effective(path, key, was[0].get(key), now[0].get(key), by)
