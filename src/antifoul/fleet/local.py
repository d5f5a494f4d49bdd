"""Each item in a process of its own, a few at a time: what kills one takes no other along."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple, TypeVar

from antifoul.fleet.answers import Answer, Value

Item = TypeVar("Item")


class _Running(NamedTuple):
    """A process at work on an item, and the end of the pipe that it answers on."""

    place: int
    process: Any  # of whichever start method
    pipe: Connection


def spread(work: Callable[[Item], Value], items: Sequence[Item], workers: int) -> Iterator[Answer[Value]]:
    """The answer for each item as it comes; `work` and what it returns must be picklable.

    When the caller stops listening, what runs is ended.
    """
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    waiting = list(enumerate(items))[::-1]
    running: dict[Connection, _Running] = {}
    try:
        while waiting or running:
            while waiting and len(running) < max(workers, 1):
                place, item = waiting.pop()
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(target=_answer, args=(work, item, theirs))
                process.start()
                theirs.close()
                running[ours] = _Running(place, process, ours)
            for pipe in wait(list(running)):
                assert isinstance(pipe, Connection)  # noqa: S101  only these are waited for
                yield _heard(running.pop(pipe))
    finally:
        for one in running.values():
            one.process.terminate()
            one.process.join()


def _answer(work: Callable[[Item], Value], item: Item, pipe: Connection) -> None:
    """In the new process: work, and say what came of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the parent's to answer
    try:
        pipe.send((work(item), ""))
    except Exception as problem:  # noqa: BLE001  whatever it is, it is this item's answer
        pipe.send((None, f"{type(problem).__name__}: {problem}"))
    pipe.close()


def _heard(one: _Running) -> Answer[Any]:
    try:
        value, lost = one.pipe.recv()
    except EOFError:
        one.process.join()
        return Answer(one.place, None, _death(one.process.exitcode))
    one.process.join()
    return Answer(one.place, value, lost)


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"its process was ended by {name}"
    return f"its process ended with status {code} and no answer"


def cores() -> int:
    """How many items to work on at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
