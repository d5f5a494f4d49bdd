"""Lint every config and launch command of one side."""

from __future__ import annotations

import re

from antifoul.facts.config import SUFFIXES
from antifoul.facts.usage import Usage
from antifoul.gate.lint.commands import all_commands, launched, stray_flags
from antifoul.gate.lint.configs import Configs
from antifoul.gate.lint.overrides import Overrides
from antifoul.gate.lint.programs import Programs
from antifoul.gate.lint.schemas import Link
from antifoul.gate.lint.sinks import Sinks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.finding import Skip
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.usage import Stray
    from antifoul.gate.lint.commands import Launched
    from antifoul.gate.lint.side import Side

_CONFIG = re.compile(rf"(?:{'|'.join(re.escape(suffix) for suffix in SUFFIXES)})$")


class Lint:
    """What the files of one side ask for. All commands are read first: they say which program takes which config."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.programs = Programs(side)
        self.configs = Configs(side, Sinks(side))
        self.overrides = Overrides(side)
        self.links: dict[RepoPath, list[Link]] = {}
        self._launched: dict[RepoPath, list[Launched]] = {}
        self._skips: dict[RepoPath, list[Skip]] = {}
        for path in sorted(side.paths):
            self._read_commands(path)

    def _read_commands(self, path: RepoPath) -> None:
        skips: list[Skip] = []
        found = [one for command in all_commands(self.side, path) for one in launched(self.programs, command, skips)]
        if found or skips:
            self._launched[path], self._skips[path] = found, skips
        for one in found:
            for word in one.program.arguments:
                written = word.text.partition("=")[2] or word.text
                if _CONFIG.search(written):
                    target = self.programs.file_of(written, one.command)
                    if target:
                        link = Link(one.surface.sinks, one.target.shown, f"{path}:{word.line}")
                        self.links.setdefault(target, []).append(link)

    def usages(self) -> list[Usage]:
        """What each file asks for, those that ask for nothing left out."""
        found = [self.usage(path) for path in sorted({*self._launched, *self.side.config_paths})]
        return [one for one in found if one is not None]

    def usage(self, path: RepoPath) -> Usage | None:
        """What one file asks for."""
        skips = list(self._skips.get(path, ()))
        flags: list[Stray] = []
        overrides: list[Stray] = []
        for one in self._launched.get(path, ()):
            flags += stray_flags(one, skips)
            overrides += self.overrides.strays(one, skips)
        base = Usage(
            path,
            flags=tuple(dict.fromkeys(flags)),
            overrides=tuple(dict.fromkeys(overrides)),
            commands=len(self._launched.get(path, ())),
        )
        config = self.side.config(path) if path in self.side.config_paths else None
        for document in config.documents if config is not None else ():
            if document.kind == "map":
                base = _joined(base, self.configs.components(path, document))
                said = self.configs.usage(path, document, self.links.get(path, ()))
                if said is not None:
                    base = _joined(base, said)
        return base._replace(skipped=(*base.skipped, *skips))


def _joined(first: Usage, second: Usage) -> Usage:
    """Both of one file."""
    both = {name: getattr(first, name) + getattr(second, name) for name in Usage._fields[1:]}
    return first._replace(**both)
