"""The errors that a user is meant to read. The shell translates them once, into one line and an exit code."""

from __future__ import annotations


class AntifoulError(Exception):
    """Something that the user should read: one sentence, with the remedy added as a note."""

    def with_remedy(self, remedy: str) -> AntifoulError:
        """The same error, with the sentence that says how to mend it."""
        self.add_note(remedy)
        return self

    @property
    def remedies(self) -> tuple[str, ...]:
        """The sentences that say how to mend it."""
        return tuple(getattr(self, "__notes__", ()))


class UsageError(AntifoulError):
    """The command line, the settings or the place it was called in cannot be worked with: exit 2."""


class ReadError(AntifoulError):
    """One thing could not be read. Where others can still be judged it becomes a listed skip."""
