"""Run one program, feed it, collect what it prints. No shell.

`os.posix_spawn` rather than `subprocess`: importing subprocess costs a hook more than git itself does.
It is the first thing that a hook imports, so it imports neither typing, collections nor signal itself.
"""

from __future__ import annotations

import os
import select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_CHUNK = 1 << 16
_SIGPIPE, _SIGTERM = 13, 15  # the same everywhere that has posix_spawn


class Outcome:
    """What a program left behind. `code` is its exit status, negative for the signal that ended it."""

    __slots__ = ("code", "err", "out")

    def __init__(self, code: int, out: bytes, err: bytes) -> None:
        self.code = code
        self.out = out
        self.err = err


def spawn(argv: list[str], environ: Mapping[str, str], feed: bytes = b"") -> Outcome:
    """Run the program to its end, its standard input being `feed`.

    Raises:
        OSError: the program is not there.
    """
    if not hasattr(os, "posix_spawnp"):
        return _by_subprocess(argv, environ, feed)
    (in_read, in_write), (out_read, out_write), (err_read, err_write) = (os.pipe() for _ in range(3))
    ends = [in_write, out_read, err_read]
    try:
        moves = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate((in_read, out_write, err_write))]
        pid = os.posix_spawnp(argv[0], argv, environ, file_actions=moves, setsigdef=[_SIGPIPE])
    except OSError:
        for end in ends:
            os.close(end)
        raise
    finally:
        for end in (in_read, out_write, err_write):
            os.close(end)
    try:
        out, err = _exchange(in_write, out_read, err_read, feed)
    except BaseException:
        os.kill(pid, _SIGTERM)  # Ctrl-C here must not leave git running
        os.waitpid(pid, 0)
        raise
    return Outcome(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out, err)


def _exchange(in_write: int, out_read: int, err_read: int, feed: bytes) -> tuple[bytes, bytes]:
    """Write and read at once, so that neither side waits for a full pipe; every end is closed."""
    got: dict[int, list[bytes]] = {out_read: [], err_read: []}
    open_ends = {in_write, out_read, err_read}
    poll = select.poll()
    os.set_blocking(in_write, False)
    rest = memoryview(feed)
    try:
        if rest:
            poll.register(in_write, select.POLLOUT)
        else:
            open_ends.remove(in_write)
            os.close(in_write)
        for end in got:
            poll.register(end, select.POLLIN)
        while open_ends:
            for end, _ in poll.poll():
                if end == in_write:
                    rest = _written(in_write, rest)
                    done = not rest
                else:
                    chunk = os.read(end, _CHUNK)
                    got[end].append(chunk)
                    done = not chunk
                if done:
                    poll.unregister(end)
                    open_ends.remove(end)
                    os.close(end)
    finally:
        for end in open_ends:
            os.close(end)
    return b"".join(got[out_read]), b"".join(got[err_read])


def _written(end: int, rest: memoryview) -> memoryview:
    try:
        return rest[os.write(end, rest[:_CHUNK]) :]
    except BrokenPipeError:  # it has read all that it wanted
        return rest[:0]


def _by_subprocess(argv: list[str], environ: Mapping[str, str], feed: bytes) -> Outcome:
    import subprocess  # noqa: PLC0415  Windows only

    done = subprocess.run(argv, env=environ, input=feed, capture_output=True, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)
