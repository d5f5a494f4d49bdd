"""Lint every config and launch command of one side."""

from __future__ import annotations

import re
from functools import cached_property

from antifoul.facts.config import SUFFIXES
from antifoul.facts.roles import COMMANDS, TEXTS
from antifoul.facts.usage import Stray, Usage
from antifoul.gate.lint.commands import all_commands, launched, launcher_strays, stray_flags
from antifoul.gate.lint.configs import Configs
from antifoul.gate.lint.files import Files
from antifoul.gate.lint.marks import homes, tokens
from antifoul.gate.lint.names import alike, reused
from antifoul.gate.lint.overrides import Overrides
from antifoul.gate.lint.programs import Programs, joined
from antifoul.gate.lint.schemas import Link
from antifoul.gate.lint.sinks import Sinks
from antifoul.gate.lint.unread import Unread
from antifoul.measures.schemas.entering import hydra_entries
from antifoul.measures.schemas.likeness import likeness
from antifoul.measures.schemas.programs import programs_of
from antifoul.measures.schemas.registries import drifts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.finding import Skip
    from antifoul.facts.keys import Node
    from antifoul.facts.launch import Word
    from antifoul.facts.lint import Likeness
    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.commands import Launched
    from antifoul.gate.lint.side import Side

_LITERAL = re.compile(rb"[\"']([\w./-]+\.(?:ya?ml|json|toml))[\"']")
_LISTS = re.compile(rb"(?:[\"'][\w./-]+\.(?:ya?ml|json|toml|jinja|py)[\"'].{0,2000}?){6}", re.DOTALL)
_CONFIG = re.compile(rf"(?:{'|'.join(re.escape(suffix) for suffix in SUFFIXES)})$")


