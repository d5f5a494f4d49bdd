"""`antifoul publish`: which figures, of which commits, and where they cannot go."""

import json
from pathlib import Path
from typing import Any

import pytest

from worlds import Repo

BRANCHY = "def f(x):\n    if x:\n        return 1  # TODO: two\n    return 0\n"


def lines(file: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def repo(repo: Repo) -> Repo:
    """Three weeks, a commit each; the last adds a branch and a marker."""
    repo.commit({"a.py": "def f(x):\n    return x\n"}, day=0)
    repo.commit({"b.py": "X = 1\n"}, day=7)
    repo.commit({"a.py": BRANCHY}, day=14)
    return repo


def test_a_commits_figures_are_counted_from_its_own_tree(repo: Repo, tmp_path: Path) -> None:
    """Two files, five lines, one function with two paths (the module's own code has none), one marker; step 3."""
    repo.write({"a.py": "not in the commit\n"})
    done = repo.antifoul("publish", f"--to=jsonl={tmp_path / 'f'}")
    (row,) = lines(tmp_path / "f")

    assert done.returncode == 0, done.stderr
    assert row["commit"] == repo.git("rev-parse", "HEAD")
    assert (row["repository"], row["step"], row["date"]) == ("repo", 3, "2026-01-19T12:00:00Z")
    assert [row[key] for key in ("files", "loc", "functions", "complexity", "markers")] == [2, 5, 1, 2, 1]
    assert 0 <= row["health.stability"] <= row["health"] or row["health"] <= row["health.stability"]


def test_the_health_is_that_of_the_report(repo: Repo, tmp_path: Path) -> None:
    """One formula, whoever asks."""
    repo.antifoul("publish", f"--to=jsonl={tmp_path / 'f'}")
    report = json.loads(repo.antifoul("report", "--format=json").stdout)

    assert lines(tmp_path / "f")[0]["health"] == pytest.approx(report["health"]["score"], abs=1e-3)


def test_weeks_before_come_too_and_no_commit_twice(repo: Repo, tmp_path: Path) -> None:
    """Oldest first; what the file has is not added again."""
    first = repo.antifoul("publish", f"--to=jsonl={tmp_path / 'f'}", "--commit", "HEAD^")
    second = repo.antifoul("publish", f"--to=jsonl={tmp_path / 'f'}", "--weeks", "9", "--name", "mine")

    assert "1 of 1 commits added" in first.stdout
    assert "2 of 3 commits added" in second.stdout
    assert [(row["repository"], row["step"]) for row in lines(tmp_path / "f")] == [
        ("repo", 2),
        ("mine", 1),
        ("mine", 3),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to=grafana",), "known are jsonl, mlflow, tensorboard, wandb"),
        (("--to=jsonl",), "--to jsonl=FILE"),
        (("--to=jsonl=/no/such/folder/f",), "cannot be written"),
        (("--to=jsonl=f", "--commit=gone"), "gone"),
        (("--to=jsonl=f", "--weeks=-1"), "--weeks"),
        ((), "--to"),
    ],
)
def test_what_cannot_be_done_is_said(repo: Repo, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2 with the remedy."""
    done = repo.antifoul("publish", *arguments)

    assert done.returncode == 2
    assert said in done.stderr


def test_a_repository_without_python_has_no_figures(tmp_path: Path) -> None:
    """Said, rather than zeros sent."""
    empty = Repo(tmp_path / "empty")
    empty.commit({"a.txt": "x\n"})

    done = empty.antifoul("publish", "--to=jsonl=f")

    assert done.returncode == 2
    assert "no Python file in scope" in done.stderr


@pytest.mark.parametrize("kind", ["shields", "badge"])
def test_a_badge_says_the_score(repo: Repo, kind: str) -> None:
    """As JSON for shields.io, or as an image that loads nothing."""
    score = round(json.loads(repo.antifoul("report", "--format=json").stdout)["health"]["score"])
    text = repo.antifoul("report", f"--format={kind}").stdout

    assert f"{score} of 100" in text
    if kind == "shields":
        assert set(json.loads(text)) == {"schemaVersion", "label", "message", "color"}
    else:
        assert text.startswith("<svg ")
        assert text.count("http") == 1  # the name space
