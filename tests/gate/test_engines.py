"""Linters of a change: what they say of new code, what they may not do, and what is said where they say nothing."""

import os
from pathlib import Path

import pytest

from antifoul.facts.errors import ReadError
from antifoul.facts.report import CheckReport
from antifoul.gate.change import Range, judge
from antifoul.gate.check import Asked
from antifoul.readers import engines
from worlds import Repo

RUFF = '[tool.ruff.lint]\nselect = ["F"]\n'


def judged(repo: Repo, wanted: Range, *rules: str) -> CheckReport:
    """The verdict of these rules."""
    return judge(str(repo.root), wanted, Asked(select=rules), repo.env)


def reason(told: CheckReport, rule: str) -> str | None:
    """Why a rule was skipped, or what else is said of it."""
    return next(one.reason for one in told.rules if one.id == rule)


def test_the_index_is_judged_not_the_disk(repo: Repo) -> None:
    """Neither side is read from the work tree."""
    repo.commit({"pyproject.toml": RUFF, "a.py": "x = 1\n"})
    repo.stage({"a.py": "import os\nx = 1\n"})
    repo.write({"a.py": "x = 1\n", "pyproject.toml": "broken"})

    told = judged(repo, Range(staged=True), "ruff")

    assert [(one.path, one.line) for one in told.findings] == [("a.py", 1)]


def test_the_work_tree_is_judged_with_what_is_not_added(repo: Repo) -> None:
    """As everywhere else."""
    repo.commit({"pyproject.toml": RUFF, "a.py": "x = 1\n"})
    repo.write({"a.py": "import os\nx = 1\n", "pkg/b c.py": "import sys\n"})

    told = judged(repo, Range(), "ruff")

    assert [(one.path, one.line) for one in told.findings] == [("a.py", 1), ("pkg/b c.py", 1)]


@pytest.mark.parametrize("name", ["a b.py", "new\nline.py", "-x.py", "ü.py", "a'b.py"])
def test_names_with_any_signs(repo: Repo, name: str) -> None:
    """They go through the linters and back."""
    repo.commit({"pyproject.toml": f"{RUFF}[tool.black]\n", "z.py": "x = 1\n"})
    repo.stage({name: "import os\n"})

    told = judged(repo, Range(staged=True), "ruff")

    assert [one.path for one in told.findings] == [name]


def test_a_repository_that_configures_nothing_is_not_said_to_pass(repo: Repo) -> None:
    """Each rule says why it was skipped."""
    base = repo.commit({"a.py": "x = 1\n"})
    repo.commit({"a.py": "import os\n"})

    told = judged(repo, Range(base, "HEAD"), "ruff", "black", "mypy")

    assert {one.verdict for one in told.rules} == {"skipped"}
    assert reason(told, "mypy") == "the repository does not configure mypy"


def test_settings_that_the_linter_refuses_are_told(repo: Repo) -> None:
    """It failed, so nothing is known."""
    base = repo.commit({"pyproject.toml": "[tool.ruff]\nno-such-setting = 1\n", "a.py": "x = 1\n"})
    repo.commit({"a.py": "import os\n"})

    told = judged(repo, Range(base, "HEAD"), "ruff")

    assert told.rules[0].verdict == "skipped"
    assert (reason(told, "ruff") or "").startswith("ruff failed")


def test_a_linter_that_is_not_there(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy is in the reason."""
    monkeypatch.setattr("antifoul.gate.engines.installed", lambda _: False)
    base = repo.commit({"pyproject.toml": RUFF, "a.py": "x = 1\n"})
    repo.commit({"a.py": "import os\n"})

    told = judged(repo, Range(base, "HEAD"), "ruff")

    assert reason(told, "ruff") == "ruff is not installed beside antifoul: pip install 'antifoul[linters]'"


def test_a_linter_that_takes_too_long(tmp_path: Path) -> None:
    """It is ended, and that is said."""
    folder = tmp_path / "side" / "tree"
    folder.mkdir(parents=True)
    (folder / "a.py").write_text("x = 1\n", encoding="utf-8")

    with pytest.raises(ReadError, match="mypy took longer than 0 s"):
        engines.ask_engine("mypy", str(folder), ("a.py",), 0)


def test_nothing_of_the_repository_is_run(repo: Repo) -> None:
    """Neither a plugin of mypy's, nor a package that is called as a linter, nor a conftest or sitecustomize."""
    ran = repo.root.parent / "ran"
    evil = f"open({str(ran)!r}, 'w').close()\n"
    base = repo.commit(
        {
            "pyproject.toml": f"{RUFF}[tool.black]\n[tool.mypy]\nplugins = 'evil.py'\npython_executable = './python'\n",
            "evil.py": f"{evil}def plugin(version):\n    raise SystemExit(7)\n",
            "mypy/__init__.py": evil,
            "ruff/__main__.py": evil,
            "black.py": evil,
            "json.py": evil,
            "sitecustomize.py": evil,
            "usercustomize.py": evil,
            "python": f"#!/bin/sh\ntouch {ran}\n",
            "a.py": "x = 1\n",
        }
    )
    repo.commit({"a.py": "import os\nx: int = 'a'\n"})

    told = judged(repo, Range(base, "HEAD"), "ruff", "black", "mypy")

    assert not ran.exists()
    assert {one.rule for one in told.findings} == {"ruff", "black", "mypy"}
    assert "'plugins' is not heeded" in (reason(told, "mypy") or "")


def test_nothing_is_left_behind(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file in the repository, and the trees that were laid out are gone."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    base = repo.commit({"pyproject.toml": f"{RUFF}[tool.mypy]\n", "a.py": "x = 1\n"})
    repo.commit({"a.py": "import os\n"})
    before = {(folder, *files) for folder, _, files in os.walk(repo.root)}

    judged(repo, Range(base, "HEAD"), "ruff", "mypy")

    assert {(folder, *files) for folder, _, files in os.walk(repo.root)} == before
    assert list(place.iterdir()) == []


def test_a_name_that_leads_out_is_not_laid_out(tmp_path: Path) -> None:
    """Git does not make such names; a repository made by hand may hold them."""
    folder = tmp_path / "tree"
    folder.mkdir()

    engines.lay_out(str(folder), iter([("../out.py", b""), ("/out.py", b""), (".git/x.py", b""), ("a/b.py", b"")]))

    assert sorted(path.name for path in tmp_path.rglob("*.py")) == ["b.py"]
