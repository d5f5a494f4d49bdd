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
# How a test drives code that it does not import.
_DRIVES = (
    *("subprocess", "Popen", "os.system", "runpy", "importlib", "__import__", "sys.executable", "CliRunner"),
    *("pytester", "testdir", "script_runner", "torchrun", "accelerate launch", "python -m", ".sh"),
)
_TESTS = frozenset({"test", "tests", "testing", "unittests"})


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
        self._driven: set[str] = set()  # projects of which touched tests start programs: "packages/a/", "" for all

    def touched_for(self, path: RepoPath) -> bool:
        """The change touches a test of that file: it imports it, over other modules too, is named for it, or names it.

        A touched test that imports nothing of the repository, neither itself nor its conftest.py, and starts programs
        counts for all of the project that it lies in.
        """
        if not self._touched:
            return False
        if any(_is_named_for(test, path) for test in self._touched):
            return True
        if self._reach is None:
            self._reach = self._followed()
        return path in self._reach or any(path.startswith(project) for project in self._driven)

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
        """Every file that a touched test imports, directly or over others."""
        reached: set[RepoPath] = set()
        for test in self._touched:
            around = (test, *self._conftests(test.path))
            direct = set().union(*map(self._direct, around))
            reached |= direct
            if not direct and any(word in one.text for one in around for word in _DRIVES):
                self._driven.add(_project_of(test.path))
        waiting, read = list(reached), 0
        while waiting:
            read += 1
            if read > self._around.budget:
                self._driven.add("")
                break
            source = self._around.read(waiting.pop())
            fresh = self._direct(source) - reached if source is not None else set()
            reached |= fresh
            waiting += fresh
        return frozenset(reached)

    def _conftests(self, test: RepoPath) -> list[Source]:
        """The conftest.py files that pytest reads for a test: of its folder and of those above."""
        folders = test.split("/")[:-1]
        places = ["/".join([*folders[:depth], "conftest.py"]) for depth in range(len(folders) + 1)]
        return [source for place in places if place != test and (source := self._around.read(place)) is not None]

    def _direct(self, source: Source) -> set[RepoPath]:
        modules = self._around.modules()
        try:
            return {file for one in _every_import(source) for file in modules.imported_files(one, source.path)} - {
                source.path
            }
        except ReadError:
            return set()


def _every_import(source: Source) -> tuple[Import, ...]:
    if "imports" not in source.derived:
        source.derived["imports"] = tuple(_imports(source))
    found: tuple[Import, ...] = source.derived["imports"]
    return found


def _imports(source: Source) -> Iterator[Import]:
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


def _project_of(test: RepoPath) -> str:
    """The folder, with a slash, whose code a test is for: the one that its outermost folder of tests lies in."""
    folders = test.split("/")[:-1]
    depth = next((at for at, folder in enumerate(folders) if folder.lower() in _TESTS), len(folders))
    return "".join(f"{folder}/" for folder in folders[:depth])


def _is_named_for(test: Source, path: RepoPath) -> bool:
    stem = path.rpartition("/")[2].rpartition(".")[0]
    name = test.path.rpartition("/")[2].rpartition(".")[0]
    if stem not in {"__init__", "__main__"} and (
        name in {f"test_{stem}", f"{stem}_test", f"{stem}_tests", f"test{stem}"} or name.startswith(f"test_{stem}_")
    ):
        return True
    dotted = path.rpartition(".")[0].replace("/", ".").removeprefix("src.")
    return path in test.text or ("." in dotted and dotted in test.text)
