"""From an outcome or an error to an exit status, in one place."""

from __future__ import annotations

import os
import sys

from antifoul.facts.errors import AntifoulError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


_SIGPIPE = 13
OK, FINDINGS, USAGE, FAULT, INTERRUPTED = 0, 1, 2, 3, 130


def guarded(work: Callable[[], int], *, verbose: bool = False) -> int:
    """Run the command: an error for the user is one line on standard error, our own fault says so."""
    try:
        return _flushed(work())
    except AntifoulError as problem:
        sys.stderr.write(f"antifoul: {problem}\n" + "".join(f"  {remedy}\n" for remedy in problem.remedies))
        return USAGE
    except KeyboardInterrupt:
        sys.stderr.write("antifoul: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, `head` perhaps, has seen enough. Python would complain again when it closes
        # standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + _SIGPIPE
    except Exception as problem:  # noqa: BLE001  the last door: whatever it is, it is our fault and must be said
        if verbose:
            import traceback  # noqa: PLC0415  only for a fault

            traceback.print_exc()
        sys.stderr.write(
            f"antifoul: this is a fault of antifoul's own: {type(problem).__name__}: {problem}\n"
            f"  {'report it' if verbose else 'run it again with -v for the traceback, and report it'}\n"
        )
        return FAULT


def _flushed(code: int) -> int:
    sys.stdout.flush()
    return code
