"""The config files of a repository as things to try: which there are, and what the config rules say of one."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from antifoul.facts.config import Config, format_of
from antifoul.facts.finding import Hit, Severity, at_least
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import is_template, role_of
from antifoul.facts.usage import Usage
from antifoul.readers.configs import inheritance_of, read_config
from antifoul.rules.config.component_missing import component_missing
from antifoul.rules.config.config_base_missing import config_base_missing
from antifoul.rules.config.config_key_duplicate import config_key_duplicate
from antifoul.rules.config.config_key_unknown import config_key_unknown
from antifoul.rules.config.config_unreadable import config_unreadable
from antifoul.rules.config.config_value_type import config_value_type
from antifoul.rules.config.file_missing import file_missing
from antifoul.rules.config.yaml_trap import yaml_trap

if TYPE_CHECKING:
    from antifoul.gate.lint.tree import Lint

USUAL = (
    "/configs/**/*.{yaml,yml,json,toml}",
    "/conf/**/*.{yaml,yml,json,toml}",
    "/recipes/**/*.yaml",
    "/examples/**/*.yaml",
)
_PASSED_OVER = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist", "venv", "env"})
_BRACES = re.compile(r"\{([^{}]*)\}")

Outcome = tuple[Hit, ...] | str  # findings, or the reason why it was not judged


def is_config_named(path: RepoPath) -> bool:
    """The name is one that a config may have."""
    return format_of(path) is not None and not is_template(path)


def config_files(root: Path, globs: tuple[str, ...] | None) -> list[RepoPath]:
    """The config files below a folder that globs match (as git does, with braces); the usual places without globs."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  only when there is something to try

    lines = [line for glob in (USUAL if globs is None else globs) for line in _without_braces(glob)]
    spec = GitIgnoreSpec.from_lines(lines)
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
        inside = Path(folder).relative_to(root).as_posix()
        paths = [name if inside == "." else f"{inside}/{name}" for name in sorted(names)]
        found += [
            path for path in paths if is_config_named(path) and role_of(path) != "vendored" and spec.match_file(path)
        ]
    return found


def _without_braces(glob: str) -> Iterable[str]:
    choice = _BRACES.search(glob)
    if choice is None:
        return [glob]
    filled = (glob[: choice.start()] + one + glob[choice.end() :] for one in choice[1].split(","))
    return [line for one in filled for line in _without_braces(one)]


@cache
def _tree(root: Path) -> "Lint":
    """The whole tree: which class judges a config is told by the code and the commands around it."""
    from antifoul.gate.lint.run import side_of  # noqa: PLC0415  when the first item runs
    from antifoul.gate.lint.tree import Lint  # noqa: PLC0415
    from antifoul.gate.survey import open_world  # noqa: PLC0415

    return Lint(side_of(open_world(str(root), None, os.environ), {}))


def _usage(root: Path, path: RepoPath) -> Usage:
    tree = _tree(root)
    inside = Path(os.path.relpath(root / path, tree_root(root))).as_posix()
    return tree.usage(inside) or Usage(path)


@cache
def tree_root(root: Path) -> str:
    """The folder that the paths of the tree start from: the repository's, where one is around."""
    from antifoul.gate.survey import open_world  # noqa: PLC0415  when the first item runs

    return open_world(str(root), None, os.environ).root


class ConfigJudge:
    """The rules on one config file. It is read when the first of them asks."""

    def __init__(self, root: Path, path: RepoPath) -> None:
        self._root = root
        self._path = path

    @cached_property
    def config(self) -> Config:
        """The file as read."""
        return read_config(self._path, (self._root / self._path).read_bytes())

    def parses(self) -> Outcome:
        """Whether it can be read."""
        return self.config.skip or self._shown(config_unreadable(self.config))

    def keys(self) -> Outcome:
        """Whether a key is set twice, or is one that the schema behind the config does not have."""
        return self._unread() or self._shown((*config_key_duplicate(self.config), *self._grave(config_key_unknown)))

    def types(self) -> Outcome:
        """Whether each value is one that its option takes."""
        if reason := self._unread():
            return reason
        if not _usage(self._root, self._path).configs:
            return "no schema judges it"
        return self._shown((*self._grave(config_value_type, "warning"), *self._grave(yaml_trap, "warning")))

    def resolves(self) -> Outcome:
        """Whether the files that it is built on, and the classes and files that it names, exist."""
        if reason := self._unread():
            return reason
        inheritance = inheritance_of([self.config], self._exists, self._bytes)
        named = (*self._grave(component_missing), *self._grave(file_missing))
        return self._shown((*config_base_missing(self.config, inheritance), *named))

    def _grave(self, judge: Callable[[Usage], Iterator[Hit]], least: Severity = "error") -> tuple[Hit, ...]:
        """What a rule says of the file that is at least so grave."""
        usage = _usage(self._root, self._path)
        return tuple(hit for hit in judge(usage) if at_least(hit.severity or least, least))

    def _unread(self) -> str:
        return self.config.skip or ("it cannot be read" if self.config.problem else "")

    def _exists(self, path: RepoPath) -> bool:
        return (self._root / path).is_file()

    def _bytes(self, path: RepoPath) -> bytes | None:
        try:
            return (self._root / path).read_bytes()
        except OSError:
            return None

    def _shown(self, hits: Iterable[Hit]) -> tuple[Hit, ...]:
        """The hits with the line of the file that each points at."""
        lines = (self._root / self._path).read_bytes().decode("utf-8", "replace").split("\n")
        return tuple(
            hit._replace(
                message=f"{self._path}:{hit.line}:{hit.column}\nfinding: {hit.message}\n"
                f"line: {lines[hit.line - 1].strip()[:100] if hit.line <= len(lines) else ''}"
            )
            for hit in hits
        )


ASPECTS: Mapping[str, Callable[[ConfigJudge], Outcome]] = {
    "parses": ConfigJudge.parses,
    "keys": ConfigJudge.keys,
    "types": ConfigJudge.types,
    "resolves": ConfigJudge.resolves,
}