class Lint:
    """What the files of one side ask for. All commands are read first: they say which program takes which config."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.programs = Programs(side)
        self.sinks = Sinks(side)
        self.configs = Configs(side, self.sinks)
        self.overrides = Overrides(side)
        self.unread = Unread(side)
        self.files = Files(side)
        self._registered = dict(self._drifts())
        self._lost = self._lost_defaults()
        self.links: dict[RepoPath, list[Link]] = {}
        self.readers: dict[RepoPath, list[RepoPath]] = {}  # config -> the programs that are started with it
        self._launched: dict[RepoPath, list[Launched]] = {}
        self._skips: dict[RepoPath, list[Skip]] = {}
        self._launchers: dict[RepoPath, list[Stray]] = {}
        for path in sorted(side.paths):
            self._read_commands(path)
        for path in side.python:
            self._read_literals(path)

    def _read_commands(self, path: RepoPath) -> None:
        skips: list[Skip] = []
        found: list[Launched] = []
        strays: list[Stray] = []
        for command in all_commands(self.side, path):
            found += launched(self.programs, command, skips)
            for program in programs_of(command):
                strays += launcher_strays(self.programs, program)
        if strays:
            self._launchers[path] = strays
        if found or skips or strays:
            self._launched[path], self._skips[path] = found, skips
        for one in found:
            self._link(one)

    def _link(self, one: Launched) -> None:
        """Note which configs a command names, and which program reads them."""
        path = one.command.path
        recipes = [one.target.path] if one.program.kind != "name" else self.programs.scripts_in(one.program.arguments)
        configs = [found for word in one.program.arguments if (found := self._config_in(word, one))]
        if one.command.name == "comment" and any(self._is_itself(word, path) for word in one.program.arguments):
            configs.append(path)
        modules = tuple(outline.path for outline in one.surface.outlines if outline.library is None)
        for target in dict.fromkeys(configs):
            link = Link(one.surface.sinks, one.target.shown, f"{path}:{one.command.line}", one.surface.built, modules)
            self.links.setdefault(target, []).append(link)
            self.readers.setdefault(target, []).extend(recipes)

    def _read_literals(self, path: RepoPath) -> None:
        """Note the configs that code names by their paths, where it builds something of a config."""
        data = self.side.data(path)
        built = self.sinks.builders.get(path)
        if data is None or not built:
            return
        for found in _LITERAL.finditer(data):
            written = found[1].decode("utf-8", "replace")
            for home in ("", path.rpartition("/")[0]):
                target = joined(home, written)
                if target in self.side.paths:
                    line = data.count(b"\n", 0, found.start()) + 1
                    self.links.setdefault(target, []).append(Link((), path, f"{path}:{line}", tuple(built), (path,)))
                    self.readers.setdefault(target, []).append(path)
                    break

    def _config_in(self, word: Word, one: Launched) -> RepoPath:
        written = word.text.partition("=")[2] or word.text
        return self.programs.file_of(written, one.command) if _CONFIG.search(written) else ""

    def _is_itself(self, word: Word, path: RepoPath) -> bool:
        """A word of a config's own comment names that config, by its path or by the end of it without its ending."""
        written = (word.text.partition("=")[2] or word.text).strip("./")
        stem = path.rpartition(".")[0]
        return bool(written) and (path.endswith(written) or stem == written or stem.endswith(f"/{written}"))

    def explained(self, path: RepoPath, document: Node) -> Iterator[str]:
        """By what a document is judged."""
        chosen = self.configs.choice(path, document, self.links.get(path, ()))
        if chosen is None or not chosen.sinks:
            readers = ", ".join(dict.fromkeys(self.readers.get(path, ())))
            yield f"{path}: no schema judges it" + (f"; what {readers} reads of it does" if readers else "")
            return
        yield f"{path}: {chosen.why}"
        for shape in (*chosen.sinks[0].shapes, *chosen.extensions):
            yield f"  {shape.name} ({shape.make}, {shape.place}){f': not closed, {shape.open}' if shape.open else ''}"
            for option in shape.options:
                default = f" = {option.default}" if option.default else ""
                yield f"    {option.name}: {option.type}{default}  # {option.place}"

    def _drifts(self) -> Iterator[tuple[RepoPath, tuple[Stray, ...]]]:
        """The lists of files in code that do not fit their folders."""
        for path in self.side.python:
            data = self.side.data(path)
            if data is None or not _LISTS.search(data):
                continue
            outline = self.side.code.file(path)
            found = tuple(drifts(outline, self.side.paths)) if outline is not None else ()
            if found and self.side.is_judged(path):
                yield path, tuple(Stray(one.path, one.line, 1, "", certain=one.listed) for one in found)

    def _lost_defaults(self) -> dict[RepoPath, list[Stray]]:
        """What the defaults lists of Hydra's configs name and that is nowhere."""
        found: dict[RepoPath, list[Stray]] = {}
        for path in self.side.python:
            data = self.side.data(path)
            outline = self.side.code.file(path) if data is not None and b"hydra" in data else None
            for entry in hydra_entries(outline) if outline is not None else ():
                composed = self.overrides.composing.of_entry(entry)
                for home, stray in self.overrides.composing.lost(composed) if composed is not None else ():
                    found.setdefault(home, []).append(stray)
        return found

    @cached_property
    def likeness(self) -> Likeness:
        """How much of the configs is said again."""
        return likeness(dict(self._documents()))

    def _documents(self) -> Iterator[tuple[RepoPath, Node]]:
        """The first document of each config that is a mapping; workflows and other tools' own files are left out."""
        for path in self.side.config_paths:
            config = self.side.config(path)
            hidden = any(part.startswith(".") for part in path.split("/"))
            if config is not None and config.documents and config.documents[0].kind == "map" and not hidden:
                yield path, config.documents[0]

    @cached_property
    def _reused(self) -> dict[RepoPath, list[Stray]]:
        return reused(self._launched)

    @cached_property
    def _alike(self) -> dict[RepoPath, Stray]:
        return alike(self.likeness)

    def usages(self) -> list[Usage]:
        """What each file asks for, those that ask for nothing left out."""
        scripts = [path for path in self.side.paths if path.endswith(COMMANDS) and self.side.is_judged(path)]
        paths = sorted({*self._launched, *self.side.config_paths, *self._registered, *scripts})
        found = [self.usage(path) for path in paths]
        return [one for one in found if one is not None]

    def usage(self, path: RepoPath) -> Usage | None:
        """What one file asks for."""
        skips = list(self._skips.get(path, ()))
        data = self.side.data(path) or b""
        flags: list[Stray] = list(self._launchers.get(path, ()))
        overrides: list[Stray] = []
        missing: list[Stray] = []
        for one in self._launched.get(path, ()):
            flags += stray_flags(one, skips)
            overrides += self.overrides.strays(one, skips)
            missing += self.files.of_command(one)
        base = Usage(
            path,
            flags=tuple(dict.fromkeys(flags)),
            overrides=tuple(dict.fromkeys(overrides)),
            files=tuple(dict.fromkeys((*missing, *self._lost.get(path, ())))),
            registered=self._registered.get(path, ()),
            names=tuple(self._reused.get(path, ())),
            alike=tuple(one for one in [self._alike.get(path)] if one is not None),
            tokens=tuple(tokens(data)),
            homes=() if path.endswith((".py", *TEXTS)) or "ockerfile" in path else tuple(homes(data)),
            commands=len(self._launched.get(path, ())),
        )
        config = self.side.config(path) if path in self.side.config_paths else None
        for document in config.documents if config is not None else ():
            if document.kind == "map":
                base = _joined(base, self.configs.components(path, document))
                base = base._replace(files=base.files + tuple(self.files.of_config(path, document)))
                said = self.configs.usage(path, document, self.links.get(path, ()))
                if said is not None:
                    base = _joined(base, said)
                    continue
                part = self.configs.sections(path, document, self.links.get(path, ()))
                base = _joined(base, part) if part is not None else base
                if path in self.readers:
                    unread = tuple(self.unread.strays(document, self.readers[path]))
                    base = base._replace(unread=base.unread + unread, configs=1)
        return base._replace(skipped=(*base.skipped, *skips))


def _joined(first: Usage, second: Usage) -> Usage:
    """Both of one file."""
    both = {name: getattr(first, name) + getattr(second, name) for name in Usage._fields[1:]}
    return first._replace(**both)
