"""Lists of files in code: which of them there are not, and which files beside them no list has."""

from __future__ import annotations

import ast

from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.outline import constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antifoul.facts.paths import RepoPath
    from antifoul.measures.schemas.outline import Outline

_ENDINGS = (".yaml", ".yml", ".py", ".json", ".toml", ".jinja")
_FEWEST = 6  # paths that make a list
_MOST_GONE = 0.2  # of a list whose folder was guessed right
_COVERED = 0.8  # of a folder whose files are all meant to be listed


class Drift(NamedTuple):
    """What a list and its folder differ in. `line` is that of the entry; for a file that is not listed, the list's."""

    path: RepoPath  # that is missing, or not listed
    line: int
    listed: bool


def drifts(outline: Outline, paths: frozenset[RepoPath]) -> Iterator[Drift]:
    """The entries of a module's lists that have no file, and the files of the same folders that have no entry."""
    for ending in _ENDINGS:
        entries = [(text, line) for text, line in _paths_in(outline) if text.endswith(ending)]
        if len({text for text, _ in entries}) < _FEWEST:
            continue
        base = _base(entries, paths)
        if base is None:
            continue
        yield from _of_list(entries, base, ending, paths)


def _paths_in(outline: Outline) -> list[tuple[str, int]]:
    found = []
    for value in outline.assigns.values():
        for node in ast.walk(value) if isinstance(value, ast.List | ast.Tuple | ast.Dict | ast.Set) else ():
            if not isinstance(node, ast.Constant):
                continue
            text = constant(node)
            if (
                text
                and text.endswith(_ENDINGS)
                and " " not in text
                and "*" not in text
                and not text.startswith(("/", "http"))
            ):
                found.append((text, node.lineno))
    return found


def _base(entries: list[tuple[str, int]], paths: frozenset[RepoPath]) -> str | None:
    """The folder that nearly all entries are found from."""
    texts = {text for text, _ in entries}
    sample = sorted(texts)[:4]
    bases = {path[: -len(text)] for text in sample for path in paths if path == text or path.endswith(f"/{text}")}
    scored = sorted(((sum(f"{base}{text}" in paths for text in texts), base) for base in bases), reverse=True)
    if scored and scored[0][0] >= len(texts) * (1 - _MOST_GONE) and scored[0][0] >= _FEWEST - 1:
        return scored[0][1]
    return None


def _of_list(entries: list[tuple[str, int]], base: str, ending: str, paths: frozenset[RepoPath]) -> Iterator[Drift]:
    listed = {f"{base}{text}" for text, _ in entries}
    for text, line in dict(entries).items():
        if f"{base}{text}" not in paths:
            yield Drift(f"{base}{text}", line, listed=True)
    folders = {path.rpartition("/")[0] for path in listed & paths}
    beside = {path for path in paths if path.endswith(ending) and path.rpartition("/")[0] in folders}
    # A folder that is listed in full but for a few: the few were forgotten.
    if ending in {".yaml", ".yml"} and len(beside & listed) >= _COVERED * len(beside):
        for path in sorted(beside - listed):
            yield Drift(path, _nearest_line(path, base, entries), listed=False)


def _nearest_line(path: RepoPath, base: str, entries: Iterable[tuple[str, int]]) -> int:
    """The line of an entry of the same folder: where the file should be listed."""
    folder = path.rpartition("/")[0]
    lines = [line for text, line in entries if f"{base}{text}".rpartition("/")[0] == folder]
    return max(lines, default=1)
