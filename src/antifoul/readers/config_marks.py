"""Keys and where they stand, collected while a parser walks through a config file."""

from collections.abc import Hashable
from typing import NamedTuple

from antifoul.facts.config import Repeated


class Top(NamedTuple):
    """A string under a key at the top of the file, or in a list under one."""

    key: str
    text: str
    line: int
    column: int


class _Level:
    """One mapping or list that is open."""

    __slots__ = ("count", "mapping", "name", "seen")

    def __init__(self, *, mapping: bool) -> None:
        self.mapping = mapping
        self.seen: dict[Hashable, int] = {}  # key -> its line
        self.name = ""  # of the key whose value comes next
        self.count = 0  # of a list's items so far


class Marks:
    """What a walk found: keys set again, and the strings at the top."""

    def __init__(self) -> None:
        self.repeated: list[Repeated] = []
        self.top: list[Top] = []
        self._levels: list[_Level] = []

    def restart(self) -> None:
        """Begin a new document."""
        self._levels.clear()

    def enter(self, *, mapping: bool) -> None:
        """A mapping or list begins."""
        self._item()
        self._levels.append(_Level(mapping=mapping))

    def leave(self) -> None:
        """The innermost mapping or list ends."""
        self._levels.pop()

    def key(self, name: str, line: int, column: int, identity: Hashable = None) -> None:
        """A key of the innermost mapping. `identity` tells keys apart that are written alike: 1 and "1"."""
        level = self._levels[-1]
        level.name = name
        same = identity if identity is not None else name
        if same in level.seen:
            self.repeated.append(Repeated(self._dotted(), line, column, level.seen[same]))
        else:
            level.seen[same] = line

    def scalar(self, text: str | None, line: int, column: int) -> None:
        """A value; None for one that is no string."""
        self._item()
        levels = self._levels
        top = (len(levels) == 1 and levels[0].mapping) or (
            len(levels) == 2 and levels[0].mapping and not levels[1].mapping
        )
        if top and text is not None:
            self.top.append(Top(levels[0].name, text, line, column))

    def _item(self) -> None:
        if self._levels and not self._levels[-1].mapping:
            self._levels[-1].count += 1

    def _dotted(self) -> str:
        parts = ""
        for level in self._levels:
            parts += f".{level.name}" if level.mapping else f"[{level.count - 1}]"
        return parts.lstrip(".")
