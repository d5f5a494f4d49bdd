"""Which folders are importable packages."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from antifoul.facts.paths import RepoPath


class Layout(NamedTuple):
    """The folders that hold an `__init__.py`, repository-relative; "" is the top."""

    packages: frozenset[str]

    def in_package(self, path: RepoPath) -> bool:
        """The file is a module of an importable package."""
        folder = path.rpartition("/")[0]
        while folder:
            if folder in self.packages:  # or lies below one, in a folder that imports without an `__init__.py`
                return True
            folder = folder.rpartition("/")[0]
        return "" in self.packages and "/" not in path


def layout_of(paths: Iterable[RepoPath]) -> Layout:
    """The layout that a list of files makes."""
    ends = ("/__init__.py", "/__init__.pyi")
    return Layout(frozenset(path.rpartition("/")[0] for path in paths if path.endswith(ends) or path == "__init__.py"))
