"""The user's repository is as it was: never a checkout, a lock, a refreshed index or a new object."""

import hashlib
from pathlib import Path

import pytest

from antifoul.shells.cli import main
from worlds import Repo


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--staged"],
        ["check", "--base", "HEAD~1"],
        ["survey", "--blame"],
        ["report"],
        ["hotspots"],
        ["trend"],
    ],
    ids=" ".join,
)
def test_every_byte_and_time_is_as_before(
    repo: Repo, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """In a dirty tree, with a staged change and a file whose time is newer than the index."""
    repo.commit({"pkg/__init__.py": "", "pkg/a.py": "def f():\n    return 1  # TODO: x\n"}, day=0)
    repo.commit({"pkg/b.py": "def g():\n    return 2\n"}, day=9)
    repo.stage({"pkg/a.py": "def f():\n    return 3  # TODO: x\n"})
    repo.write({"pkg/b.py": "def g():\n    return 2\n", "pkg/new.py": "x = 1\n"})
    for name, value in repo.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(repo.root)
    before = _state(repo.root)

    code = main(arguments)

    assert code in {0, 1}, capfd.readouterr().err
    assert _state(repo.root) == before


def _state(root: Path) -> dict[str, tuple[int, str]]:
    return {
        str(path.relative_to(root)): (
            path.lstat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(root.rglob("*"))
    }
