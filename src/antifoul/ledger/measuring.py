"""Measure each distinct content once: from the store, else on all cores."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from antifoul.facts.errors import ReadError
from antifoul.facts.paths import RepoPath
from antifoul.facts.source import Source
from antifoul.facts.tree import Code
from antifoul.ledger.encoding import decoded, encoded
from antifoul.ledger.newer_syntax import in_older_syntax
from antifoul.ledger.store import Store
from antifoul.ledger.workers import cores, deaf_to_interrupts, executor
from antifoul.measures import code
from antifoul.measures.notebooks import read_notebook

Outcome: TypeAlias = Code | ReadError
Progress: TypeAlias = Callable[[int, int], None]  # done, of how many

OTHER_LANGUAGE = "its cells are not Python"
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
    wanted = {item.blob: item for item in items}
    suffix = recipe(words)
    keys = {blob: bytes.fromhex(blob) + suffix for blob in wanted}
    known: dict[str, Outcome] = {}
    blobs = {key: blob for blob, key in keys.items()}
    for key, value in store.get(keys.values()):
        try:
            known[blobs[key]] = decoded(value)
        except (ValueError, KeyError, TypeError):
            continue  # a damaged row: measure it again
    left = [item for blob, item in wanted.items() if blob not in known]
    done = len(known)
    for batch in _outcomes(left, words):
        store.put((keys[blob], encoded(outcome)) for blob, outcome in batch)
        known.update(batch)
        done += len(batch)
        progress(done, len(wanted))
    return known


def known_only(blobs: Iterable[str], words: tuple[str, ...], store: Store) -> dict[str, Outcome]:
    """The numbers of those contents that were measured before; their bytes need not be read."""
    suffix = recipe(words)
    keys = {bytes.fromhex(blob) + suffix: blob for blob in blobs}
    known: dict[str, Outcome] = {}
    for key, value in store.get(keys):
        try:
            known[keys[key]] = decoded(value)
        except (ValueError, KeyError, TypeError):
            continue
    return known


def recipe(words: tuple[str, ...]) -> bytes:
    """What the numbers depend on beside the content: the version of the measures, the markers, Python's grammar."""
    text = f"{code.VERSION}|{'|'.join(words)}|{sys.version_info[:2]}"
    return blake2b(text.encode(), digest_size=6).digest()


def measure_one(item: Item, words: tuple[str, ...]) -> Outcome:
    """The numbers of one content, read as newer syntax where this interpreter cannot parse it."""
    if item.path.endswith(".ipynb"):
        return _measure_notebook(item, words)
    try:
        return code.measure(readable(Source(item.path, item.data)), words)
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


def _measure_notebook(item: Item, words: tuple[str, ...]) -> Outcome:
    """The numbers of the cells' code. Copies are not looked for in notebooks, nor names: cells may run in any order."""
    try:
        found = read_notebook(item.data)
        if found is None:
            return ReadError(OTHER_LANGUAGE)
        numbers = code.measure(Source(item.path, found.text.encode("utf-8", "surrogatepass")), words)
    except (ReadError, RecursionError, MemoryError) as problem:
        return problem if isinstance(problem, ReadError) else ReadError("it is nested deeper than can be measured")
    return numbers._replace(copyable=(), undefined=(), cells=found.cells, unread_cells=found.unread)


def _outcomes(items: Sequence[Item], words: tuple[str, ...]) -> Iterator[list[tuple[str, Outcome]]]:
    chunks = list(_chunks(items))
    workers = min(cores(), len(chunks))
    if workers < 2 or sum(len(item.data) for item in items) < _PARALLEL_BYTES:
        for chunk in chunks:
            yield _work((chunk, words))
        return
    left = dict(enumerate(chunks))
    pool = executor(workers)
    try:
        with deaf_to_interrupts():
            waiting = {pool.submit(_work, (chunk, words)): number for number, chunk in left.items()}
        for done in as_completed(waiting):
            yield done.result()
            del left[waiting[done]]
    except BrokenProcessPool:  # a file that kills the parser took its worker along
        for chunk in left.values():
            yield [(item.blob, _alone(item, words)) for item in chunk]
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C what has not begun is left undone


def _alone(item: Item, words: tuple[str, ...]) -> Outcome:
    """One content in a process of its own, whose death is an answer."""
    try:
        with executor(1) as pool, deaf_to_interrupts():
            return pool.submit(_work, ([item], words)).result()[0][1]
    except BrokenProcessPool:
        return ReadError("Python's parser crashes on it")


def _work(task: tuple[list[Item], tuple[str, ...]]) -> list[tuple[str, Outcome]]:
    chunk, words = task
    return [(item.blob, measure_one(item, words)) for item in chunk]


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
