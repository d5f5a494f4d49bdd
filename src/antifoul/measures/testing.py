"""Which tests belong to which package code, by what they import."""

from __future__ import annotations

import ast

from antifoul.facts.errors import ReadError
from antifoul.facts.record import NamedTuple
from antifoul.measures.definitions import statements
from antifoul.measures.modules import Import, Modules
from antifoul.measures.substance import changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from antifoul.facts.change import Change, ChangedFile
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.source import Source

_WIDE = 40  # test files looked into for who imports a module


class Around(NamedTuple):
    """What of the judged side is looked up beyond the change, each when it is first asked for."""

    modules: Callable[[], Modules]
    with_word: Callable[[str], tuple[RepoPath, ...]]  # the test files that hold a word
    read: Callable[[RepoPath], Source | None]
    covered: Callable[[], Mapping[RepoPath, frozenset[int]] | None]
    budget: int  # modules read to follow imports of imports; past it a touched test counts for all


class Tests:
    """The tests around a change."""

    def __init__(self, change: Change, around: Around) -> None:
        self._around = around
        self._touched = tuple(file.after for file in change.files if file.after and _is_touched_test(file))
        self._reach: frozenset[RepoPath] | None = None

    def touched_for(self, path: RepoPath) -> bool:
        """The change touches a test of that file: it imports it, over other modules too, is named for it, or names it.

        A touched test that imports nothing of the repository may drive it in another way, and counts for all.
        """
        if not self._touched:
            return False
        if any(_is_named_for(test, path) for test in self._touched):
            return True
        if self._reach is None:
            self._reach = self._followed()
        return path in self._reach or "" in self._reach

    def importing(self, path: RepoPath) -> tuple[RepoPath, ...]:
        """The test files that import that file themselves, in order of path."""
        folder, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0]
        word = folder.rpartition("/")[2] if stem == "__init__" else stem
        found = []
        for test in self._around.with_word(word)[:_WIDE] if word else ():
            source = self._around.read(test)
            if source is not None and path in self._direct(source):
                found.append(test)
        return tuple(sorted(found))

    def covered(self, path: RepoPath) -> frozenset[int] | None:
        """The lines that a coverage file says tests ran; None where it was not given or knows nothing of the file."""
        known = self._around.covered()
        return known.get(path) if known is not None else None

    def _followed(self) -> frozenset[RepoPath]:
        """Every file that a touched test imports, directly or over others; "" stands for any file."""
        reached: set[RepoPath] = set()
        for test in self._touched:
            direct = self._direct(test)
            if not direct:
                return frozenset({""})
            reached |= direct
        waiting, read = list(reached), 0
        while waiting:
            read += 1
            if read > self._around.budget:
                return frozenset({""})
            source = self._around.read(waiting.pop())
            fresh = self._direct(source) - reached if source is not None else set()
            reached |= fresh
            waiting += fresh
        return frozenset(reached)

    def _direct(self, source: Source) -> set[RepoPath]:
        modules = self._around.modules()
        try:
            return {file for one in _every_import(source) for file in modules.imported_files(one, source.path)} - {
                source.path
            }
        except ReadError:
            return set()


def _every_import(source: Source) -> Iterator[Import]:
    for node in statements(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")  # importing a.b runs a, too
                for n in range(len(parts)):
                    yield Import(node.lineno, ".".join(parts[: n + 1]), "", typing_only=False)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import(node.lineno, f"{'.' * node.level}{node.module or ''}", alias.name, typing_only=False)


def _is_touched_test(file: ChangedFile) -> bool:
    if file.after is None or file.after.role != "test" or not file.after.is_python:
        return False
    try:
        return bool(changed(file.before, file.after))
    except ReadError:
        return True  # one side cannot be read: it may be


def _is_named_for(test: Source, path: RepoPath) -> bool:
    stem = path.rpartition("/")[2].rpartition(".")[0]
    name = test.path.rpartition("/")[2].rpartition(".")[0]
    if stem not in {"__init__", "__main__"} and (
        name in {f"test_{stem}", f"{stem}_test", f"{stem}_tests", f"test{stem}"} or name.startswith(f"test_{stem}_")
    ):
        return True
    dotted = path.rpartition(".")[0].replace("/", ".").removeprefix("src.")
    return path in test.text or ("." in dotted and dotted in test.text)
