"""`antifoul survey --markers`: a list that people can sort, with author and age by blame, and grouped by owner."""

import json
from typing import Any

from worlds import Repo

LOSS = """def loss(x, y):
    # TODO: weight packed rows
    total = x - y
    return total.sum()
"""


def markers(repo: Repo, *arguments: str) -> list[dict[str, Any]]:
    """The markers as JSON."""
    done = repo.antifoul("survey", "--markers", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["markers"]
    return found


def test_a_marker_keeps_author_and_commit_through_moves_and_reformatting(repo: Repo) -> None:
    """Ada wrote it; Bea indents it, Cem moves it to another file, Dan renames the file: it stays hers."""
    first = repo.commit({"a.py": LOSS, "b.py": "import os\n"}, day=0, author="Ada")
    indented = "class A:\n" + "".join(f"    {line}\n" for line in LOSS.splitlines())
    repo.commit({"a.py": indented}, day=10, author="Bea")
    repo.commit({"a.py": "import sys\n", "b.py": f"import os\n\n\n{indented}"}, day=20, author="Cem")
    repo.git("mv", "b.py", "c.py")
    repo.commit(day=30, author="Dan")
    repo.write({"c.py": (repo.root / "c.py").read_text() + "x = 1  # FIXME: not committed\n"})
    found = {one["marker"]: one for one in markers(repo, "--blame")}

    assert (found["TODO"]["author"], found["TODO"]["commit"], found["TODO"]["path"]) == ("Ada", first, "c.py")
    assert found["TODO"]["age_days"] > 0
    assert (found["FIXME"]["author"], found["FIXME"]["commit"], found["FIXME"]["age_days"]) == (None, None, None)
    assert {one["author"] for one in markers(repo)} == {None}


def test_commits_that_only_reformat_are_looked_through(repo: Repo) -> None:
    """Those that .git-blame-ignore-revs lists; a list that is no list is passed over."""
    repo.commit({"a.py": "x = {'a': 1}  # TODO: more\n"}, author="Ada")
    black = repo.commit({"a.py": 'x = {"a": 1}  # TODO: more\n'}, author="Bea")
    before = markers(repo, "--blame")[0]["author"]
    repo.commit({".git-blame-ignore-revs": f"# black\n{black}\n"})
    after = markers(repo, "--blame")[0]["author"]
    repo.commit({".git-blame-ignore-revs": "no commit\n"})

    assert (before, after, markers(repo, "--blame")[0]["author"]) == ("Bea", "Ada", "Bea")


def test_the_list_is_sorted_as_asked_and_grouped_by_owner(repo: Repo) -> None:
    """By priority unless another key is given; who is named owns, nobody comes last; expired ones are counted."""
    repo.commit(
        {
            "pyproject.toml": '[project]\nname = "p"\nversion = "2.0"\ndependencies = ["torch>=2.6"]\n',
            "a.py": "# TODO(bea): scale\nx = 1  # FIXME: it crashes\n# TODO(ada): remove when torch>=2.5\n",
            "b.py": "# TODO(ada): remove in 3.0\n# HACK by 2020-01-01: patched\n",
        }
    )
    by_priority = [(one["priority"], one["path"], one["line"]) for one in markers(repo)]
    text = repo.antifoul("survey", "--markers").stdout
    document = json.loads(repo.antifoul("survey", "--markers", "--format", "json").stdout)

    assert by_priority == [
        ("high", "a.py", 2), ("high", "b.py", 2), ("high", "a.py", 3), ("low", "a.py", 1), ("low", "b.py", 1),
    ]  # fmt: skip
    assert [one["line"] for one in markers(repo, "--sort", "path")] == [1, 2, 3, 1, 2]
    assert [one["owner"] for one in markers(repo, "--sort", "owner")] == ["ada", "ada", "bea", None, None]
    assert markers(repo, "--sort", "due")[0]["expired"] == "was due by 2020-01-01"
    assert markers(repo, "--sort", "minutes")[0]["marker"] == "FIXME"
    assert [(one["name"], one["markers"], one["expired"]) for one in document["owners"]] == [
        ("ada", 2, 1), ("bea", 1, 0), (None, 2, 1),
    ]  # fmt: skip
    assert document["totals"]["marker_minutes"] == sum(one["minutes"] for one in document["markers"])
    assert "5 markers, 2 of them expired" in text
    assert "torch>=2.5 (expired)" in text
    assert "nobody named" in text


def test_a_folder_without_git_has_markers_too(repo: Repo) -> None:
    """Without history there is no author; asking for blame is no error."""
    repo.write({"a.py": "# TODO: x\n"})
    repo.git("config", "core.bare", "false")
    (repo.root / ".git").rename(repo.root.parent / "gone.git")

    assert [(one["marker"], one["author"]) for one in markers(repo, "--blame")] == [("TODO", None)]
