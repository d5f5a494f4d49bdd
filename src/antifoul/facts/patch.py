"""A unified diff as text says it: which files, which lines, and what git's index lines name."""

from __future__ import annotations

import re

from antifoul.facts.change import Hunk
from antifoul.facts.paths import RepoPath, from_bytes, unquoted
from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_INDEX = re.compile(rb"index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: (\d{6}))?")
_PREFIXES = frozenset({b"a", b"b", b"c", b"i", b"o", b"w", b"1", b"2"})  # git's own, mnemonic ones too
_NOWHERE = b"/dev/null"


class Block(NamedTuple):
    """One hunk with its lines, each with its sign. It starts before these lines, which count from 1."""

    old_start: int
    new_start: int
    lines: tuple[bytes, ...]

    @property
    def old(self) -> list[bytes]:
        """The lines of the old side."""
        return [line[1:] for line in self.lines if line[:1] in {b" ", b"-"}]

    @property
    def new(self) -> list[bytes]:
        """The lines of the new side."""
        return [line[1:] for line in self.lines if line[:1] in {b" ", b"+"}]

    def hunks(self) -> Iterator[Hunk]:
        """Each run of replaced lines, without the lines around it."""
        old, new = self.old_start, self.new_start
        removed = added = 0
        for line in (*self.lines, b" "):
            if line[:1] == b"-":
                removed += 1
            elif line[:1] == b"+":
                added += 1
            else:
                if removed or added:
                    yield Hunk(old - (not removed), removed, new - (not added), added)
                old, new = old + removed + 1, new + added + 1
                removed = added = 0


class Patch(NamedTuple):
    """One file of a diff. A path is "" where that side has no file; a blob is "" where nothing names it."""

    old_path: RepoPath
    path: RepoPath
    old_blob: str = ""
    new_blob: str = ""
    blocks: tuple[Block, ...] = ()
    problem: str = ""  # why it cannot be judged: a binary patch, a combined diff

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """The lines replaced, as a change has them."""
        return tuple(hunk for block in self.blocks for hunk in block.hunks())


def patches(data: bytes) -> Iterator[Patch]:
    """The files of a unified diff, git's or plain; what stands around them (a mail, a log) is passed over."""
    lines = data.split(b"\n")
    at = 0
    while at < len(lines):
        line = lines[at].removesuffix(b"\r")
        if line.startswith((b"diff --cc ", b"diff --combined ")):
            path = unquoted(line.split(b" ", 2)[2])
            yield Patch(path, path, problem="a combined diff of a merge has no one old side")
            at = _next_file(lines, at + 1)
        elif line.startswith(b"diff --git ") or _starts_plain(lines, at):
            patch, at = _file(lines, at)
            yield patch
        else:
            at += 1


def applied(patch: Patch, old: bytes) -> bytes | None:
    """The new side, made from the old; None when the diff does not fit."""
    return _rewritten(old, [(block.old_start, block.old, block.new) for block in patch.blocks])


def reverted(patch: Patch, new: bytes) -> bytes | None:
    """The old side, made from the new; None when the diff does not fit."""
    return _rewritten(new, [(block.new_start, block.new, block.old) for block in patch.blocks])


def fits(patch: Patch, new: bytes) -> bool:
    """Every line that the diff shows of the new side stands there."""
    return reverted(patch, new) is not None


def _rewritten(data: bytes, changes: list[tuple[int, list[bytes], list[bytes]]]) -> bytes | None:
    lines = data.split(b"\n")
    out: list[bytes] = []
    at = 0
    for start, there, instead in changes:
        first = start - 1
        if first < at or [_bare(one) for one in lines[first : first + len(there)]] != [_bare(one) for one in there]:
            return None
        out += [*lines[at:first], *instead]
        at = first + len(there)
    return b"\n".join([*out, *lines[at:]])


def _bare(line: bytes) -> bytes:
    return line.removesuffix(b"\r")


def _starts_plain(lines: list[bytes], at: int) -> bool:
    return (
        lines[at].startswith(b"--- ")
        and at + 2 < len(lines)
        and lines[at + 1].startswith(b"+++ ")
        and _HUNK.match(lines[at + 2]) is not None
    )


def _next_file(lines: list[bytes], at: int) -> int:
    while at < len(lines) and not lines[at].startswith(b"diff --"):
        at += 1
    return at


