import sys

import pytest

from worlds import Repo

HEAVY = {
    *(
        "libcst",
        "git",
        "jinja2",
        "numpy",
        "click",
        "typer",
        "rich",
        "pydantic",
        "radon",
        "yaml",
        "pathspec",
        "rapidfuzz",
    ),
    *("argparse", "subprocess", "dataclasses", "typing", "pathlib", "json", "sqlite3", "tomllib"),
}


def imported(repo: Repo) -> set[str]:
    """The top-level names that the commit hook imports, as `-X importtime` tells them."""
    done = repo.run(sys.executable, "-X", "importtime", "-c", "from antifoul.shells.quick import main; main()")
    rows = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {name.partition(".")[0] for name in rows}


def start(repo: Repo) -> set[str]:
    """What a start of the interpreter alone imports."""
    done = repo.run(sys.executable, "-X", "importtime", "-c", "pass")
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}


@pytest.mark.parametrize("text", ["def step(loss: float) -> None:\n    print(loss)\n", "X = 1\n"])
def test_the_hook_imports_nothing_heavy(repo: Repo, text: str) -> None:
    """Whether it finds something or not, a hook that tells as text starts without what takes long to import."""
    repo.commit({"README.md": "text\n"})
    repo.stage({"pkg/__init__.py": "", "pkg/step.py": text})

    found = imported(repo)

    assert "antifoul" in found
    assert not (found - start(repo)) & HEAVY


def test_a_change_without_python_imports_next_to_nothing(repo: Repo) -> None:
    """It is decided before the gate, the rules and the syntax tree are imported."""
    repo.commit({"README.md": "text\n"})
    repo.stage({"README.md": "more\n"})

    assert not (imported(repo) - start(repo)) & {*HEAVY, "ast", "re"}
