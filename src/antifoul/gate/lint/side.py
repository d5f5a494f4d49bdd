"""One side of a repository as the config rules see it: its files, its code, its libraries."""

from __future__ import annotations

from functools import cached_property

from antifoul.facts.config import format_of
from antifoul.facts.record import NamedTuple
from antifoul.facts.roles import is_template
from antifoul.facts.source import Source
from antifoul.measures.modules import Modules
from antifoul.measures.schemas.code import Code
from antifoul.measures.schemas.shapes import Shapes
from antifoul.readers.configs import read_config
from antifoul.readers.keys import documents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from antifoul.facts.config import Config
    from antifoul.facts.keys import Node
    from antifoul.facts.library import Library
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.roles import Role

_LARGEST_CONFIG = 1_000_000  # bytes; a larger one is data
_NOT_JUDGED = frozenset({"vendored", "generated", "test"})


class Given(NamedTuple):
    """What a side is made of."""

    paths: Iterable[RepoPath]
    read: Callable[[RepoPath], bytes | None]
    role: Callable[[RepoPath], Role]
    judged: Callable[[RepoPath], bool]
    library: Callable[[str], Library | None]
    configs: tuple[tuple[str, tuple[str, ...]], ...] = ()  # the settings' globs, with the classes that they name


class ConfigFile(NamedTuple):
    """A config as read: the file, and its documents."""

    config: Config
    documents: tuple[Node, ...]


class Side:
    """The files of one side; each is read, and each module parsed, when first asked for."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.paths = frozenset(given.paths)
        self._sources: dict[RepoPath, Source | None] = {}
        self._configs: dict[RepoPath, ConfigFile | None] = {}

    def share(self, other: Side, apart: set[RepoPath]) -> None:
        """Take over what another side has read and parsed, but for the files in which the two differ."""
        self._sources.update((path, source) for path, source in other._sources.items() if path not in apart)
        self._configs.update((path, config) for path, config in other._configs.items() if path not in apart)
        self.code.share(other.code, apart)

    def data(self, path: RepoPath) -> bytes | None:
        """The bytes of a file; None where they cannot be had."""
        source = self.source(path)
        return source.data if source is not None else None

    def source(self, path: RepoPath) -> Source | None:
        """A file; None where there is none."""
        if path not in self._sources:
            data = self.given.read(path) if path in self.paths else None
            self._sources[path] = None if data is None else Source(path, data, self.given.role(path))
        return self._sources[path]

    def config(self, path: RepoPath) -> ConfigFile | None:
        """A config file with its nodes; None where it cannot be read from disk."""
        if path not in self._configs:
            data = self.data(path)
            if data is None:
                self._configs[path] = None
            elif len(data) > _LARGEST_CONFIG:
                config = read_config(path, b"")._replace(skip="larger than 1 MB: data, not a config")
                self._configs[path] = ConfigFile(config, ())
            else:
                config = read_config(path, data)
                nodes = () if config.problem or config.skip else documents(path, data)
                self._configs[path] = ConfigFile(config, nodes)
        return self._configs[path]

    @cached_property
    def code(self) -> Code:
        """The modules of this side."""
        return Code(Modules(self.paths, self.source), self.source, self.given.library)

    @cached_property
    def shapes(self) -> Shapes:
        """The shapes of this side's classes."""
        return Shapes(self.code)

    @cached_property
    def packages(self) -> frozenset[str]:
        """The top names that code of this repository is imported by."""
        tops = {path.removeprefix("src/").partition("/")[0] for path in self.paths if path.endswith("/__init__.py")}
        return frozenset(tops)

    @cached_property
    def python(self) -> tuple[RepoPath, ...]:
        """The Python files that are not tests, vendored or generated."""
        return tuple(
            sorted(path for path in self.paths if path.endswith(".py") and self.given.role(path) not in _NOT_JUDGED)
        )

    def is_judged(self, path: RepoPath) -> bool:
        """The file is in scope, and no test's or other people's."""
        return self.given.judged(path) and self.given.role(path) not in _NOT_JUDGED and not is_template(path)

    @cached_property
    def config_paths(self) -> tuple[RepoPath, ...]:
        """The files in scope whose names say that they may be configs."""
        return tuple(sorted(path for path in self.paths if format_of(path) is not None and self.is_judged(path)))
