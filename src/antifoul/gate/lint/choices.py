"""The choices of config groups that a launch command makes: `model=big`, `+db=mysql`, `~callbacks`."""

from __future__ import annotations

import re

from antifoul.facts.record import NamedTuple
from antifoul.readers.launch.shell import OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.launch import Word

_CHOICE = re.compile(r"(\+\+|\+|~)?([A-Za-z_][\w./-]*(?:@[\w.:-]+)?)(?:=(.*))?$", re.DOTALL)
_PLAIN = re.compile(r"[\w./-]+")


class Choice(NamedTuple):
    """One override as a choice of a group. `names` has "" for what only running it tells."""

    sign: str
    key: str
    names: tuple[str, ...]
    word: Word


def choices_in(words: tuple[Word, ...]) -> Iterator[Choice]:
    """Every override that could be a choice; whether its key is a group is for the config to say."""
    for word in words:
        found = _CHOICE.match(word.text)
        if found is None or word.text.startswith("-") or OPEN in found[2]:
            continue
        if found[3] is not None:
            yield Choice(found[1] or "", found[2], tuple(_names(found[3])), word)
        elif found[1] == "~":
            yield Choice("~", found[2], (), word)


def _names(value: str) -> Iterator[str]:
    """The names of a value: one, those of a list, or those of a sweep."""
    bare = value.strip().strip("'\"")
    if bare == "null":
        return
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    for part in bare.split(","):
        name = part.strip().strip("'\"").removesuffix(".yaml")
        yield name if _PLAIN.fullmatch(name) else ""
