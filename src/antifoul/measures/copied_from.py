"""`# Copied from PATH with A->B` comments: whether the copy still says what its source says, once A is written B."""

from __future__ import annotations

import re

from antifoul.facts.paths import shown
from antifoul.facts.record import NamedTuple
from antifoul.measures.agreement import first_apart, parsed
from antifoul.measures.blocks import block

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Mapping, Sequence

    from antifoul.facts.paths import RepoPath

_SAID = re.compile(r"([A-Za-z_][\w.]*\.[\w.]*\w)\s*(?:with\s+(.*))?$")
_SWAP = re.compile(r"(\S+?)->(\S+)(?:\s+(all-casing))?")
_IGNORED = re.compile(r"#\s*Ignore copy\b", re.IGNORECASE)
_BEGUN = re.compile(r"\s*#\s*Copied from\s")
_ROOTS = frozenset({"", "src", "lib", "python"})  # folders that packages stand in
_ENDED = re.compile(r"\s*#\s*End copy\b", re.IGNORECASE)


class Claim(NamedTuple):
    """What such a comment says: the dotted name of the source, and what is to be written for what, in that order."""

    source: str
    swaps: tuple[tuple[str, str], ...]


class Copied(NamedTuple):
    """A definition with such a comment. Lines count from 1."""

    path: RepoPath
    symbol: str
    line: int
    end_line: int
    said: str


class Mismatch(NamedTuple):
    """A copy that says something else than its source, at the first place where it does."""

    copied: Copied
    source_path: RepoPath
    source_line: int
    line: int
    text: str  # what stands there, "" where the copy has ended
    wanted: str  # what the source says, "" where it has ended

    @property
    def message(self) -> str:
        """What is wrong, for the reader."""
        here, there = (f"`{text}`" if text else "nothing more" for text in (self.text, self.wanted))
        where = f"{shown(self.source_path)}:{self.source_line}"
        return f"it is no longer what it was copied from: {here} here, {there} at {where}"


class Gone(NamedTuple):
    """A comment whose source's module is there, and has no such definition."""

    copied: Copied
    source: str

    @property
    def line(self) -> int:
        """Where the definition begins."""
        return self.copied.line

    @property
    def message(self) -> str:
        """What is wrong, for the reader."""
        return f"it says that it was copied from {self.source}, which is not there"


def claim(said: str) -> Claim | None:
    """What the words behind `Copied from` mean; None where they name no dotted source."""
    found = _SAID.match(said.strip())
    if found is None:
        return None
    swaps: list[tuple[str, str]] = []
    for part in (found[2] or "").replace("with ", "").split(","):
        swap = _SWAP.match(part.strip())
        if swap is None:
            continue
        old, new = swap[1], swap[2]
        swaps.append((old, new))
        if swap[3]:
            swaps += [(old.lower(), new.lower()), (old.upper(), new.upper())]
    return Claim(found[1], tuple(swaps))


class Sources:
    """The files of a tree by their dotted names, their texts split when first asked for."""

    def __init__(self, texts: Mapping[RepoPath, Sequence[str]]) -> None:
        self._texts = texts
        self._paths = frozenset(texts)
        self._by_name: dict[str, list[RepoPath]] = {}
        for path in texts:
            self._by_name.setdefault(_stem(path).rpartition("/")[2], []).append(path)

    def judge(self, copied: Copied) -> Mismatch | Gone | None:
        """What is wrong with a copy; None where nothing is, or where its source is not of this tree."""
        said = claim(copied.said)
        if said is None:
            return None
        parts = tuple(said.source.split("."))
        for size in range(len(parts) - 1, 0, -1):
            path = self._module(parts[:size])
            if path is None:
                continue
            source = block(self._texts[path], parts[size:], beyond=True)
            if source is not None:
                return self._compared(copied, said, path, source)
            if self._is_imported_as(path, parts[:size]):
                return Gone(copied, said.source)
        return None

    def _module(self, parts: tuple[str, ...]) -> RepoPath | None:
        """The file of a dotted name, under whatever folders; rather one that is imported by just that name."""
        wanted = "/".join(parts)
        fits = [
            path
            for path in self._by_name.get(parts[-1], ())
            if _stem(path) == wanted or (len(parts) > 1 and _stem(path).endswith(f"/{wanted}"))
        ]
        if len(parts) == 1:
            fits = [path for path in self._by_name.get(parts[0], ()) if self._is_imported_as(path, parts)]
        return min(fits, key=lambda path: (not self._is_imported_as(path, parts), path.count("/"), path), default=None)

    def _is_imported_as(self, path: RepoPath, parts: tuple[str, ...]) -> bool:
        """The name is the whole one: it does not begin inside another package, `pkg/compat/torch` is no `torch`."""
        around = _stem(path).removesuffix("/".join(parts)).rstrip("/")
        if len(parts) == 1 and around.rpartition("/")[2] not in _ROOTS:
            return False
        return f"{around}/__init__.py" not in self._paths

    def _compared(self, copied: Copied, said: Claim, path: RepoPath, place: tuple[int, int]) -> Mismatch | None:
        first, last = place
        source = "\n".join(self._texts[path][first:last])
        for old, new in said.swaps:
            source = source.replace(old, new)
        ours = _until_end(self._texts[copied.path][copied.line - 1 : copied.end_line])
        if _bare(source.split("\n")[1:]) == _bare(ours[1:]):
            return None
        wanted, got = parsed(source), parsed("\n".join(ours))
        if wanted is None or got is None:
            return None
        apart = first_apart(wanted, got, _ignored(ours), cut=len(ours) < copied.end_line - copied.line + 1)
        if apart is None:
            return None
        theirs, mine = apart
        return Mismatch(
            copied,
            path,
            first + theirs.lineno if theirs else last,
            copied.line + mine.lineno - 1 if mine else copied.end_line,
            _line(ours, mine),
            _line(source.split("\n"), theirs),
        )


def _stem(path: RepoPath) -> str:
    return path.rpartition(".")[0].removesuffix("/__init__")


def _bare(lines: Iterable[str]) -> list[str]:
    return [bare for line in lines if (bare := line.strip()) and not bare.startswith("#")]


def _until_end(lines: Sequence[str]) -> Sequence[str]:
    """The lines before a comment that says that what was copied ends there; inner copies have ends of their own."""
    inner = 0
    for number, line in enumerate(lines):
        if _BEGUN.match(line):
            inner += 1
        elif _ENDED.match(line):
            if not inner:
                return lines[:number]
            inner -= 1
    return lines


def _ignored(lines: Sequence[str]) -> frozenset[int]:
    """The lines that a comment says are not copied: its own, or the next of code below it. Lines count from 1."""
    found = set()
    waiting = False
    for number, line in enumerate(lines, start=1):
        bare = line.strip()
        if bare.startswith("#"):
            waiting = waiting or bool(_IGNORED.search(bare))
        elif bare:
            if waiting or _IGNORED.search(bare):
                found.add(number)
            waiting = False
    return frozenset(found)


def _line(lines: Sequence[str], node: ast.stmt | None) -> str:
    return lines[node.lineno - 1].strip() if node is not None else ""
