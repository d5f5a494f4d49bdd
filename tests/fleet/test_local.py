"""Many items on local processes: every one is answered or named as lost."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from antifoul.facts.errors import UsageError
from antifoul.fleet import on_ray
from antifoul.fleet.answers import Answer
from antifoul.fleet.local import spread
from fleet_work import doubled
from worlds import Repo

ITEMS = ["a", "raises", "b", "killed", "c", "exits", "d"]


@pytest.mark.parametrize("workers", [1, 2, 9])
def test_what_kills_one_takes_no_other_along(workers: int) -> None:
    """An error, a death by signal and an exit are answers; the others come as if nothing had happened."""
    answers = sorted(spread(doubled, ITEMS, workers))

    assert answers == [
        Answer(0, "aa"),
        Answer(1, None, "ValueError: raises"),
        Answer(2, "bb"),
        Answer(3, None, "its process was ended by SIGKILL"),
        Answer(4, "cc"),
        Answer(5, None, "its process ended with status 7 and no answer"),
        Answer(6, "dd"),
    ]


def test_when_nobody_listens_any_more_what_runs_is_ended() -> None:
    """A caller that is interrupted leaves no process behind."""
    answers = spread(time.sleep, [0.0, 300.0], 2)
    assert next(answers).place == 0

    start = time.monotonic()
    answers.close()  # type: ignore[attr-defined]  # it is a generator

    assert time.monotonic() - start < 60


def fleet_of(tmp_path: Path) -> Path:
    """A file that lists a repository, a plain folder, a folder that is not there, and one with wrong settings."""
    repo = Repo(tmp_path / "one")
    repo.commit({"pkg/__init__.py": "", "pkg/a.py": "def f():\n    return 1  # TODO: x\n"}, day=0)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "b.py").write_text("x = 1\n")
    wrong = Repo(tmp_path / "wrong")
    wrong.commit({"antifoul.toml": "nonsense = 1\n"}, day=0)
    file = tmp_path / "repos.txt"
    file.write_text("# ours\none\n\nplain\ngone\nwrong\n")
    return file


def told(tmp_path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """What the command says of that fleet."""
    file = fleet_of(tmp_path)
    return Repo(tmp_path / "elsewhere").antifoul("report", "--repos", str(file), *more)


def test_every_repository_is_reported_or_named_as_lost(tmp_path: Path) -> None:
    """In the order of the file; a report is the one that the repository alone would have."""
    done = told(tmp_path, "--format", "json", "--workers", "2")

    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["repositories"]
    assert [Path(row["path"]).name for row in rows] == ["one", "plain", "gone", "wrong"]
    assert [bool(row["failed"]) for row in rows] == [False, False, True, True]
    assert "no file or folder" in rows[2]["failed"]
    assert "nonsense" in rows[3]["failed"]
    alone = Repo(tmp_path / "other").antifoul("report", str(tmp_path / "one"), "--format", "json")
    assert rows[0]["report"] == json.loads(alone.stdout)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_page_names_the_lost_first(tmp_path: Path, form: str) -> None:
    """Then a row a repository."""
    done = told(tmp_path, "--format", form)

    assert done.returncode == 0, done.stderr
    assert "2 repositories reported, 2 lost." in done.stdout
    assert done.stdout.index("gone") < done.stdout.index("plain")


def test_a_list_that_is_not_there_or_empty_is_wrong_usage(tmp_path: Path) -> None:
    """In one sentence, with exit 2."""
    repo = Repo(tmp_path / "repo")
    (tmp_path / "empty").write_text("# nothing\n")

    for name in ("none", "empty"):
        done = repo.antifoul("report", "--repos", str(tmp_path / name))
        assert done.returncode == 2
        assert "--repos" in done.stderr
        assert "Traceback" not in done.stderr


def test_without_ray_the_remedy_is_said() -> None:
    """Which extra to install."""
    with pytest.raises(UsageError, match="needs Ray") as problem:
        next(on_ray.spread(doubled, ["a"], 1))

    assert problem.value.remedies == ("pip install 'antifoul[ray]'",)
