"""Histories are read without a trace: whatever the repository's shape, and when a run ends before its time."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from worlds import Repo, script

COMMANDS = ("hotspots", "trend", "report")


def state(*roots: Path) -> dict[str, tuple[int, str]]:
    """Every file and folder below, `.git` included, with its time and content."""
    return {
        str(path): (
            path.lstat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else "",
        )
        for root in roots
        for path in sorted(root.rglob("*"))
    }


def filled(repo: Repo) -> None:
    """Three commits on a branch that is not called main, a rename among them, and a dirty tree."""
    repo.git("checkout", "--quiet", "-b", "trunk/x")
    repo.commit({"pkg/a.py": "def f():\n    return 1  # TODO: x\n", "pkg/__init__.py": ""}, day=0)
    repo.git("mv", "pkg/a.py", "pkg/b.py")
    repo.commit(day=3)
    repo.commit({"pkg/b.py": "def f():\n    return 2 or 1\n"}, day=9)
    repo.stage({"pkg/b.py": "def f():\n    return 3\n"})
    repo.write({"pkg/b.py": "def f(:\n", "pkg/new.py": "x = 1\n"})


def as_it_is(repo: Repo) -> tuple[Path, list[Path]]:
    """The repository itself, with what must not change."""
    return repo.root, [repo.root]


def detached(repo: Repo) -> tuple[Path, list[Path]]:
    """HEAD names a commit of the past."""
    repo.git("checkout", "--quiet", "--force", "--detach", "HEAD~1")
    return repo.root, [repo.root]


def linked(repo: Repo) -> tuple[Path, list[Path]]:
    """A second work tree of the same repository."""
    place = repo.root.parent / "linked"
    repo.git("worktree", "add", "--quiet", "--detach", str(place))
    return place, [place, repo.root]


def bare(repo: Repo) -> tuple[Path, list[Path]]:
    """No work tree at all."""
    place = repo.root.parent / "bare.git"
    repo.git("clone", "--quiet", "--bare", str(repo.root), str(place))
    return place, [place]


@pytest.mark.parametrize("shape", [as_it_is, detached, linked, bare])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_byte_and_no_time_changes(
    repo: Repo, command: str, shape: Callable[[Repo], tuple[Path, list[Path]]]
) -> None:
    """Work tree, index, HEAD, refs, reflogs, config and objects are as they were."""
    filled(repo)
    place, roots = shape(repo)
    before = state(*roots)

    done = repo.antifoul(command, str(place))

    assert done.returncode == (2 if (command, shape) == ("report", bare) else 0), done.stderr
    assert state(*roots) == before


@pytest.mark.parametrize("ended", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("command", ["hotspots", "trend"])
def test_a_run_that_is_ended_leaves_nothing_behind(repo: Repo, command: str, ended: signal.Signals) -> None:
    """It is ended while git streams contents to it; after Ctrl-C the status is 130 and no git runs on."""
    filled(repo)
    before = state(repo.root)
    slow = repo.home / "bin"
    slow.mkdir()
    mark = repo.home / "mark"
    (slow / "git").write_text(
        f'#!/bin/sh\ncase " $* " in *" cat-file "*) echo $$ >{mark}.new; mv {mark}.new {mark}; exec sleep 300;; esac\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    (slow / "git").chmod(0o755)
    env = {**repo.env, "PATH": f"{slow}{os.pathsep}{repo.env['PATH']}"}

    with subprocess.Popen([script("antifoul"), command, str(repo.root)], env=env, stderr=subprocess.PIPE) as process:
        while not mark.exists():
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(ended)
        _, said = process.communicate()

    assert process.returncode == (130 if ended == signal.SIGINT else -ended)
    assert b"Traceback" not in said
    assert state(repo.root) == before
    child = int(mark.read_text())
    if ended == signal.SIGINT:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)
    else:
        os.kill(child, signal.SIGKILL)
