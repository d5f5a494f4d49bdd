"""The `# Copied from` comments that a change makes untrue: it edits the copy, or the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from antifoul.facts.errors import ReadError
from antifoul.facts.paths import from_bytes
from antifoul.facts.source import Source, decode
from antifoul.measures.copied_from import Copied, Sources, claim
from antifoul.measures.copyable import units
from antifoul.readers.disk import read_regular
from antifoul.readers.git import split_z
from antifoul.readers.grep import python_files_with

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from antifoul.facts.change import Change
    from antifoul.facts.paths import RepoPath
    from antifoul.measures.copied_from import Gone, Mismatch
    from antifoul.readers.git import Git

_SAID = b"Copied from"
_WORD = "Copied"


class _Side(Mapping["RepoPath", Sequence[str]]):
    """The Python files of one side of a change, read and split when first asked for."""

    def __init__(self, paths: frozenset[RepoPath], read: Callable[[RepoPath], bytes | None]) -> None:
        self._paths = paths
        self._read = read
        self._lines: dict[RepoPath, Sequence[str]] = {}

    def __getitem__(self, path: RepoPath) -> Sequence[str]:
        if path not in self._lines:
            try:
                self._lines[path] = decode(self._read(path) or b"").split("\n")
            except ReadError:
                self._lines[path] = ()
        return self._lines[path]

    def __iter__(self) -> Iterator[RepoPath]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def stale_copies(git: Git, change: Change, judged: Callable[[RepoPath], bool]) -> tuple[Mismatch | Gone, ...]:
    """The comments that are untrue after the change and were not before it, in order of place."""
    claiming = [path for path in python_files_with(git, [_WORD], change.head) if judged(path)]
    touched = {file.path for file in change.files}
    names = {_dotted(file.before.path) for file in change.files if file.before is not None}
    if not claiming or not (names or touched & set(claiming)):
        return ()
    now = {file.path: file.after for file in change.files if file.after is not None}
    was = {file.before.path: file.before for file in change.files if file.before is not None}
    old_path = {file.path: file.before.path for file in change.files if file.before is not None}
    after = _Side(
        frozenset(_paths(git, change.head)) - was.keys() | now.keys(),
        lambda path: now[path].data if path in now else _content(git, change.head, path),
    )
    before = _Side(
        frozenset(_paths(git, change.base)),
        lambda path: was[path].data if path in was else git.content(f"{change.base}:{path}"),
    )
    sources, old_sources = Sources(after), Sources(before)
    out: list[Mismatch | Gone] = []
    for path in claiming:
        claims = [one for one in _claims(path, after) if path in touched or _names(one.said, names)]
        untrue = [found for one in claims if (found := sources.judge(one)) is not None]
        if untrue:
            old = _claims(old_path.get(path, path), before)
            known = {(one.symbol, one.said) for one in old if old_sources.judge(one) is not None}
            out += [found for found in untrue if (found.copied.symbol, found.copied.said) not in known]
    return tuple(sorted(out, key=lambda found: (found.copied.path, found.copied.line)))


def _claims(path: RepoPath, side: _Side) -> list[Copied]:
    """The outermost definitions of a file with such a comment."""
    text = "\n".join(side[path])
    if _SAID.decode() not in text:
        return []
    try:
        found = units(Source(path, text.encode("utf-8", "surrogatepass"))).units
    except (ReadError, RecursionError, MemoryError):
        return []
    out: list[Copied] = []
    for unit in found:
        if unit.kind == "claim" and not any(one.line < unit.line <= one.end_line for one in out):
            out.append(Copied(path, unit.symbol, unit.line, unit.end_line, unit.source))
    return out


def _names(said: str, modules: set[str]) -> bool:
    """The comment names one of these modules."""
    found = claim(said)
    return found is not None and any(
        f".{module}.".endswith(f".{part}.") for module in modules for part in _prefixes(found.source)
    )


def _prefixes(source: str) -> Iterator[str]:
    parts = source.split(".")
    for size in range(1, len(parts)):
        yield ".".join(parts[:size])


def _dotted(path: RepoPath) -> str:
    return path.rpartition(".")[0].removesuffix("/__init__").replace("/", ".")


def _paths(git: Git, head: str) -> Iterator[RepoPath]:
    if head in {"index", "worktree"}:
        names = split_z(git.run("ls-files", "--cached", "-z"))
    else:
        names = split_z(git.run("ls-tree", "-r", "-z", "--name-only", head))
    return (path for name in names if (path := from_bytes(name)).endswith((".py", ".pyi")))


def _content(git: Git, head: str, path: RepoPath) -> bytes | None:
    if head == "worktree":
        try:
            return read_regular(f"{git.root}/{path}")
        except ReadError:
            return None
    return git.content(f":0:{path}" if head == "index" else f"{head}:{path}")
