"""The copies that a change adds: its functions against those of the whole judged side, by the ledger."""

from __future__ import annotations

import os

from antifoul.facts.errors import ReadError
from antifoul.facts.paths import from_bytes
from antifoul.facts.tree import Code
from antifoul.gate.blobs import measure_blobs
from antifoul.gate.scope import in_scope, role_by
from antifoul.ledger.measuring import Item, measured
from antifoul.ledger.store import Store, cache_folder
from antifoul.measures.duplication import ChangedCode, Copy, Member, added_copies
from antifoul.readers.files import blob_id
from antifoul.readers.git import split_z

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.change import Change
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.settings import Settings
    from antifoul.facts.source import Source
    from antifoul.facts.tree import Copyable
    from antifoul.readers.git import Git


def copies_in(git: Git, change: Change, settings: Settings) -> tuple[Copy, ...]:
    """The functions that the change adds although they stand elsewhere, tests apart, in order of place."""
    role, judged = role_by(settings), in_scope(settings)
    files = [
        file
        for file in change.files
        if any(one and one.is_python and one.role != "test" for one in (file.before, file.after))
    ]
    if not files:
        return ()
    with Store(cache_folder(os.environ)) as store:
        sources = [one for file in files for one in (file.before, file.after) if one is not None and one.is_python]
        items = [Item(one.path, blob_id(one.data), one.data) for one in sources]
        known = measured(items, settings.markers, store)

        def copyable(source: Source | None) -> tuple[Copyable, ...]:
            outcome = known.get(blob_id(source.data)) if source is not None else None
            return outcome.copyable if isinstance(outcome, Code) else ()

        changed = [ChangedCode(file.path, copyable(file.before), copyable(file.after)) for file in files]
        if not any(one.after for one in changed):
            return ()
        touched = {path for file in change.files for path in (file.path, file.before.path if file.before else "")}
        blobs = {
            path: blob
            for path, blob in _blobs(git, change.head).items()
            if path not in touched and path.endswith((".py", ".pyi")) and judged(path) and role(path) != "test"
        }
        outcomes = measure_blobs(git, blobs.values(), settings, store)
    elsewhere: dict[str, list[Member]] = {}
    for path, blob in sorted(blobs.items()):
        outcome = outcomes[blob]
        if not isinstance(outcome, ReadError):
            for one in outcome.copyable:
                elsewhere.setdefault(one.digest, []).append(Member(path, one.line, one.end_line, one.symbol))
    return tuple(sorted(added_copies(changed, elsewhere)))


def _blobs(git: Git, head: str) -> dict[RepoPath, str]:
    """The blob of each regular file of a commit or the index; of the work tree's untouched files the index knows it."""
    if head in {"index", "worktree"}:
        rows = (row.partition(b"\t") for row in split_z(git.run("ls-files", "--cached", "--stage", "-z")))
        return {from_bytes(name): about.split()[1].decode() for about, _, name in rows if about.startswith(b"100")}
    rows = (row.partition(b"\t") for row in split_z(git.run("ls-tree", "-r", "-z", head)))
    return {from_bytes(name): about.split()[2].decode() for about, _, name in rows if about.startswith(b"100")}