class _Head:
    """What the lines before a file's hunks say."""

    def __init__(self) -> None:
        self.git: bytes = b""
        self.old = self.new = b""
        self.renamed_from = self.renamed_to = b""
        self.blobs = ("", "")
        self.mode = b""
        self.is_new = self.is_gone = False
        self.problem = ""

    def read(self, line: bytes) -> None:
        """Take one line in."""
        if line.startswith((b"rename from ", b"copy from ")):
            self.renamed_from = line.split(b" from ", 1)[1]
        elif line.startswith((b"rename to ", b"copy to ")):
            self.renamed_to = line.split(b" to ", 1)[1]
        elif line.startswith(b"new file mode "):
            self.is_new, self.mode = True, line[-6:]
        elif line.startswith(b"deleted file mode "):
            self.is_gone = True
        elif line.startswith(b"new mode "):
            self.mode = line[-6:]
        elif found := _INDEX.match(line):
            self.blobs = found[1].decode(), found[2].decode()
            self.mode = found[3] or self.mode
        elif line.startswith((b"Binary files ", b"GIT binary patch")):
            self.problem = "the diff holds it as binary"

    def patch(self, blocks: tuple[Block, ...]) -> Patch:
        """The file, with the hunks that followed."""
        old, new = self._paths()
        old_blob, new_blob = (blob if blob.strip("0") else "" for blob in self.blobs)
        if self.is_new or old == _NOWHERE:
            old, old_blob = b"", ""
        if self.is_gone or new == _NOWHERE:
            new, new_blob = b"", ""
        link = self.mode in {b"120000", b"160000"}
        return Patch(
            from_bytes(old),
            from_bytes(new),
            old_blob,
            new_blob,
            blocks,
            "it is no regular file" if link else self.problem,
        )

    def _paths(self) -> tuple[bytes, bytes]:
        if self.renamed_to:
            return _raw(self.renamed_from), _raw(self.renamed_to)
        if self.old or self.new:
            old, new = _raw(self.old), _raw(self.new)
            halves = _halves(self.git) if self.git else None
            if (old == new and old != _NOWHERE) or (halves and halves[0] == halves[1]):
                return old, new
            return _without_prefix(old), _without_prefix(new)
        halves = _halves(self.git)  # a file without hunks: a mode change, or an empty one
        old, new = halves or (b"", b"")
        return (old, new) if old == new else (_without_prefix(old), _without_prefix(new))


def _file(lines: list[bytes], at: int) -> tuple[Patch, int]:
    head = _Head()
    blocks: list[Block] = []
    if lines[at].startswith(b"diff --git "):
        head.git = lines[at].removesuffix(b"\r")[11:]
        at += 1
    while at < len(lines):
        line = lines[at].removesuffix(b"\r")
        if found := _HUNK.match(line):
            block, at = _block(lines, at + 1, found)
            blocks.append(block)
            continue
        if (
            line.startswith(b"diff --")
            or (blocks and not line.startswith(b"\\"))
            or (_starts_plain(lines, at) and head.new)
        ):
            break
        if line.startswith(b"--- "):
            head.old = line[4:]
        elif line.startswith(b"+++ "):
            head.new = line[4:]
        else:
            head.read(line)
        at += 1
    return head.patch(tuple(blocks)), at


def _block(lines: list[bytes], at: int, found: re.Match[bytes]) -> tuple[Block, int]:
    old_start, new_start = int(found[1]), int(found[3])
    old, new = int(found[2] or 1), int(found[4] or 1)
    first_old, first_new = old_start + (old == 0), new_start + (new == 0)
    taken: list[bytes] = []
    while at < len(lines) and (old > 0 or new > 0):
        line = lines[at]
        sign = line[:1] or b" "  # a mail program took the space of an empty context line
        if sign == b"\\":
            at += 1
            continue
        if sign not in {b" ", b"+", b"-"}:
            break
        old -= sign != b"+"
        new -= sign != b"-"
        taken.append(line or b" ")
        at += 1
    return Block(first_old, first_new, tuple(taken)), at


def _raw(name: bytes) -> bytes:
    """The path's bytes: unquoted, and without the date that plain diff puts behind a tab."""
    if name.startswith(b'"'):
        return unquoted(name[: name.rfind(b'"') + 1]).encode("utf-8", "surrogateescape")
    return name.split(b"\t", 1)[0]


def _without_prefix(name: bytes) -> bytes:
    first, slash, rest = name.partition(b"/")
    return rest if slash and first in _PREFIXES else name


def _halves(names: bytes) -> tuple[bytes, bytes] | None:
    """The two paths of a `diff --git` line, which separates them by a blank although they may hold blanks."""
    if names.startswith(b'"') or names.endswith(b'"'):
        parts = re.findall(rb'"(?:[^"\\]|\\.)*"|[^ ]+', names)
        return (_raw(parts[0]), _raw(parts[1])) if len(parts) == 2 else None
    middle = len(names) // 2
    for at in sorted((at for at, sign in enumerate(names) if sign == 0x20), key=lambda at: abs(at - middle)):
        old, new = names[:at], names[at + 1 :]
        if old == new or _without_prefix(old) == _without_prefix(new):
            return old, new
    return None
