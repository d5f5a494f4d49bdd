"""Find the files that configs and commands name and that the repository does not have."""

from __future__ import annotations

import re
from difflib import get_close_matches

from antifoul.facts.keys import dotted, leaves
from antifoul.facts.roles import TEXTS
from antifoul.facts.usage import Stray
from antifoul.gate.lint.programs import joined
from antifoul.readers.launch.shell import OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.keys import Node
    from antifoul.facts.launch import Word
    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.commands import Launched
    from antifoul.gate.lint.side import Side

# What is read when the run starts, and lies in a repository: not data, not what a run writes.
_ENDINGS = (".yaml", ".yml", ".json", ".toml", ".jinja", ".jinja2", ".conf")
_ROLE = re.compile(
    r"(?:^|[._-])(?:deepspeed|ds|fsdp|accelerate|config|cfg|template|chat|schedule|prompt|recipe)", re.IGNORECASE
)
_OUTPUT = re.compile(
    r"out|save|log|dump|result|cache|export|write|dest|report|predict|generated|metric|tmp", re.IGNORECASE
)
_EXAMPLE = re.compile(r"(?:^|[/_-])(?:my|your|path|some|example|foo|new|xxx)(?:[/_.-]|$)", re.IGNORECASE)
_PLAIN = re.compile(r"\.{0,2}/?[\w@+-][\w@.+-]*(?:/[\w@.+-]+)+")


class Files:
    """Looks files up in one side."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._folders = {folder for path in side.paths for folder in _above(path)}

    def of_config(self, path: RepoPath, document: Node) -> Iterator[Stray]:
        """The config files that the values of a config name and that are nowhere."""
        for leaf in leaves(document):
            key = next((part for part in reversed(leaf.path) if isinstance(part, str)), "")
            if leaf.node.tag == "str" and _ROLE.search(key) and not _OUTPUT.search(key):
                yield from self._missing(leaf.node.text, path, dotted(leaf.path), (leaf.line, leaf.column))

    def of_command(self, one: Launched) -> Iterator[Stray]:
        """The config files that the arguments of a command, or of its launcher, name and that are nowhere."""
        for words in (one.program.launcher, one.program.arguments):
            for flag, word in _pairs(words):
                if not flag or (_ROLE.search(flag) and not _OUTPUT.search(flag)):
                    text = word.text.partition("=")[2] if word.text.startswith("-") else word.text
                    yield from self._missing(
                        text, one.command.path, flag or text, (word.line, word.column), folder=one.command.folder
                    )

    def _missing(
        self, text: str, path: RepoPath, name: str, place: tuple[int, int], *, folder: str = ""
    ) -> Iterator[Stray]:
        if not text.endswith(_ENDINGS) or not _PLAIN.fullmatch(text) or OPEN in text or OPEN in folder:
            return
        if _EXAMPLE.search(text) and path.endswith(TEXTS):
            return
        homes = [folder, "", *_above(path)]
        tried = [joined(home, text) for home in homes]
        if any(one in self._side.paths for one in tried if one):
            return
        # Only where the repository has the folder: elsewhere the path may be of another machine, or of a run.
        inside = next((one for one in tried if one.rpartition("/")[0] in self._folders and "/" in one), "")
        if not inside or not self._has_kind(inside):
            return
        near = get_close_matches(inside, [one for one in self._side.paths if one.endswith(_ENDINGS)], n=1, cutoff=0.8)
        yield Stray(inside, *place, name, near=near[0] if near else "")

    def _has_kind(self, path: RepoPath) -> bool:
        """Its folder has files of its kind."""
        folder, _, name = path.rpartition("/")
        ending = name[name.rfind(".") :]
        return any(one.rpartition("/")[0] == folder and one.endswith(ending) for one in self._side.paths)


def _pairs(words: tuple[Word, ...]) -> Iterator[tuple[str, Word]]:
    """Each word with the flag that it is given to; "" for one that is given to none."""
    flag = ""
    for word in words:
        if word.text.startswith("-"):
            name, sign, _ = word.text.partition("=")
            flag = name.lstrip("-")
            if sign:
                yield flag, word
                flag = ""
        else:
            yield flag, word
            flag = ""


def _above(path: RepoPath) -> list[RepoPath]:
    folders = []
    folder = path.rpartition("/")[0]
    while folder:
        folders.append(folder)
        folder = folder.rpartition("/")[0]
    return folders
