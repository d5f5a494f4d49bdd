"""Where the code of a repository turns config files into options: the calls, and the classes behind them."""

from __future__ import annotations

import ast
import re
from functools import cached_property

from antifoul.measures.schemas.building import built_by
from antifoul.measures.schemas.code import Definition
from antifoul.measures.schemas.interfaces import Reader
from antifoul.measures.schemas.outline import parts_of
from antifoul.measures.schemas.surfaces import Sink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.side import Side
    from antifoul.measures.schemas.outline import Outline

_PARSERS = re.compile(
    rb"HfArgumentParser|TrlParser|ArgumentParser\w+\(|parse_yaml_file|parse_json_file|parse_args_and_config"
)
_BUILT = re.compile(
    rb"\w\(\s*\*\*|model_validate|parse_obj|from_dict|structured\(|TypeAdapter|msgspec|pyrallis|draccus|cattrs|"
    rb"(?:load|parse|from_|read|build)\w*\((?:[^()\n]*,)?\s*(?:\w+=)?[A-Z][a-z]\w*\s*[,)]"
)
_DECLARING = re.compile(
    rb"@dataclass|@dataclasses|BaseModel|BaseSettings|@define|@attr|Struct\)|\(\w*Config\)|\(\w*Args\)"
)
_FEWEST = 4  # fields of a class that a config may be told by


class Sinks:
    """The ways in for config files, of one side."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self.built_in: dict[RepoPath, list[Sink]] = {}  # by the module that builds them

    @cached_property
    def parsers(self) -> tuple[Sink, ...]:
        """Config files that become the dataclasses of a command line's parser."""
        found: dict[tuple[str, ...], Sink] = {}
        for outline in self._holding(_PARSERS):
            for reader in self._readers(outline):
                for sink in reader.surface().sinks:
                    found.setdefault(tuple(f"{one.place}" for one in sink.shapes), sink)
        return tuple(found.values())

    def _readers(self, outline: Outline) -> Iterator[Reader]:
        """The module as a program, and each of its functions that makes a parser."""
        whole = Reader(self._side.shapes)
        whole.trace.module(outline)
        yield whole
        for name, function in outline.functions.items():
            if any(
                isinstance(node, ast.Call) and parts_of(node.func)[-1:] and "Parser" in parts_of(node.func)[-1]
                for node in ast.walk(function)
            ):
                reader = Reader(self._side.shapes)
                reader.trace.function(Definition(outline, name, function))
                yield reader

    @property
    def builders(self) -> dict[RepoPath, list[Sink]]:
        """The classes that each module builds from a mapping."""
        _ = self.built
        return self.built_in

    @cached_property
    def built(self) -> tuple[Sink, ...]:
        """Classes that are built from a mapping: Config(**loaded), Config.model_validate(loaded)."""
        found: dict[str, Sink] = {}
        for outline in self._holding(_BUILT):
            owners = _owners(outline)
            for node in ast.walk(outline.tree):
                if isinstance(node, ast.Call):
                    for shape, section in built_by(self._side.shapes, node, outline, owners.get(id(node))):
                        how = f"{parts_of(node.func)[-1] if parts_of(node.func) else shape.name}(...)"
                        sink = Sink((shape,), how, shape.place, section=section)
                        one = found.setdefault(f"{shape.place} {section}", sink)
                        self.built_in.setdefault(outline.path, []).append(one)
        return tuple(sink for sink in found.values() if len(sink.shapes[0].fields) >= _FEWEST and not sink.section)

    @cached_property
    def classes(self) -> tuple[Sink, ...]:
        """Every class of the repository that holds options: the last resort."""
        found: dict[str, Sink] = {}
        for outline in self._holding(_DECLARING):
            for name, node in outline.classes.items():
                shape = self._side.shapes.of(Definition(outline, name, node))
                if shape is not None and shape.make not in {"class", "function"} and len(shape.fields) >= _FEWEST:
                    found.setdefault(str(shape.place), Sink((shape,), name, shape.place))
        return tuple(found.values())

    def _holding(self, pattern: re.Pattern[bytes]) -> Iterator[Outline]:
        for path in self._side.python:
            data = self._side.data(path)
            outline = self._side.code.file(path) if data is not None and pattern.search(data) else None
            if outline is not None:
                yield outline


def _owners(outline: Outline) -> dict[int, Definition]:
    """The class that each call of a module stands in."""
    return {
        id(inner): Definition(outline, name, node)
        for name, node in outline.classes.items()
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call)
    }
