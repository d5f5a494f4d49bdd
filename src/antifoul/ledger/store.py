"""Numbers kept by content in one SQLite file of the user's cache folder. Safe to share, to lose and to delete."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

_SCHEMA = "CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
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
    """Values by key. Every failure of the disk or the file is a cache miss, never an error of the run."""

    def __init__(self, folder: Path | None) -> None:
        self._base: sqlite3.Connection | None = None
        if folder is None:
            return
        file = folder / "ledger-1.sqlite"
        for _ in range(2):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._base = _opened(file)
            except sqlite3.DatabaseError:
                _remove(file)  # corrupted, or of another make: it only holds what can be measured again
            except OSError:
                return
            else:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._base is not None:
            self._base.close()

    def get(self, keys: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """The values that are there."""
        if self._base is None:
            return
        wanted = list(keys)
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(part))
            try:
                yield from self._base.execute(f"SELECT key, value FROM kept WHERE key IN ({marks})", part)  # noqa: S608  marks alone
            except sqlite3.Error:
                return

    def put(self, values: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep the values; what cannot be kept is forgotten."""
        if self._base is None:
            return
        with contextlib.suppress(sqlite3.Error), self._base:
            self._base.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", values)


def _opened(file: Path) -> sqlite3.Connection:
    if file.exists() and file.stat().st_size > _MOST_BYTES:
        _remove(file)
    base = sqlite3.connect(file, timeout=10)
    try:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=NORMAL")
        base.execute(_SCHEMA)
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
