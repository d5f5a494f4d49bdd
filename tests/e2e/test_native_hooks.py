import os
from importlib import resources
from pathlib import Path

import pytest

from worlds import Repo, script

PRINTS = "def step(loss):\n    print(loss)\n"
QUIET = "def step(loss):\n    return loss\n"
DOCUMENTED = '"""A step."""\n\n\ndef step(loss: float) -> float:\n    """The loss."""\n    return loss\n'
TESTED = {"tests/test_step.py": "import other\nimport train\n\n\ndef test_step() -> None:\n    assert train != other\n"}


@pytest.fixture
def repo(repo: Repo) -> Repo:
    """A repository with one commit and the hooks that the wheel ships."""
    hooks = repo.root / ".git" / "hooks"
    with resources.as_file(resources.files("antifoul") / "hooks") as shipped:
        for hook in ("pre-commit", "pre-push"):
            hooks.joinpath(hook).write_bytes(Path(shipped, hook).read_bytes())
            hooks.joinpath(hook).chmod(0o755)
    repo.commit({"train.py": QUIET})
    return repo


def on_path(repo: Repo) -> dict[str, str]:
    """An environment in which the hooks find antifoul."""
    return {"PATH": f"{Path(script('antifoul')).parent}{os.pathsep}{repo.env['PATH']}"}


def test_a_moved_print_can_be_committed(repo: Repo) -> None:
    """What the last commit already had is not new, wherever it stands now."""
    repo.commit({"train.py": PRINTS})
    repo.stage({"train.py": None, "loop/train.py": f"import os\n\n\n{PRINTS}", **TESTED})

    done = repo.run("git", "commit", "-m", "move", env=on_path(repo))

    assert (done.returncode, done.stderr) == (0, "")


def test_an_added_print_cannot_be_committed(repo: Repo) -> None:
    """The commit is refused with the place, and HEAD stays."""
    head = repo.git("rev-parse", "HEAD")
    repo.stage({"train.py": PRINTS, **TESTED})

    done = repo.run("git", "commit", "-m", "print", env=on_path(repo))

    assert done.returncode == 1
    assert "train.py:2:5: print-added" in done.stdout + done.stderr
    assert repo.git("rev-parse", "HEAD") == head


def test_a_message_that_is_not_as_the_settings_want_it_is_refused(repo: Repo) -> None:
    """Without the setting there is no such hook to install; with it, the patterns decide."""
    with resources.as_file(resources.files("antifoul") / "hooks" / "commit-msg") as shipped:
        repo.root.joinpath(".git", "hooks", "commit-msg").write_bytes(shipped.read_bytes())
    repo.root.joinpath(".git", "hooks", "commit-msg").chmod(0o755)
    repo.stage({"antifoul.toml": '[naming]\nmessages = ["conventional"]\n'})

    refused = repo.run("git", "commit", "-m", "wip", env=on_path(repo))
    passed = repo.run("git", "commit", "-m", "ci: name commits", env=on_path(repo))

    assert (refused.returncode, passed.returncode) == (1, 0)
    assert "commit-msg: 'wip'" in refused.stderr


def test_the_first_commit_is_judged_too(tmp_path: Path, repo: Repo) -> None:
    """With nothing committed yet, all that is staged is new."""
    first = Repo(tmp_path / "first")
    first.stage({"train.py": PRINTS})
    first.git("config", "core.hooksPath", str(repo.root / ".git" / "hooks"))

    done = first.run("git", "commit", "-m", "first", env=on_path(first))

    assert done.returncode == 1
    assert "print-added" in done.stdout + done.stderr


@pytest.fixture
def remote(tmp_path: Path, repo: Repo) -> Repo:
    """The repository, with its one commit pushed to a bare one beside it."""
    repo.git("init", "--quiet", "--bare", "--initial-branch=main", str(tmp_path / "remote.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    repo.git("push", "--quiet", "--no-verify", "origin", "main")
    return repo


def push(repo: Repo, *arguments: str) -> tuple[int, str]:
    """Push with the hook; the exit status and what was said."""
    done = repo.run("git", "push", "--quiet", "origin", *arguments, env=on_path(repo))
    return done.returncode, done.stdout + done.stderr


def test_a_clean_push_says_nothing(remote: Repo) -> None:
    """New branch, known branch and deletion go through without a word."""
    remote.commit({"other.py": DOCUMENTED, **TESTED})

    assert push(remote, "main:feature") == (0, "")
    assert push(remote, "main") == (0, "")
    assert push(remote, ":feature") == (0, "")


def test_a_push_to_a_known_branch_is_judged_against_it(remote: Repo) -> None:
    """Only what the remote's branch does not have is judged."""
    remote.commit({"train.py": PRINTS, **TESTED})

    code, said = push(remote, "main")

    assert code == 1
    assert "train.py:2:5: print-added" in said


def test_a_new_branch_is_judged_by_the_commits_that_the_remote_lacks(remote: Repo) -> None:
    """The branch's own commits count; what main has does not."""
    remote.commit({"train.py": PRINTS, **TESTED})
    remote.git("push", "--quiet", "--no-verify", "origin", "main")
    remote.git("checkout", "--quiet", "-b", "feature")
    remote.commit({"other.py": f"X = 1\n{PRINTS}", **TESTED})

    code, said = push(remote, "feature")

    assert code == 1
    assert "other.py:3:5: print-added" in said
    assert "train.py" not in said


def test_a_push_over_an_unknown_commit_is_judged_by_what_the_remote_lacked(tmp_path: Path, remote: Repo) -> None:
    """A forced push over someone else's commit, which is not here, is still judged."""
    other = Repo(tmp_path / "other")
    other.git("pull", "--quiet", str(tmp_path / "remote.git"), "main")
    other.commit({"theirs.py": QUIET})
    other.git("push", "--quiet", str(tmp_path / "remote.git"), "main")
    remote.commit({"train.py": PRINTS, **TESTED})

    code, said = push(remote, "--force", "main")

    assert code == 1
    assert "train.py:2:5: print-added" in said


def test_a_push_that_begins_history_anew_is_judged_whole(remote: Repo) -> None:
    """What the remote has and what replaces it share no commit."""
    remote.git("checkout", "--quiet", "--orphan", "anew")
    remote.commit({"train.py": PRINTS, **TESTED})

    code, said = push(remote, "--force", "anew:main")

    assert code == 1
    assert "train.py:2:5: print-added" in said
