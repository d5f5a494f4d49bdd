"""Measure each distinct content once: from the store, else on all cores."""

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import NamedTuple, TypeAlias, TypeVar

from antifoul.facts.errors import ReadError
from antifoul.facts.paths import RepoPath
from antifoul.facts.source import Source
from antifoul.facts.tree import Code
from antifoul.ledger.kinds import NUMBERS, Kind
from antifoul.ledger.newer_syntax import in_older_syntax
from antifoul.ledger.store import Store
from antifoul.ledger.workers import DeadWorkerError, alone, cores, spread

_T = TypeVar("_T")
Outcome: TypeAlias = Code | ReadError
Progress: TypeAlias = Callable[[int, int], None]  # done, of how many

_PARALLEL_BYTES = 600_000  # under this a second process costs more than it saves
_CHUNK_BYTES = 400_000


class Item(NamedTuple):
    """One content to measure. `blob` names it; `path` is for a reader's eye only."""

    path: RepoPath
    blob: str
    data: bytes


def silent(_done: int, _total: int) -> None:
    """No progress."""


def measured(
    items: Iterable[Item], words: tuple[str, ...], store: Store, progress: Progress = silent
) -> dict[str, Outcome]:
    """The numbers of each content, by blob; a ReadError for one that cannot be read."""
    return measured_as(NUMBERS, items, words, store, progress=progress)


def measured_as(
    kind: Kind[_T], items: Iterable[Item], words: tuple[str, ...], store: Store, *, progress: Progress = silent
) -> dict[str, _T | ReadError]:
    """What that kind of measure says of each content, by blob; a ReadError for one that cannot be read."""
    wanted = {item.blob: item for item in items}
    known = known_as(kind, wanted, words, store)
    left = [item for blob, item in wanted.items() if blob not in known]
    suffix = _recipe(kind, words)
    done = len(known)
    for batch in _outcomes(kind, left, words):
        store.put((bytes.fromhex(blob) + suffix, kind.encoded(outcome)) for blob, outcome in batch)
        known.update(batch)
        done += len(batch)
        progress(done, len(wanted))
    return known


def known_only(blobs: Iterable[str], words: tuple[str, ...], store: Store) -> dict[str, Outcome]:
    """The numbers of those contents that were measured before; their bytes need not be read."""
    return known_as(NUMBERS, blobs, words, store)


def known_as(kind: Kind[_T], blobs: Iterable[str], words: tuple[str, ...], store: Store) -> dict[str, _T | ReadError]:
    """What that kind of measure said of those contents before."""
    suffix = _recipe(kind, words)
    keys = {bytes.fromhex(blob) + suffix: blob for blob in blobs}
    known: dict[str, _T | ReadError] = {}
    with uncollected():
        for key, value in store.get(keys):
            try:
                known[keys[key]] = kind.decoded(value)
            except (ValueError, KeyError, TypeError):
                continue  # a damaged row: measure it again
        gc.freeze()  # they all stay: no garbage is looked for among them later
    return known


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage is looked for while many values are made that hold no cycles: it would cost a fifth of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def recipe(words: tuple[str, ...]) -> bytes:
    """What the numbers depend on beside the content: the version of the measures, the markers, Python's grammar."""
    return _recipe(NUMBERS, words)


def _recipe(kind: Kind[_T], words: tuple[str, ...]) -> bytes:
    text = f"{kind.version}|{'|'.join(words)}|{sys.version_info[:2]}"
    return blake2b(text.encode(), digest_size=6).digest()


def measure_one(item: Item, words: tuple[str, ...]) -> Outcome:
    """The numbers of one content, read as newer syntax where this interpreter cannot parse it."""
    return _one(NUMBERS, item, words)


def _one(kind: Kind[_T], item: Item, words: tuple[str, ...]) -> _T | ReadError:
    if kind.notebook and item.path.endswith(".ipynb"):
        return kind.notebook(item.path, item.data, words)
    try:
        return kind.measure(readable(Source(item.path, item.data)), words)
    except ReadError as problem:
        return problem
    except (RecursionError, MemoryError):
        return ReadError("it is nested deeper than can be measured")


def readable(source: Source) -> Source:
    """The source, written back to older syntax where this interpreter cannot parse it.

    Raises:
        ReadError: it cannot be read either way.
    """
    try:
        _ = source.tree
    except ReadError as problem:
        older = in_older_syntax(source, str(problem))
        if older is None:
            raise
        return older
    return source


def _outcomes(
    kind: Kind[_T], items: Sequence[Item], words: tuple[str, ...]
) -> Iterator[list[tuple[str, _T | ReadError]]]:
    chunks = list(_chunks(items))
    workers = min(cores(), len(chunks))
    if workers < 2 or sum(len(item.data) for item in items) < _PARALLEL_BYTES:
        for chunk in chunks:
            yield _work((kind, chunk, words))
        return
    left = dict(enumerate(chunks))
    try:
        tasks = {number: ((kind, chunk, words),) for number, chunk in left.items()}
        for number, done in spread(_work, tasks, workers):
            yield done
            del left[number]
    except DeadWorkerError:  # a file that kills the parser took its worker along
        for chunk in left.values():
            for item in chunk:
                last = _alone(kind, item, words)
                yield [last]


def _alone(kind: Kind[_T], item: Item, words: tuple[str, ...]) -> tuple[str, _T | ReadError]:
    """One content in a process of its own, whose death is an answer."""
    try:
        return alone(_work, (kind, [item], words))[0]
    except DeadWorkerError:
        return item.blob, ReadError("Python's parser crashes on it")


def _work(task: tuple[Kind[_T], list[Item], tuple[str, ...]]) -> list[tuple[str, _T | ReadError]]:
    kind, chunk, words = task
    done: list[tuple[str, _T | ReadError]] = []
    for item in chunk:
        outcome = _one(kind, item, words)
        done.append((item.blob, outcome))
    return done


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    size = 0
    for item in items:
        chunk.append(item)
        size += len(item.data)
        if size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
