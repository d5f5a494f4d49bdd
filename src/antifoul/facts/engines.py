"""What another program, a linter, says of both sides of a change."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from antifoul.facts.paths import RepoPath


class Remark(NamedTuple):
    """One thing it says. Lines and columns count from 1."""

    line: int
    column: int
    code: str
    message: str


class EngineRun(NamedTuple):
    """What came of asking it. Where `problem` is set it was not asked, or gave no answer, and nothing is known."""

    problem: str = ""
    before: Mapping[RepoPath, tuple[Remark, ...]] = {}
    after: Mapping[RepoPath, tuple[Remark, ...]] = {}
    notes: tuple[str, ...] = ()  # what of the repository's settings was not heeded
