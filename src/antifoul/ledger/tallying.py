"""Tally the versions of files of a history: kept ones from the store, the others read from git once."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from antifoul.facts.errors import ReadError
from antifoul.facts.tally import Body, Tally
from antifoul.ledger import rows
from antifoul.ledger.measuring import Item, Progress, measure_one, recipe, silent, uncollected
from antifoul.ledger.rows import Told
from antifoul.ledger.store import Store
from antifoul.ledger.workers import DeadWorkerError, alone, cores, spread
from antifoul.measures.division import Division
from antifoul.measures.whole import bodies_of, tally_of
from antifoul.readers.git import Git
from antifoul.readers.stream import stream

Lineage: TypeAlias = Sequence[str]  # the versions of one file, so that neighbours are alike

_PARALLEL_BLOBS = 1_500  # under this a second process costs more than it saves
_TASK = 150  # blobs
_BATCH = 200
_BODIES = b"f"
MISSING, TOO_LARGE = "its blob is missing from this clone", "the file is over the size limit"


class AbsentError(ReadError):
    """A content that is not in this clone, or larger than these settings allow: another run may read it."""


class Recipe(NamedTuple):
    """How contents are tallied: the markers looked for, and over which size they are not read."""

    words: tuple[str, ...]
    most_bytes: int


def tallied(
    git: Git, lineages: Sequence[Lineage], how: Recipe, store: Store, progress: Progress = silent
) -> dict[str, Told]:
    """The tally of each blob; a ReadError for one that cannot be read."""
    seen: set[str] = set()
    wanted = [[one for one in line if one not in seen and not seen.add(one)] for line in lineages]  # type: ignore[func-returns-value]  # it marks it as seen
    known = _kept(store, seen, how)
    left = [[one for one in line if one not in known] for line in wanted]
    done, total = len(known), len(seen)
    for batch in _told(git, left, how):
        store.put((_key(blob, how), rows.row_of(told)) for blob, told in batch if not isinstance(told, AbsentError))
        known.update(batch)
        done += len(batch)
        progress(done, total)
    return known


def unread(lineages: Sequence[Lineage], how: Recipe, store: Store) -> int:
    """How many of the versions are not in the store."""
    wanted = {blob for line in lineages for blob in line}
    suffix = _suffix(how)
    return len(wanted) - sum(1 for _ in store.get(bytes.fromhex(blob) + suffix for blob in wanted))


def _kept(store: Store, blobs: Iterable[str], how: Recipe) -> dict[str, Told]:
    known: dict[str, Told] = {}
    suffix = _suffix(how)
    for key, value in store.get(bytes.fromhex(blob) + suffix for blob in blobs):
        try:
            known[key[: -len(suffix)].hex()] = rows.told_by(value)
        except ValueError:
            continue  # a damaged row: tally it again
    return known


def _key(blob: str, how: Recipe) -> bytes:
    return bytes.fromhex(blob) + _suffix(how)


def _suffix(how: Recipe) -> bytes:
    return blake2b(recipe(how.words) + bytes([rows.VERSION]), digest_size=6).digest()


def _told(git: Git, lineages: Sequence[Lineage], how: Recipe) -> Iterator[list[tuple[str, Told]]]:
    count = sum(map(len, lineages))
    workers = min(cores(), count // (_PARALLEL_BLOBS // 2))
    if workers < 2:
        yield from _batches(git, [one for line in lineages for one in line], how, Division(how.words))
        return
    tasks = dict(enumerate(_tasks(lineages)))
    try:
        for number, done in spread(_work, {number: (git, task, how) for number, task in tasks.items()}, workers):
            yield done
            del tasks[number]
    except DeadWorkerError:  # a file that kills the parser took its worker along
        for task in tasks.values():
            yield from _carefully(git, task, how)


def _carefully(git: Git, task: Sequence[str], how: Recipe) -> Iterator[list[tuple[str, Told]]]:
    """One task in a process of its own; when that dies, each half of it."""
    try:
        yield alone(_work, git, task, how)
    except DeadWorkerError:
        if len(task) == 1:
            yield [(task[0], ReadError("Python's parser crashes on it"))]
        else:
            middle = len(task) // 2
            yield from _carefully(git, task[:middle], how)
            yield from _carefully(git, task[middle:], how)


def _tasks(lineages: Sequence[Lineage]) -> Iterator[list[str]]:
    """Lineages in bundles that are worth a message, a long one alone."""
    task: list[str] = []
    for line in lineages:
        task += line
        if len(task) >= _TASK:
            yield task
            task = []
    if task:
        yield task


_DIVISIONS: dict[tuple[str, ...], Division] = {}  # of this worker


def _work(git: Git, task: Sequence[str], how: Recipe) -> list[tuple[str, Told]]:
    division = _DIVISIONS.setdefault(how.words, Division(how.words))
    return [pair for batch in _batches(git, task, how, division) for pair in batch]


def _batches(git: Git, blobs: Sequence[str], how: Recipe, division: Division) -> Iterator[list[tuple[str, Told]]]:
    batch: list[tuple[str, Told]] = []
    with uncollected():
        for blob, data in stream(git, blobs):
            batch.append((blob, _one(data, how, division)))
            if len(batch) >= _BATCH:
                yield batch
                batch = []
    yield batch


def _unreadable(data: bytes | None, how: Recipe) -> str:
    if data is None:
        return MISSING
    return TOO_LARGE if len(data) > how.most_bytes else ""


def _one(data: bytes | None, how: Recipe, division: Division) -> Told:
    if problem := _unreadable(data, how):
        return AbsentError(problem)
    assert data is not None  # noqa: S101  it would be a problem
    told = division.tally(data)
    if told is not None:
        return told
    whole = _whole(data, how)
    return whole if isinstance(whole, ReadError) else whole.tally


def one_tally(data: bytes, how: Recipe) -> Tally | None:
    """The tally of one content; None for one that cannot be read."""
    told = _one(data, how, Division(how.words))
    return None if isinstance(told, ReadError) else told


class Read(NamedTuple):
    """A content's numbers with its functions by name and place."""

    tally: Tally
    bodies: tuple[Body, ...]


