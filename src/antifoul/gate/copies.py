"""The copies that a change adds or parts: its functions against those of the whole judged side, by the ledger."""

from __future__ import annotations

import os

from antifoul.facts.errors import ReadError
from antifoul.facts.paths import from_bytes
from antifoul.gate.blobs import measure_blobs_as
from antifoul.gate.claims import stale_copies
from antifoul.gate.scope import in_scope, matcher, role_by
from antifoul.ledger.kinds import UNITS
from antifoul.ledger.measuring import Item, measured_as
from antifoul.ledger.store import Store, cache_folder
from antifoul.measures.added import Changed, Sided, added
from antifoul.measures.added_runs import added_runs
from antifoul.measures.changed_copies import ChangedCopies
from antifoul.measures.parted import parted
from antifoul.readers.files import blob_id
from antifoul.readers.git import split_z

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from antifoul.facts.change import Change, ChangedFile
    from antifoul.facts.copyable import Units
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.settings import Settings
    from antifoul.facts.source import Source
    from antifoul.readers.git import Git


def copies_in(git: Git, change: Change, settings: Settings) -> ChangedCopies:
    """What the change does to copies, tests and generated code apart."""
    files = [file for file in change.files if any(_is_judged(one) for one in (file.before, file.after))]
    if not files:
        return ChangedCopies()
    stale = stale_copies(git, change, in_scope(settings))
    with Store(cache_folder(os.environ)) as store:
        sides = _sides(files, store)
        if not any(side.after and side.after.units for side in sides):
            return ChangedCopies(stale=stale)
        elsewhere = _elsewhere(git, change, settings, store)
    changed = Changed(sides)
    siblings = matcher(settings.siblings)
    whole = tuple(added(changed, elsewhere))
    runs = tuple(added_runs(sides, elsewhere, whole))
    return ChangedCopies(
        tuple(
            sorted(one for one in (*whole, *runs) if not (siblings(one.member.path) and siblings(one.original.path)))
        ),
        tuple(sorted(parted(changed, elsewhere))),
        stale,
    )


def _is_judged(source: Source | None) -> bool:
    return source is not None and source.is_python and source.role != "test"


def _sides(files: Sequence[ChangedFile], store: Store) -> list[Sided]:
    """The units of the changed files on both sides."""
    sources = [one for file in files for one in (file.before, file.after) if one is not None and one.is_python]
    known = measured_as(UNITS, [Item(one.path, blob_id(one.data), one.data) for one in sources], (), store)

    def units_of(source: Source | None) -> Units | None:
        outcome = known.get(blob_id(source.data)) if source is not None and _is_judged(source) else None
        return None if outcome is None or isinstance(outcome, ReadError) or outcome.generated else outcome

    return [
        Sided(
            file.path,
            file.before.path if file.before else file.path,
            units_of(file.before),
            units_of(file.after),
            frozenset(file.added()) if file.after is not None else frozenset(),
        )
        for file in files
    ]


def _elsewhere(git: Git, change: Change, settings: Settings, store: Store) -> Mapping[RepoPath, Units]:
    """The units of the files that the change does not touch, in order of path."""
    role, judged = role_by(settings), in_scope(settings)
    touched = {path for file in change.files for path in (file.path, file.before.path if file.before else "")}
    blobs = {
        path: blob
        for path, blob in _blobs(git, change.head).items()
        if path not in touched and path.endswith((".py", ".pyi")) and judged(path) and role(path) != "test"
    }
    outcomes = measure_blobs_as(UNITS, git, blobs.values(), settings, store)
    found = {path: outcomes[blob] for path, blob in sorted(blobs.items())}
    return {path: one for path, one in found.items() if not isinstance(one, ReadError) and not one.generated}


def _blobs(git: Git, head: str) -> dict[RepoPath, str]:
    """The blob of each regular file of a commit or the index; of the work tree's untouched files the index knows it."""
    if head in {"index", "worktree"}:
        rows = (row.partition(b"\t") for row in split_z(git.run("ls-files", "--cached", "--stage", "-z")))
        return {from_bytes(name): about.split()[1].decode() for about, _, name in rows if about.startswith(b"100")}
    rows = (row.partition(b"\t") for row in split_z(git.run("ls-tree", "-r", "-z", head)))
    return {from_bytes(name): about.split()[2].decode() for about, _, name in rows if about.startswith(b"100")}
