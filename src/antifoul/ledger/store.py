"""Numbers kept by content in one SQLite file of the user's cache folder. Safe to share, to lose and to delete."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

_SCHEMA = "CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_NAME = "ledger-2.sqlite"
_OLDER = "ledger-1.sqlite"  # of a version of antifoul whose values bore no check
_CHECK = 4  # bytes before each value, by which damage is told
_BATCH = 500  # SQLite takes at most 999 variables in a query
_MOST_BYTES = 400_000_000  # over this size the store starts anew


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """The user's cache folder for antifoul; None when caching is switched off by an empty ANTIFOUL_CACHE."""
    chosen = environ.get("ANTIFOUL_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    from platformdirs import user_cache_path  # noqa: PLC0415  not on the hook path

    return user_cache_path("antifoul")


class Store:
    """Values by key. Every failure of the disk or the file is a cache miss, never an error of the run.

    Any number of runs may share the file, and any may be killed while it writes. A damaged value is a miss; a damaged
    file is removed, and a new one begun.
    """

    def __init__(self, folder: Path | None) -> None:
        self._base: sqlite3.Connection | None = None
        self._file: Path | None = None
        if folder is not None:
            with contextlib.suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                for old in folder.glob(_OLDER):
                    _remove(old)
                self._file = folder / _NAME
                self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._base is not None:
            self._base.close()

    def get(self, keys: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """The values that are there."""
        wanted = list(keys)
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(part))
            rows = self._tried(f"SELECT key, CAST(value AS BLOB) FROM kept WHERE key IN ({marks})", part)  # noqa: S608  marks alone
            for key, value in rows:
                kept = value[_CHECK:]
                if value[:_CHECK] == _check(key, kept):
                    yield key, kept

    def put(self, values: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep the values; what cannot be kept is forgotten."""
        rows = [(key, _check(key, value) + value) for key, value in values]
        if self._base is None or not rows:
            return
        try:
            with self._base:
                self._base.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", rows)
        except sqlite3.Error as problem:
            self._begin_anew(problem)

    def _tried(self, query: str, values: list[bytes]) -> list[tuple[bytes, bytes]]:
        if self._base is None:
            return []
        try:
            return self._base.execute(query, values).fetchall()
        except sqlite3.Error as problem:
            self._begin_anew(problem)
            return []

    def _open(self) -> None:
        """Open the file; one that is no database of ours is replaced, which loses what can be measured again."""
        assert self._file is not None  # noqa: S101  the callers have looked
        for _ in range(2):
            try:
                self._base = _opened(self._file)
            except sqlite3.DatabaseError:
                _remove(self._file)
            else:
                return

    def _begin_anew(self, problem: sqlite3.Error) -> None:
        """After damage that shows only in use; a lock, a full disk or a lost right is not damage."""
        if self._base is None or isinstance(problem, sqlite3.OperationalError):
            return
        self._base.close()
        self._base = None
        if self._file is not None:
            _remove(self._file)
            with contextlib.suppress(OSError):
                self._open()


def _check(key: bytes, value: bytes) -> bytes:
    return crc32(value, crc32(key)).to_bytes(_CHECK, "little")


def _opened(file: Path) -> sqlite3.Connection:
    base = sqlite3.connect(file, timeout=10)
    try:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=NORMAL")
        base.execute(_SCHEMA)
        if file.stat().st_size > _MOST_BYTES:
            with base:
                base.execute("DELETE FROM kept")
            base.execute("VACUUM")
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError:
        base.close()
        raise OSError("the cache is locked or cannot be written") from None
    except sqlite3.DatabaseError:
        base.close()
        raise
    return base


def _remove(file: Path) -> None:
    for name in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108  symmetrical with the store's other calls
