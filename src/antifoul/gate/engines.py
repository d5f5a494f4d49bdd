"""Linters limited to the change: both sides laid out from blobs, each engine asked about the changed files of both."""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory

from antifoul.facts.engines import EngineRun
from antifoul.facts.errors import ReadError
from antifoul.facts.paths import from_bytes
from antifoul.readers.engines import SETTINGS_FILES, ask_engine, configured, installed, lay_out
from antifoul.readers.git import split_z

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from antifoul.facts.change import Change
    from antifoul.facts.paths import RepoPath
    from antifoul.readers.git import Git


class Engines:
    """The engines of one change. The two trees are laid out when the first is asked, and go with `close`."""

    def __init__(self, git: Git, change: Change, read: Callable[[RepoPath], bytes | None]) -> None:
        self._git = git
        self._change = change
        self._read = read
        self._temporary: TemporaryDirectory[str] | None = None
        self._sides: tuple[str, str] | None = None

    def ask(self, engine: str, timeout: int) -> EngineRun:
        """What the engine says, or why it was not asked."""
        if not configured(engine, self._read):
            return EngineRun(f"the repository does not configure {engine}")
        if not installed(engine):
            return EngineRun(f"{engine} is not installed beside antifoul: pip install 'antifoul[linters]'")
        before = [file.before for file in self._change.files if file.before is not None and file.before.is_python]
        after = [file.after for file in self._change.files if file.after is not None and file.after.is_python]
        if not after:
            return EngineRun()
        try:
            base, head = self._laid_out()
            new = ask_engine(engine, head, tuple(one.path for one in after), timeout)
            if not any(new.remarks.values()):
                return EngineRun(notes=new.notes)
            old = ask_engine(engine, base, tuple(one.path for one in before), timeout)
        except ReadError as problem:
            return EngineRun(str(problem))
        return EngineRun("", old.remarks, new.remarks, new.notes)

    def close(self) -> None:
        """Take the trees away."""
        if self._temporary is not None:
            self._temporary.cleanup()

    def _laid_out(self) -> tuple[str, str]:
        if self._sides is None:
            self._temporary = TemporaryDirectory(prefix="antifoul-", ignore_cleanup_errors=True)
            sides = []
            for name, files in (("base", self._before()), ("head", self._after())):
                folder = os.path.join(os.path.realpath(self._temporary.name), name, "tree")  # noqa: PTH118  bytes
                os.makedirs(folder)  # noqa: PTH103  as above
                lay_out(folder, files)
                sides.append(folder)
            self._sides = (sides[0], sides[1])
        return self._sides

    def _before(self) -> Iterator[tuple[RepoPath, bytes]]:
        yield from self._blobs(self._git.run("ls-tree", "-r", "-z", self._change.base), at=2)
        yield from ((file.before.path, file.before.data) for file in self._change.files if file.before is not None)

    def _after(self) -> Iterator[tuple[RepoPath, bytes]]:
        if self._change.head in {"index", "worktree"}:
            rows, at = self._git.run("ls-files", "--cached", "--stage", "-z"), 1
        else:
            rows, at = self._git.run("ls-tree", "-r", "-z", self._change.head), 2
        gone = {file.before.path for file in self._change.files if file.before is not None}
        yield from (row for row in self._blobs(rows, at) if row[0] not in gone)
        yield from ((file.after.path, file.after.data) for file in self._change.files if file.after is not None)

    def _blobs(self, listing: bytes, at: int) -> Iterator[tuple[RepoPath, bytes]]:
        """The Python files and settings of a listing; what a partial clone lacks is left out."""
        wanted: dict[RepoPath, str] = {}
        for row in split_z(listing):
            about, _, name = row.partition(b"\t")
            path = from_bytes(name)
            if about.startswith(b"100") and (
                path.endswith((".py", ".pyi")) or path.rpartition("/")[2] in SETTINGS_FILES
            ):
                wanted[path] = about.split()[at].decode()
        contents = self._git.blobs(wanted.values())
        for path, blob in wanted.items():
            data = contents[blob]
            if data is not None:
                yield path, data
