"""What mending a tree came to."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.paths import RepoPath


class Fix(NamedTuple):
    """One thing that is mended. `line` is that of the text as it was."""

    name: str
    line: int
    message: str


class Left(NamedTuple):
    """One thing that could be mended and is not, and why."""

    name: str
    line: int
    reason: str


class Mended(NamedTuple):
    """One file: what was mended in it and what was not, its bytes afterwards, and the difference."""

    path: RepoPath
    fixes: tuple[Fix, ...]
    left: tuple[Left, ...]
    after: bytes
    diff: str
    refused: str = ""  # why nothing of it is written: it has changes that are not committed


class Mending(NamedTuple):
    """All files that something is to be said of; `written` says that what was not refused has been applied."""

    files: tuple[Mended, ...]
    written: bool = False

    @property
    def fixes(self) -> int:
        """How many things are mended."""
        return sum(len(one.fixes) for one in self.files)

    @property
    def refused(self) -> tuple[Mended, ...]:
        """The files that have fixes and are not written."""
        return tuple(one for one in self.files if one.fixes and one.refused)
