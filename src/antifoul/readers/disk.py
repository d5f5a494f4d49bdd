"""Read files from disk, and only files: a pipe, a device or a link is never opened."""

from __future__ import annotations

import os
import stat

from antifoul.facts.errors import ReadError

_KINDS = (
    (stat.S_ISFIFO, "a pipe (FIFO)"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
)


def read_regular(place: str, limit: int | None = None) -> bytes:
    """The bytes of a regular file.

    Raises:
        ReadError: it is no regular file, larger than `limit` bytes, gone, or not readable.
    """
    try:
        # O_NONBLOCK: opening a pipe that replaced the file a moment ago must not hang.
        handle = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    except OSError as problem:
        raise ReadError(_why(place, problem)) from None
    state = os.fstat(handle)
    if not stat.S_ISREG(state.st_mode):
        os.close(handle)
        raise ReadError(f"it is {_kind(state.st_mode)}, not a regular file")
    with open(handle, "rb", buffering=0) as file:  # noqa: PTH123  an open handle, read whole
        if limit is not None and state.st_size > limit:
            raise ReadError(f"{state.st_size:,} bytes are over the limit of {limit:,} (thresholds.file-bytes)")
        try:
            return file.read()
        except OSError as problem:
            raise ReadError(f"it cannot be read: {problem.strerror}") from None


def _why(place: str, problem: OSError) -> str:
    try:
        mode = os.lstat(place).st_mode
    except OSError:
        return f"it cannot be read: {problem.strerror}"
    if not stat.S_ISREG(mode):
        return f"it is {_kind(mode)}, not a regular file"
    return f"it cannot be read: {problem.strerror}"


def _kind(mode: int) -> str:
    return next((name for test, name in _KINDS if test(mode)), "a device")