def _whole(data: bytes, how: Recipe) -> Read | ReadError:
    outcome = measure_one(Item("", "", data), how.words)
    return outcome if isinstance(outcome, ReadError) else Read(tally_of(outcome), bodies_of(outcome))


def read_all(git: Git, blobs: Iterable[str], how: Recipe, store: Store) -> dict[str, Read | ReadError]:
    """The tally and the functions of each blob: of one revision, not of a history."""
    wanted = list(dict.fromkeys(blobs))
    known: dict[str, Read | ReadError] = {}
    tallies = _kept(store, wanted, how)
    for blob, bodies in _kept_bodies(store, wanted, how).items():
        told = tallies.get(blob)
        if told is not None:
            known[blob] = told if isinstance(told, ReadError) else Read(told, bodies)
    left = [blob for blob in wanted if blob not in known]
    division = Division(how.words)
    fresh: list[tuple[bytes, bytes]] = []
    with uncollected():
        for blob, data in stream(git, left):
            known[blob] = read = _read(data, how, division)
            if isinstance(read, Read):
                key = _key(blob, how)
                fresh += [(key, rows.row_of(read.tally)), (key + _BODIES, rows.bodies_row(read.bodies))]
    store.put(fresh)
    return known


def _read(data: bytes | None, how: Recipe, division: Division) -> Read | ReadError:
    if problem := _unreadable(data, how):
        return AbsentError(problem)
    assert data is not None  # noqa: S101  it would be a problem
    found = division.at_once(data)
    return _whole(data, how) if found is None else Read(*found)


def _kept_bodies(store: Store, blobs: Iterable[str], how: Recipe) -> dict[str, tuple[Body, ...]]:
    ending = _suffix(how) + _BODIES
    known: dict[str, tuple[Body, ...]] = {}
    for key, value in store.get(bytes.fromhex(blob) + ending for blob in blobs):
        try:
            known[key[: -len(ending)].hex()] = rows.bodies_by(value)
        except (ValueError, TypeError):
            continue
    return known
