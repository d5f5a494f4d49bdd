"""Read a change that a unified diff names: the sources from the blobs of its index lines, else from the work tree."""

from __future__ import annotations

import os

from antifoul.facts.change import Change, ChangedFile, Status
from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.finding import Skip
from antifoul.facts.patch import Patch, applied, fits, patches, reverted
from antifoul.facts.record import NamedTuple
from antifoul.facts.source import Source
from antifoul.readers.bases import tip
from antifoul.readers.disk import read_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.paths import RepoPath
    from antifoul.readers.changes import Limits
    from antifoul.readers.git import Git


class _Sides(NamedTuple):
    before: bytes | None
    after: bytes | None


def patched(git: Git, data: bytes, limits: Limits) -> Change:
    """What a diff changes. A file whose sources are neither in the repository nor in the work tree is skipped.

    Raises:
        UsageError: there is text, and no diff in it.
    """
    every = tuple(patches(data))
    if data.strip() and not every:
        raise UsageError("--diff: no unified diff is in it").with_remedy("give it what `git diff` prints")
    found = [one for one in every if limits.wants(one.path or one.old_path)]
    names = _full_names(git, [blob for one in found for blob in (one.old_blob, one.new_blob) if blob])
    blobs = git.blobs(names.values())
    known = {short: content for short, full in names.items() if (content := blobs[full]) is not None}
    files: list[ChangedFile] = []
    skipped: list[Skip] = []
    for one in found:
        path = one.path or one.old_path
        try:
            sides = _sides(git, one, known)
            before = _source(one.old_path, sides.before, limits)
            after = _source(one.path, sides.after, limits)
        except ReadError as problem:
            skipped.append(Skip(path, str(problem)))
            continue
        files.append(ChangedFile(path, _status(one), before, after, one.hunks))
    return Change(tip(git), "worktree", tuple(files), tuple(skipped))


def _full_names(git: Git, short: list[str]) -> dict[str, str]:
    """The full id of each blob that the repository has, by the shortened id of a diff."""
    wanted = list(dict.fromkeys(short))
    if not wanted:
        return {}
    told = git.try_run("cat-file", "--batch-check", feed="".join(f"{one}\n" for one in wanted).encode()).out
    rows = (line.split(b" ") for line in told.split(b"\n"))
    return {one: row[0].decode() for one, row in zip(wanted, rows, strict=False) if len(row) == 3 and row[1] == b"blob"}


def _sides(git: Git, one: Patch, known: dict[str, bytes]) -> _Sides:
    if one.problem:
        raise ReadError(f"not judged: {one.problem}")
    before = known.get(one.old_blob)
    if not one.path:
        return _Sides(before, None)
    after = known.get(one.new_blob)
    if after is None:
        after = _on_disk(git, one)
    if after is None or not fits(one, after):
        old = b"" if not one.old_path else before
        after = None if old is None else applied(one, old)
    if after is None:
        raise ReadError("not judged: neither a blob of this repository nor the work tree has what the diff shows")
    if one.old_path and before is None:
        before = reverted(one, after)
    return _Sides(before if one.old_path else None, after)


def _on_disk(git: Git, one: Patch) -> bytes | None:
    place = os.path.join(git.root, one.path)  # noqa: PTH118  bytes in names
    inside = os.path.realpath(place).startswith(os.path.join(os.path.realpath(git.root), ""))  # noqa: PTH118
    if not inside:
        return None
    try:
        return read_regular(place)
    except ReadError:
        return None


def _source(path: RepoPath, data: bytes | None, limits: Limits) -> Source | None:
    if data is None:
        return None
    if len(data) > limits.file_bytes:
        raise ReadError(f"{len(data):,} bytes are over the limit of {limits.file_bytes:,} (thresholds.file-bytes)")
    return Source(path, data, limits.role(path))


def _status(one: Patch) -> Status:
    if not one.path:
        return "deleted"
    if not one.old_path:
        return "added"
    return "modified" if one.path == one.old_path else "renamed"
