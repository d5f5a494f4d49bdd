"""What a change does to copies, as the rules are given it."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.measures.added import Added
    from antifoul.measures.copied_from import Gone, Mismatch
    from antifoul.measures.parted import Parted


class ChangedCopies(NamedTuple):
    """The copies that a change adds, those that it edits in one place alone, and those that it makes untrue.

    In order of place.
    """

    added: tuple[Added, ...] = ()
    parted: tuple[Parted, ...] = ()
    stale: tuple[Mismatch | Gone, ...] = ()
