"""Progress on a terminal, for work of more than a second. Nothing is shown to a pipe or a file."""

import argparse
import sys
import time
from collections.abc import Callable

_PATIENCE = 1.0  # seconds before the first sign
_PACE = 0.1  # seconds between signs
_WIDTH = 30


def progress(given: argparse.Namespace) -> Callable[[int, int], None]:
    """What the measuring calls with how much is done, of how much."""
    if getattr(given, "quiet", False) or not sys.stderr.isatty():
        return lambda _done, _total: None
    start = shown = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if done >= total:
            if shown > start:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()
        elif now - start > _PATIENCE and now - shown > _PACE:
            shown = now
            filled = _WIDTH * done // max(total, 1)
            sys.stderr.write(f"\r\x1b[K[{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,} of {total:,} files")
            sys.stderr.flush()

    return show
