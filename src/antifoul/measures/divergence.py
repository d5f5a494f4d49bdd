"""When two copies parted: the last commit before which they said the same, and which of the two it changed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.source import Source
from antifoul.measures.blocks import block
from antifoul.measures.copyable import units
from antifoul.measures.fixes import is_fix
from antifoul.measures.signs import without_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from antifoul.facts.history import Commit
    from antifoul.facts.paths import RepoPath
    from antifoul.measures.duplication import Member
    from antifoul.measures.marks import Mark


class Divergence(NamedTuple):
    """The commit that parted two copies: it changed the first and not the second."""

    commit: str
    at: int
    title: str
    changed: Member
    left: Member

    @property
    def is_fix(self) -> bool:
        """Its title says that it mends a bug."""
        return is_fix(self.title)


class State(NamedTuple):
    """The blobs that hold both copies before some commits; "" where a file was not there."""

    left: str
    right: str


class Pair:
    """Two copies with the commits that touched their files, searched by halves for the one that parted them."""

    def __init__(self, left: Member, right: Member, marks: Mapping[RepoPath, Sequence[Mark]]) -> None:
        self.left, self.right = left, right
        self._commits, self._states = _timeline(left.path, right.path, marks)
        self._parted, self._same = -1, len(self._states)  # states known to differ, and to be the same or not there

    def wanted(self) -> State | None:
        """The state to look at next; None when the search is over."""
        if self._parted < 0:
            return self._states[0]  # names and literals apart they may say the same to this day
        if self._same - self._parted < 2:
            return None
        return self._states[(self._parted + self._same) // 2]

    def see(self, text: Mapping[str, bytes | None]) -> None:
        """Take the contents of the wanted state's blobs."""
        if self._parted < 0:
            differ = _agree(self._states[0], self, text) is False
            self._parted = 0 if differ else len(self._states) - 1
            return
        middle = (self._parted + self._same) // 2
        if _agree(self._states[middle], self, text) is False:
            self._parted = middle
        else:
            self._same = middle

    def last(self) -> State | None:
        """The state before the commit that was found; None where no state had both alike."""
        return self._states[self._same] if self._same < len(self._states) else None

    def parted(self, text: Mapping[str, bytes | None]) -> Divergence | None:
        """The divergence, from the contents of the last state and the next; None where they never said the same."""
        state = self.last()
        if state is None or not _agree(state, self, text):
            return None
        commit = self._commits[self._same - 1]
        after = self._states[self._same - 1]
        changed, left = self.left, self.right
        if after.left == state.left or _said(text.get(after.left), self.left) == _said(text.get(state.left), self.left):
            changed, left = self.right, self.left
        return Divergence(commit.id, commit.at, commit.title, changed, left)

    def after(self) -> State:
        """The state that the commit made."""
        return self._states[max(self._same - 1, 0)]


def _timeline(
    left: RepoPath, right: RepoPath, marks: Mapping[RepoPath, Sequence[Mark]]
) -> tuple[list[Commit], list[State]]:
    """The commits that touched either file, newest first, and the state before each, the head's ahead of them."""
    by_commit: dict[str, list[tuple[bool, Mark]]] = {}
    order: dict[str, Commit] = {}
    for is_left, path in ((True, left), (False, right)) if left != right else ((True, left),):
        for mark in marks.get(path, ()):
            by_commit.setdefault(mark.commit.id, []).append((is_left, mark))
            order[mark.commit.id] = mark.commit
    commits = sorted(order.values(), key=lambda commit: -commit.at)
    blobs = [_newest(marks, left), _newest(marks, right)]
    states = [State(*blobs)]
    for commit in commits:
        for is_left, mark in by_commit[commit.id]:
            blobs[0 if is_left else 1] = mark.touch.old_blob
            if left == right:
                blobs[1] = mark.touch.old_blob
        states.append(State(*blobs))
    return commits, states


def _newest(marks: Mapping[RepoPath, Sequence[Mark]], path: RepoPath) -> str:
    rows = marks.get(path, ())
    return rows[0].touch.blob if rows else ""


def _agree(state: State, pair: Pair, text: Mapping[str, bytes | None]) -> bool | None:
    """Both copies said the same then; None where one was not there."""
    left, right = _said(text.get(state.left), pair.left), _said(text.get(state.right), pair.right)
    if left is None or right is None:
        return None
    return left == right


def _said(data: bytes | None, member: Member) -> str | None:
    """The signs of a function in a file's content; None where it is not there or cannot be read."""
    if data is None:
        return None
    lines = data.decode("utf-8", "replace").split("\n")
    found = block(lines, member.symbol.split("."))
    if found is None:
        return None
    source = Source("block.py", textwrap.dedent("\n".join(lines[found[0] : found[1]])).encode())
    try:
        read = units(source)
    except (ReadError, RecursionError, MemoryError):
        return None
    one = next((unit for unit in read.units if unit.kind in {"function", "fields"}), None)
    return without_names(read.signs_of(one)) if one is not None else None
