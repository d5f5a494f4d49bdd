"""One config file: what was read of it, and the files that it is built on."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypeAlias

    from antifoul.facts.paths import RepoPath


Format: TypeAlias = "Literal['yaml', 'json', 'toml']"

SUFFIXES: Mapping[str, Format] = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml"}


class Problem(NamedTuple):
    """Why a file cannot be read. Lines and columns count from 1."""

    line: int
    column: int
    message: str


class Repeated(NamedTuple):
    """A key that is set again in the same mapping."""

    key: str  # dotted from the top: "model.layers[2].size"
    line: int
    column: int
    first_line: int


class Reference(NamedTuple):
    """A file that a config says it is built on."""

    key: str  # "extends"
    text: str  # as written
    line: int
    column: int


class Config(NamedTuple):
    """One config file. Where `problem` or `skip` is set, nothing more is known of it."""

    path: RepoPath
    format: Format
    problem: Problem | None = None
    skip: str = ""  # why it is not judged: a template, too large
    repeated: tuple[Repeated, ...] = ()
    references: tuple[Reference, ...] = ()


class Base(NamedTuple):
    """What a reference came to. `target` is "" where there is no such file."""

    reference: Reference
    target: RepoPath


class Inheritance(NamedTuple):
    """The bases of every config that was asked about, and of all that they are built on."""

    bases: Mapping[RepoPath, tuple[Base, ...]]

    def of(self, path: RepoPath) -> tuple[Base, ...]:
        """The bases of one config."""
        return self.bases.get(path, ())


def format_of(path: RepoPath) -> Format | None:
    """The format that a file's ending says, None for what is no config."""
    name = path.rpartition("/")[2]
    return SUFFIXES.get(f".{name.rpartition('.')[2].lower()}") if "." in name else None
