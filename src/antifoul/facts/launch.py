"""A command that a file holds: the words of it, and where each stands."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.paths import RepoPath


class Word(NamedTuple):
    """One word after quotes and known variables. `open` says that a part is only known when it runs."""

    text: str
    line: int
    column: int
    open: bool = False


class Command(NamedTuple):
    """One simple command. `folder` is where an earlier `cd` of the same script went, "" where none did."""

    path: RepoPath
    words: tuple[Word, ...]
    folder: str = ""
    name: str = ""  # of the language it stands in: "shell", "markdown", "make", "yaml", "python", "docker"

    @property
    def line(self) -> int:
        """Where it starts."""
        return self.words[0].line
