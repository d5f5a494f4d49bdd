"""What a change alters besides what its findings say: for a reader of a pull request, never for the verdict."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.paths import RepoPath


class Reshaped(NamedTuple):
    """A touched function with another number of paths. `before` is None for a new one."""

    path: RepoPath
    symbol: str
    line: int
    before: int | None
    now: int

    @property
    def rise(self) -> int:
        """How many paths more; negative for fewer."""
        return self.now - (self.before or 0)


class Heat(NamedTuple):
    """A changed file that is among the hottest. `rank` counts from 1."""

    path: RepoPath
    rank: int
    ranked: int  # files in the ranking
    commits: int
    interest: int  # complexity times commits


class Effective(NamedTuple):
    """One value that a config has in effect, on both sides; None where it has none. `by` is the changed file."""

    path: RepoPath
    key: str
    before: str | None
    now: str | None
    by: RepoPath


class Moved(NamedTuple):
    """The code part of the health score on both sides, 0 to 100, and what it usually moves in a week."""

    before: float
    now: float
    noise: float


class Parted(NamedTuple):
    """Where the first steps of a training loop part from those at the base, or why they were not compared."""

    target: str
    said: str
    details: tuple[str, ...] = ()


class Altered(NamedTuple):
    """All of it. Empty parts say nothing."""

    functions: tuple[Reshaped, ...] = ()  # the largest difference first
    copied_lines: int = 0
    copies: int = 0
    hot: tuple[Heat, ...] = ()
    configs: tuple[Effective, ...] = ()
    parted: tuple[Parted, ...] = ()
    health: Moved | None = None  # None unless it moved by more than it usually does in a week
