"""What may be set, and who says so: the options of a schema, the flags of a parser."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypeAlias

# What becomes of a key that a schema does not have.
Fate: TypeAlias = "Literal['refused', 'dropped', 'kept']"


class Place(NamedTuple):
    """Where something is declared. `library` is "trl 0.19.1 (uv.lock)", "" for the repository's own code."""

    path: str
    line: int
    library: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}"
        return f"{where} of {self.library}" if self.library else where


class Option(NamedTuple):
    """One option as declared. Type and default are source text, "" where there is none."""

    name: str
    place: Place
    type: str = ""
    default: str = ""
    aliases: tuple[str, ...] = ()
    settable: bool = True  # False: it is computed, and no caller may give it


class Flag(NamedTuple):
    """One flag of a parser: every way to write it. `takes` says whether a value follows; None when untold."""

    names: tuple[str, ...]
    place: Place
    takes: bool | None = None
    dest: str = ""
    type: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    under: frozenset[str] = frozenset()  # the subcommands that it is of; empty where it is of all, or not known


class Interface(NamedTuple):
    """What a program takes on its command line. `open` says why a flag that is not here may still be known."""

    kinds: frozenset[str]  # "argparse", "dataclasses", "click", "typer", "fire", "tyro", "absl", "hydra"
    flags: Mapping[str, Flag]  # by each way to write it
    patterns: tuple[str, ...] = ()  # regular expressions of flags that are built when the program runs
    abbreviates: bool = False  # a unique beginning of a long flag will do
    open: str = ""
    place: Place | None = None  # of the parser
    commands: frozenset[str] = frozenset()  # its subcommands; empty where they are not all known
