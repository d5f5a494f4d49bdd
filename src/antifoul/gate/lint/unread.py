"""Find the keys of a config that its program cannot read: where it is one object, and all who get it are known."""

from __future__ import annotations

import re

from antifoul.facts.keys import leaves
from antifoul.facts.options import Place
from antifoul.facts.usage import Stray
from antifoul.measures.schemas.reading import Words, words_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antifoul.facts.keys import Node
    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.side import Side

_INTERPOLATED = re.compile(r"\$\{\s*(?:[\w.]+:)?\.*([A-Za-z_]\w*)")
_OWN = frozenset({"defaults", "hydra"})


class Unread:
    """What the programs of one side can read, each told once."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._words: dict[RepoPath, Words | None] = {}

    def strays(self, document: Node, programs: Iterable[RepoPath]) -> Iterator[Stray]:
        """The top keys that none of the programs reads; nothing where one of them cannot be followed."""
        known = [self._of(path) for path in dict.fromkeys(programs)]
        if not known or any(one is None or one.open for one in known):
            return
        words = frozenset(word for one in known if one is not None for word in one.words)
        words |= {name for leaf in leaves(document) for name in _INTERPOLATED.findall(leaf.node.text)}
        files = [one.files[0] for one in known if one is not None]
        if sum(entry.key in words for entry in document.entries) * 2 < len(document.entries):
            return  # it is not read by its names at all
        for entry in document.entries:
            if entry.key not in words and entry.key not in _OWN and not entry.key.startswith(("_", ".", "x-")):
                yield Stray(entry.key, entry.line, entry.column, ", ".join(files), Place(files[0], 1))

    def _of(self, path: RepoPath) -> Words | None:
        if path not in self._words:
            outline = self._side.code.file(path)
            self._words[path] = words_for(self._side.code, outline) if outline is not None else None
        return self._words[path]
