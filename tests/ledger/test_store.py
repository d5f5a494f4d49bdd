"""The cache may be shared, killed, damaged, made read-only and deleted: a run says the same, and a next one is warm."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from antifoul.ledger import store
from antifoul.ledger.store import Store

ROWS = [(b"key %d" % n, b"value %d" % n) for n in range(1200)]


def kept(folder: Path) -> dict[bytes, bytes]:
    """What a new run finds."""
    with Store(folder) as opened:
        return dict(opened.get(key for key, _ in ROWS))


def filled(folder: Path) -> Path:
    """The file of a store with all rows."""
    with Store(folder) as opened:
        opened.put(ROWS)
    return next(folder.glob("*.sqlite"))


def test_what_is_put_is_found_by_the_next_run(tmp_path: Path) -> None:
    """More rows than one query takes, and keys that are not there."""
    filled(tmp_path)

    assert kept(tmp_path) == dict(ROWS)
    with Store(tmp_path) as opened:
        assert list(opened.get([b"none"])) == []


@pytest.mark.parametrize("damage", ["not a database", "cut", "header", "middle"])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, damage: str) -> None:
    """Nothing wrong is read from it, and after the next run it serves again."""
    file = filled(tmp_path)
    data = bytearray(file.read_bytes())
    if damage == "not a database":
        data[:] = b"x" * 4096
    elif damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "header":
        data[16:40] = os.urandom(24)
    else:
        data[5000:9000] = b"\xff" * 4000
    file.write_bytes(data)

    assert kept(tmp_path).items() <= dict(ROWS).items()
    for _ in range(2):
        with Store(tmp_path) as opened:
            opened.put(ROWS)
    assert kept(tmp_path) == dict(ROWS)


def test_a_value_of_which_a_bit_fell_is_a_miss(tmp_path: Path) -> None:
    """The database finds nothing wrong with it; its check does."""
    file = filled(tmp_path)
    with sqlite3.connect(file) as base:
        base.execute(
            "UPDATE kept SET value = CAST(substr(value, 1, 4) || 'valve 7' AS BLOB) WHERE key = ?", (b"key 7",)
        )
    base.close()

    assert kept(tmp_path) == {key: value for key, value in ROWS if key != b"key 7"}


def test_a_run_that_is_killed_while_it_writes_leaves_a_sound_file(tmp_path: Path) -> None:
    """SIGKILL in the middle of a loop of writes: what was kept is whole."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom antifoul.ledger.store import Store\n"
        "with Store(Path(sys.argv[1])) as store:\n"
        "    for n in range(10**9):\n"
        "        store.put([(b'key %d' % (n % 1200), b'value %d' % (n % 1200))])\n"
        "        print(n, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(50):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)

    found = kept(tmp_path)
    assert len(found) >= 49
    assert found.items() <= dict(ROWS).items()


def test_runs_at_the_same_time_share_it(tmp_path: Path) -> None:
    """Four processes write all rows at once, each in small pieces; all are there, and each run ended well."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom antifoul.ledger.store import Store\n"
        "rows = [(b'key %d' % n, b'value %d' % n) for n in range(1200)]\n"
        "with Store(Path(sys.argv[1])) as store:\n"
        "    for at in range(0, 1200, 50):\n"
        "        store.put(rows[at : at + 50])\n"
        "        list(store.get(key for key, _ in rows))\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) for _ in range(4)]

    assert [run.wait() for run in runs] == [0] * 4
    assert kept(tmp_path) == dict(ROWS)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "cache").write_text("")

    with Store(tmp_path / "cache") as opened:
        opened.put(ROWS)
        assert list(opened.get([b"key 1"])) == []


def test_its_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the limit it is emptied when it is opened, and shrinks."""
    file = filled(tmp_path)
    monkeypatch.setattr(store, "_MOST_BYTES", 10_000)
    before = file.stat().st_size

    assert kept(tmp_path) == {}
    assert file.stat().st_size < before


def test_the_file_of_an_older_version_is_removed(tmp_path: Path) -> None:
    """It would lie there for ever."""
    (tmp_path / "ledger-1.sqlite").write_bytes(b"")
    filled(tmp_path)

    assert [path.name for path in tmp_path.glob("*.sqlite")] == ["ledger-2.sqlite"]
