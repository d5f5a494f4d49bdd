"""Worker processes: as many as there are cores, none that the terminal's Ctrl-C reaches."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def executor(workers: int) -> ProcessPoolExecutor:
    """A pool of so many workers."""
    # Forked before any thread of ours exists: the workers share the loaded modules and start in milliseconds.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(workers, mp_context=context)


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """The workers started in here ignore Ctrl-C: the terminal sends it to them too, and it is ours to answer."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not in the main thread, where no signal is handled anyway
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
