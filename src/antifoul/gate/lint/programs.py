"""Find the program that a command starts in the repository, and read what it takes."""

from __future__ import annotations

import re
from functools import cached_property

from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.code import Definition
from antifoul.measures.schemas.interfaces import Reader
from antifoul.readers.launch.shell import OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.launch import Command, Word
    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.side import Side
    from antifoul.measures.schemas.outline import Outline
    from antifoul.measures.schemas.programs import Program
    from antifoul.measures.schemas.surfaces import Surface

_ENTRY = re.compile(r"""["']?([\w.-]+)["']?\s*=\s*["']?([\w.]+):([\w.]+)""")
_SCRIPTS_TABLE = re.compile(
    r"^\[(?:project\.(?:gui-)?scripts|tool\.poetry\.scripts)\]\s*$(.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL
)
_ENTRY_POINTS = re.compile(r"console_scripts[\"']?\s*[:=]?\s*[\[(]?(.*?)(?:\]|\)|^\[|\Z)", re.DOTALL)


class Target(NamedTuple):
    """A program that was found. `function` is "" for a file that is run as a whole."""

    path: RepoPath  # of the file that starts it; for a library's, the path inside of it
    function: str
    shown: str  # how a finding names it
    outline: Outline


class Programs:
    """The programs of one side, each traced once."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._surfaces: dict[tuple[str, str], Surface] = {}

    def find(self, program: Program, command: Command) -> Target | None:
        """The program in the repository; None where it is not there."""
        if program.kind == "file":
            path = self.file_of(program.name, command)
            outline = self._side.code.file(path) if path else None
            return Target(path, "", path, outline) if path and outline is not None else None
        if program.kind == "module":
            return self._module(program.name)
        entry = self.entries.get(program.name)
        if entry is None:
            return self._of_library(program)
        found = self._side.code.dotted(".".join(entry))
        if isinstance(found, Definition) and found.node is not None:
            return Target(found.outline.path, found.name, program.name, found.outline)
        return None

    def is_ours(self, program: Program) -> bool:
        """The program should be in this repository: a file, or a module of one of its packages."""
        if program.kind == "module":
            top = program.name.partition(".")[0]
            return any(path.startswith((f"{top}/", f"src/{top}/")) for path in self._side.paths)
        return program.kind == "file" and OPEN not in program.name and not program.name.startswith("/")

    def _module(self, name: str) -> Target | None:
        code = self._side.code
        outline = code.module(f"{name}.__main__", None) or code.module(name, None)
        return Target(outline.path, "", name, outline) if outline is not None else None

    def _of_library(self, program: Program) -> Target | None:
        """`trl sft`: a command whose first word names a script of the library of that name."""
        first = next((word.text for word in program.arguments if not word.text.startswith("-")), "")
        if not first.isidentifier() or self._side.given.library(program.name) is None:
            return None
        target = self._module(f"{program.name}.scripts.{first}")
        return target._replace(shown=f"{program.name} {first}") if target is not None else None

    def file_of(self, written: str, command: Command) -> RepoPath:
        """The file that a path in a command means: seen from where the script went, its own folder, or the top."""
        paths = self._side.paths
        if OPEN in written or written.startswith(("/", "~")):
            tail = written.rpartition(OPEN)[2].strip("/") if OPEN in written else written.strip("/")
            return self._by_tail(tail)
        folders = [
            *([command.folder] if command.folder and OPEN not in command.folder else []),
            "",
            *_above(command.path),
        ]
        for folder in folders:
            path = joined(folder, written)
            if path in paths:
                return path
        return ""

    def _by_tail(self, tail: str) -> RepoPath:
        """The one file whose path ends so; a name alone is not enough."""
        parts = tail.split("/")
        while len(parts) > 1:
            found = [
                path for path in self._side.paths if path == "/".join(parts) or path.endswith("/" + "/".join(parts))
            ]
            if len(found) == 1:
                return found[0]
            if found:
                return ""
            parts = parts[1:]
        return ""

    def scripts_in(self, words: tuple[Word, ...]) -> list[RepoPath]:
        """The scripts, to be started by themselves, that words name without their ending: `tune run RECIPE`."""
        found = []
        for word in words:
            if re.fullmatch(r"[A-Za-z_][\w/-]*", word.text) and len(word.text) > 3:
                tail = f"{word.text}.py"
                same = [path for path in self._side.python if path == tail or path.endswith(f"/{tail}")]
                found += same if len(same) == 1 and b"__main__" in (self._side.data(same[0]) or b"") else []
        return found

    def surface(self, target: Target) -> Surface:
        """What the program takes."""
        key = (target.path, target.function)
        if key not in self._surfaces:
            reader = Reader(self._side.shapes)
            if target.function:
                found = self._side.code.find(target.outline, target.function.split("."))
                if isinstance(found, Definition):
                    reader.trace.function(found)
            else:
                reader.trace.module(target.outline)
                if target.outline.library is not None and not reader.kinds:
                    self._parsers_of(target.outline, reader)
            self._surfaces[key] = reader.surface()
        return self._surfaces[key]

    def _parsers_of(self, outline: Outline, reader: Reader) -> None:
        """The functions of a library's script that make its parser: what calls them was not remembered."""
        for name, node in outline.functions.items():
            if name.endswith("parser") or name == "parse_args":
                reader.trace.function(Definition(outline, name, node))

    def launcher(self, module: str) -> Surface | None:
        """What a library's launcher takes of its own."""
        outline = self._side.code.module(module, None)
        if outline is None:
            return None
        target = Target(outline.path, "", module, outline)
        key = (target.path, "launcher")
        if key not in self._surfaces:
            reader = Reader(self._side.shapes)
            self._parsers_of(outline, reader)
            self._surfaces[key] = reader.surface()
        return self._surfaces[key]

    @cached_property
    def entries(self) -> dict[str, tuple[str, str]]:
        """The commands that installing the repository makes: name to module and function."""
        found: dict[str, tuple[str, str]] = {}
        for path in sorted(self._side.paths):
            name = path.rpartition("/")[2]
            if name not in {"pyproject.toml", "setup.py", "setup.cfg"} or path.count("/") > 1:
                continue
            text = (self._side.data(path) or b"").decode("utf-8", "replace")
            tables = _SCRIPTS_TABLE.findall(text) if name == "pyproject.toml" else _ENTRY_POINTS.findall(text)
            for table in tables:
                for command, module, function in _ENTRY.findall(table):
                    found.setdefault(command, (module, function))
        return found


def _above(path: RepoPath) -> list[RepoPath]:
    """The folder of a file and those above it, nearest first."""
    folders = []
    folder = path.rpartition("/")[0]
    while folder:
        folders.append(folder)
        folder = folder.rpartition("/")[0]
    return folders


def joined(folder: str, text: str) -> RepoPath:
    """A path from the top; "" where it leads out."""
    parts = folder.split("/") if folder else []
    for part in text.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
