"""Contents one after the other, as one `git cat-file` prints them: a history is larger than memory."""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO

from antifoul.readers.git import Git

_BUFFER = 1 << 20
_DEATHS = 40  # of git, after which what is left counts as missing


def stream(git: Git, blobs: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """Each blob with its content; None for one that is missing from this clone."""
    left = list(blobs)
    missing: frozenset[str] | None = None
    for _ in range(_DEATHS):
        told = 0
        for blob, data in _batch(git, left):
            told += 1
            yield blob, data
        left = left[told:]
        if not left:
            return
        # A git older than 2.44 dies at the first blob that a partial clone lacks.
        missing = _missing(git) if missing is None else missing
        gone = [one for at, one in enumerate(left) if at == 0 or one in missing]
        yield from ((one, None) for one in gone)
        left = [one for at, one in enumerate(left) if at > 0 and one not in missing]
    yield from ((one, None) for one in left)


def _batch(git: Git, blobs: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """What git tells before it ends, or dies."""
    with tempfile.TemporaryFile() as names:
        names.write("".join(f"{one}\n" for one in blobs).encode())
        names.seek(0)
        with subprocess.Popen(
            git.argv("cat-file", "--batch", "--buffer"),
            env=git.environ,
            stdin=names,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=_BUFFER,
        ) as process:
            assert process.stdout is not None  # noqa: S101  asked for
            try:
                yield from _entries(process.stdout, blobs)
            finally:
                process.kill()  # it has printed all, or its reader has gone


def _entries(out: IO[bytes], blobs: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    for blob in blobs:
        head = out.readline().split()
        if not head:
            return
        if len(head) != 3:
            yield blob, None
            continue
        size = int(head[2])
        data = out.read(size + 1)
        if len(data) <= size:
            return
        yield blob, data[:size]


def _missing(git: Git) -> frozenset[str]:
    """The objects that a partial clone lacks, as far as its references reach."""
    told = git.try_run("rev-list", "--objects", "--no-object-names", "--missing=print", "--all", "HEAD")
    return frozenset(row[1:].decode() for row in told.out.split(b"\n") if row.startswith(b"?"))
