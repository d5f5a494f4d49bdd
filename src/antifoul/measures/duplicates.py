"""What `antifoul duplicates` tells: the classes of copies with what differs in them, and the copies that diverged."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.finding import Finding, Skip
    from antifoul.measures.copies import CopyClass, Extent
    from antifoul.measures.divergence import Divergence
    from antifoul.measures.variants import Variant
    from antifoul.measures.worth import Apart


class Told(NamedTuple):
    """One class of copies, as it is told. `variants` are known of those most worth merging alone."""

    one: CopyClass
    apart: Apart
    variants: tuple[Variant, ...] = ()
    diverged: Divergence | None = None


class Duplicates(NamedTuple):
    """The copies in a tree: those most worth merging first, then tests, generated code and what is alike by design."""

    classes: tuple[Told, ...]
    extent: Extent
    findings: tuple[Finding, ...]  # copies that diverged, and those that no longer match the source that they name
    muted: int  # units that a comment lets be copies
    siblings: int  # classes that are near-copies by design, and did not diverge
    skipped: tuple[Skip, ...]
    notes: tuple[str, ...]

    @property
    def share(self) -> float:
        """Lines in copies as a share of all, from 0 to 1."""
        return sum(self.extent.duplicated.values()) / self.extent.lines if self.extent.lines else 0.0

    @property
    def statement_share(self) -> float:
        """Statements in copies as a share of all, from 0 to 1."""
        return self.extent.duplicated_statements / self.extent.statements if self.extent.statements else 0.0
