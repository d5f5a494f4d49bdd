"""The numbers of git's blobs: known ones from the ledger, the others read and measured."""

from __future__ import annotations

from antifoul.facts.errors import ReadError
from antifoul.ledger.kinds import NUMBERS
from antifoul.ledger.measuring import Item, known_as, measured_as, silent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeVar

    from antifoul.facts.settings import Settings
    from antifoul.ledger.kinds import Kind
    from antifoul.ledger.measuring import Outcome, Progress
    from antifoul.ledger.store import Store
    from antifoul.readers.git import Git

    _T = TypeVar("_T")

_BLOBS_AT_ONCE = 400


def measure_blobs(
    git: Git, blobs: Iterable[str], settings: Settings, store: Store, progress: Progress = silent
) -> dict[str, Outcome]:
    """The numbers of each blob; only those never seen before are read from git."""
    outcomes = measure_blobs_as(NUMBERS, git, blobs, settings, store, progress=progress)
    if settings.profile == "radon":
        return outcomes
    return {blob: one if isinstance(one, ReadError) else one.by(settings.profile) for blob, one in outcomes.items()}


def measure_blobs_as(  # noqa: PLR0913  what is measured, and by what
    kind: Kind[_T], git: Git, blobs: Iterable[str], settings: Settings, store: Store, *, progress: Progress = silent
) -> dict[str, _T | ReadError]:
    """What that kind of measure says of each blob; only those never seen before are read from git."""
    wanted = sorted(set(blobs))
    words = settings.markers if kind.by_markers else ()
    outcomes = known_as(kind, wanted, words, store)
    left = [blob for blob in wanted if blob not in outcomes]
    for start in range(0, len(left), _BLOBS_AT_ONCE):
        part = git.blobs(left[start : start + _BLOBS_AT_ONCE])
        items = [Item("", blob, data) for blob, data in part.items() if data is not None]
        too_large = {item.blob for item in items if len(item.data) > settings.thresholds.file_bytes}
        found = measured_as(kind, (item for item in items if item.blob not in too_large), words, store)
        outcomes |= found
        outcomes |= {blob: ReadError("the file is over the size limit") for blob in too_large}
        outcomes |= {
            blob: ReadError("its blob is missing from this clone") for blob, data in part.items() if data is None
        }
        progress(start + len(part), len(left))
    return outcomes
