"""Read a change from git: the lines from one diff, the sources from the blobs that are judged."""

from __future__ import annotations

import os
import re

from antifoul.facts.change import Change, ChangedFile, Hunk, Status
from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Skip
from antifoul.facts.paths import RepoPath, c_quoted, from_bytes
from antifoul.facts.record import NamedTuple
from antifoul.facts.source import Source
from antifoul.readers.disk import read_regular
from antifoul.readers.git import DIFF, Git, split_z

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from antifoul.facts.roles import Role


_HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_UNUSUAL = re.compile(r"[^ !#-\[\]-~]")  # what git quotes: control signs, quotes, backslashes, all beyond ASCII
_FILE_MODES = (b"100644", b"100755", b"100664")
_NO_BLOB = "0" * 40
_STATUS: dict[str, Status] = {"A": "added", "M": "modified", "D": "deleted", "R": "renamed", "C": "added"}

Wants: TypeAlias = "Callable[[RepoPath], bool]"
RoleOf: TypeAlias = "Callable[[RepoPath], Role]"


class Limits(NamedTuple):
    """What is read at all."""

    wants: Wants
    role: RoleOf
    file_bytes: int


class Row(NamedTuple):
    """One row of git's raw diff."""

    status: str
    old_blob: str  # "" where that side has no regular file
    new_blob: str
    old_path: RepoPath
    path: RepoPath
    hunks: tuple[Hunk, ...]


def between(git: Git, base: str, head: str, limits: Limits) -> Change:
    """What lies between two commits or trees."""
    return _change(git, base, head, _rows(git, ("diff-tree", "-r"), (base, head)), limits)


def staged(git: Git, base: str, limits: Limits, rows: tuple[Row, ...] | None = None) -> Change:
    """What the index adds to a commit or tree; `rows` are git's where it was asked already."""
    if rows is None:
        rows = _rows(git, ("diff-index", "--cached"), (base,))
    return _change(git, base, "index", rows, limits)


def rows_of(listing: bytes) -> tuple[Row, ...]:
    """The rows of what git printed."""
    return tuple(_entries(listing))


def named_in(rows: tuple[Row, ...], wants: Wants) -> list[str]:
    """The ids of the blobs that the rows name, of the files that are wanted."""
    wanted = [row for row in rows if wants(row.path) or wants(row.old_path)]
    return [blob for row in wanted for blob in (row.old_blob, row.new_blob) if blob.strip("0")]


def unstaged(git: Git, base: str, limits: Limits) -> Change:
    """What the work tree adds to a commit or tree, untracked files included."""
    quiet = git.without_filters()
    entries = list(_rows(quiet, ("diff-index",), (base,)))
    for name in split_z(quiet.run("ls-files", "--others", "--exclude-standard", "-z")):
        path = from_bytes(name)
        if not path.endswith("/"):  # an embedded repository
            entries.append(Row("A", "", "worktree", path, path, ()))
    return _change(git, base, "worktree", tuple(entries), limits)


