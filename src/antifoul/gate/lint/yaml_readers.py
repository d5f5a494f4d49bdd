"""Which YAML loader reads a config: PyYAML by the rules of YAML 1.1, OmegaConf with its own numbers, ruamel by 1.2."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal, TypeAlias

    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.schemas import Link
    from antifoul.gate.lint.side import Side

    Reading: TypeAlias = Literal["pyyaml", "omegaconf", "ruamel"]

_SIGNS: tuple[tuple[Reading, re.Pattern[bytes]], ...] = (
    ("ruamel", re.compile(rb"\bruamel\b|\bstrictyaml\b")),
    (
        "omegaconf",
        re.compile(rb"\bOmegaConf\.(?:load|create|merge)|\bhydra\.main|\bpyrallis\b|\bjsonargparse\b|\bdraccus\b"),
    ),
    ("pyyaml", re.compile(rb"\byaml\.(?:safe_load|load|full_load|unsafe_load)|\bparse_yaml_file\b|\bTrlParser\b")),
)


class YamlReaders:
    """The loaders of one side."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._known: dict[RepoPath, frozenset[Reading]] = {}

    def of(self, links: Iterable[Link]) -> frozenset[Reading]:
        """Those that may read a config: of the programs that take it, else of all the code."""
        near = {path for link in links for path in link.modules}
        found = frozenset(one for path in near for one in self._in(path))
        return found or frozenset(one for path in self._side.python for one in self._in(path))

    def _in(self, path: RepoPath) -> frozenset[Reading]:
        if path not in self._known:
            data = self._side.data(path) or b""
            self._known[path] = frozenset(name for name, pattern in _SIGNS if pattern.search(data))
        return self._known[path]
