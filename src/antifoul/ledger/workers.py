"""Worker processes: as many as there are cores, none that the terminal's Ctrl-C reaches.

Nothing is imported for them before there is work for two: a run that finds all in the store starts none.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

_Result = TypeVar("_Result")


class DeadWorkerError(Exception):
    """A worker died on the way: what it was given took the interpreter along."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[..., _Result], tasks: Mapping[int, tuple[Any, ...]], workers: int
) -> Iterator[tuple[int, _Result]]:
    """The result of each task as it comes, with the task's number.

    Raises:
        DeadWorkerError: a worker died; the results that did not come are lost.
    """
    from concurrent.futures import as_completed  # noqa: PLC0415  see above
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    pool = _executor(workers)
    try:
        with _deaf_to_interrupts():
            waiting = {pool.submit(work, *given): number for number, given in tasks.items()}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    except BrokenProcessPool:
        raise DeadWorkerError from None
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C what has not begun is left undone


def alone(work: Callable[..., _Result], *given: Any) -> _Result:  # noqa: ANN401  whatever the work takes
    """One result from a process of its own.

    Raises:
        DeadWorkerError: it died.
    """
    return next(result for _, result in spread(work, {0: given}, 1))


def _executor(workers: int) -> "ProcessPoolExecutor":
    import multiprocessing  # noqa: PLC0415  see above
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # Forked before any thread of ours exists: the workers share the loaded modules and start in milliseconds.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(workers, mp_context=context)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
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