def _rows(git: Git, command: tuple[str, ...], sides: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows of git's diff. Where a partial clone lacks a blob, those of it have no hunks, and renames go untold."""
    outcome = git.try_run(*command, *DIFF, *sides, "--")
    if outcome.code == 0:
        return tuple(_entries(outcome.out))
    bare = tuple(
        _entries(git.run(*command, "--raw", "-z", "--no-renames", "--full-index", "--no-abbrev", *sides, "--"))
    )
    ids = {blob for row in bare for blob in (row.old_blob, row.new_blob) if blob.strip("0")}
    missing = {blob for blob, content in git.blobs(ids).items() if content is None}
    whole = [row.path for row in bare if row.old_blob not in missing and row.new_blob not in missing]
    if not whole:
        return bare
    told = git.run("--literal-pathspecs", *command, *DIFF, "--no-renames", *sides, "--", *whole)
    hunks = {row.path: row.hunks for row in _entries(told)}
    return tuple(row._replace(hunks=hunks.get(row.path, ())) for row in bare)


def _entries(raw: bytes) -> Iterator[Row]:
    """The rows of `--raw -p -z`: the raw rows, an empty one, then a patch for each row in the same order."""
    rows: list[tuple[str, str, str, RepoPath, RepoPath]] = []
    at = 0
    while raw[at : at + 1] == b":":
        end = raw.index(b"\0", at)
        old_mode, new_mode, old_id, new_id, status = raw[at + 1 : end].split(b" ")
        kind = status[:1].decode()
        end, old_path = _field(raw, end + 1)
        path = old_path
        if kind in "RC":
            end, path = _field(raw, end)
        old_blob = old_id.decode() if old_mode in _FILE_MODES else ""
        new_blob = new_id.decode() if new_mode in _FILE_MODES else ""
        rows.append((kind, old_blob, new_blob, old_path, path))
        at = end
    sections = (b"\n" + raw[at:].lstrip(b"\0")).split(b"\ndiff --git ")[:0:-1]
    for kind, old_blob, new_blob, old_path, path in rows:
        if kind == "U":
            yield Row(kind, "", "", old_path, path, ())
            continue
        patches: list[bytes] = []
        head = _header(old_path, path)
        # None for what only looks changed; two for a file that became a link, or the reverse: one removes, one adds.
        while sections and sections[-1].startswith(head) and len(patches) < 1 + (kind == "T"):
            patches.append(sections.pop() + b"\n")
        if not patches:
            patches.append(b"")
        if kind == "T" and not old_blob and not new_blob:
            continue
        what = kind if kind != "T" else "M" if old_blob and new_blob else "A" if new_blob else "D"
        patch = patches[-1] if what == "A" else patches[0]
        yield Row(what, old_blob, new_blob, old_path, path, tuple(_hunks(patch)))


def _header(old_path: RepoPath, path: RepoPath) -> bytes:
    return " ".join(map(_quoted, (f"a/{old_path}", f"b/{path}"))).encode("utf-8", "surrogateescape") + b"\n"


def _quoted(path: RepoPath) -> str:
    return c_quoted(path) if _UNUSUAL.search(path) else path


def _field(raw: bytes, start: int) -> tuple[int, RepoPath]:
    end = raw.index(b"\0", start)
    return end + 1, from_bytes(raw[start:end])


def _hunks(patch: bytes) -> Iterator[Hunk]:
    """The hunks of one file's patch, found by counting: a line of the file may itself look like a hunk's head."""
    at = 0
    while found := _HUNK.search(patch, at):
        old, new = int(found[2] or 1), int(found[4] or 1)
        yield Hunk(int(found[1]), old, int(found[3]), new)
        at = patch.find(b"\n", found.end()) + 1
        for _ in range(old + new):
            at = patch.find(b"\n", at) + 1
            if at == 0:
                return
            if patch.startswith(b"\\ No newline", at):
                at = patch.find(b"\n", at) + 1
                if at == 0:
                    return


def _change(git: Git, base: str, head: str, entries: tuple[Row, ...], limits: Limits) -> Change:
    wanted = [entry for entry in entries if limits.wants(entry.path) or limits.wants(entry.old_path)]
    wanted_paths = {entry.path for entry in wanted}
    on_disk = head == "worktree"
    ids = [entry.old_blob for entry in wanted] + ([] if on_disk else [entry.new_blob for entry in wanted])
    blobs = git.blobs(one for one in ids if one and one != _NO_BLOB)
    files: list[ChangedFile] = []
    skipped: list[Skip] = []
    in_conflict = {entry.path for entry in entries if entry.status == "U"}
    skipped += [Skip(path, "it is in conflict: resolve it and add it") for path in sorted(in_conflict & wanted_paths)]
    for entry in entries:
        if entry.path in in_conflict:
            continue
        before = after = None
        hunks = entry.hunks
        if entry in wanted:
            try:
                before = _source(entry.old_path, blobs.get(entry.old_blob), limits) if entry.old_blob else None
                if entry.new_blob and on_disk:
                    data = read_regular(os.path.join(git.root, entry.path))  # noqa: PTH118  hot path
                    after = _source(entry.path, data, limits)
                    hunks = hunks or (_whole(data) if before is None else ())
                elif entry.new_blob:
                    after = _source(entry.path, blobs.get(entry.new_blob), limits)
            except ReadError as problem:
                skipped.append(Skip(entry.path, str(problem)))
                continue
        status = _STATUS[entry.status]
        files.append(ChangedFile(entry.path, status, before if status != "added" else None, after, hunks))
    return Change(base, head, tuple(files), tuple(skipped))


def _whole(data: bytes) -> tuple[Hunk, ...]:
    lines = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    return (Hunk(0, 0, 1, lines),) if lines else ()


def _source(path: RepoPath, data: bytes | None, limits: Limits) -> Source:
    if data is None:
        raise ReadError("its blob is missing from this clone").with_remedy("git fetch --refetch --filter=blob:limit=1g")
    if len(data) > limits.file_bytes:
        raise ReadError(f"{len(data):,} bytes are over the limit of {limits.file_bytes:,} (thresholds.file-bytes)")
    return Source(path, data, limits.role(path))
