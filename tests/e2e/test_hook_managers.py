"""The hook in pre-commit and prek, each building its environment from this repository as a user's would."""

from pathlib import Path

import pytest

from antifoul.rules.groups import GROUPS
from worlds import Repo, script

HOME = Path(__file__).parents[2]
QUIET = "def step(loss):\n    return loss\n"
PRINTS = "def step(loss):\n    print(loss)\n"
TESTED = {"tests/test_step.py": "import other\nimport train\n\n\ndef test_step() -> None:\n    assert train != other\n"}
NAMING = '[naming]\nbranches = ["feature"]\nmessages = ["conventional"]\n'
PLACE = "train.py:2:5: print-added"

# One worker for all of these: building the environments is what takes the time.
pytestmark = pytest.mark.xdist_group("hook managers")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """This repository as it lies here, committed."""
    here = Repo(tmp_path_factory.mktemp("antifoul") / "released")
    names = here.git("-C", str(HOME), "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    here.commit({name: (HOME / name).read_bytes() for name in names if name and (HOME / name).is_file()})
    return here


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the hook managers keep the environments that they build."""
    folder = tmp_path_factory.mktemp("store")
    return {"PRE_COMMIT_HOME": str(folder / "pre-commit"), "PREK_HOME": str(folder / "prek")}


class Consumer:
    """A repository that uses the hook through one hook manager."""

    def __init__(self, repo: Repo, manager: str, store: dict[str, str]) -> None:
        self.repo = repo
        self.manager = script(manager)
        self.store = store

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Run the manager; its exit status and all that it said."""
        done = self.repo.run(self.manager, *arguments, env=self.store)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(params=["pre-commit", "prek"])
def consumer(request: pytest.FixtureRequest, repo: Repo, released: Repo, store: dict[str, str]) -> Consumer:
    """A repository with one commit and the snippet of the README in its configuration."""
    config = (
        f"repos:\n- repo: {released.root.as_uri()}\n  rev: {released.git('rev-parse', 'HEAD')}\n"
        "  hooks:\n  - id: antifoul\n"
    )
    repo.commit({"train.py": QUIET, ".pre-commit-config.yaml": config})
    return Consumer(repo, request.param, store)


def test_a_moved_print_passes_and_nothing_is_said(consumer: Consumer) -> None:
    """The manager's own line is all."""
    consumer.repo.commit({"train.py": PRINTS})
    consumer.repo.stage({"train.py": f"import os\n\n\n{PRINTS}", **TESTED})

    code, said = consumer("run")

    assert code == 0, said
    assert "Passed" in said
    assert "train.py" not in said


def test_an_added_print_is_blocked_once(consumer: Consumer) -> None:
    """One process judges the whole change, however many files there are."""
    many = {f"m{n:03}.py": QUIET for n in range(300)}
    consumer.repo.stage({"train.py": PRINTS, **many, **TESTED})

    code, said = consumer("run")

    assert code == 1
    assert said.count(PLACE) == 1
    assert said.count("judged against") == 1


def test_a_commit_is_refused_by_the_installed_hook(consumer: Consumer) -> None:
    """The index decides: what is only in the work tree is not judged."""
    assert consumer("install")[0] == 0
    consumer.repo.stage({"train.py": PRINTS, **TESTED})
    consumer.repo.write({"train.py": QUIET})

    blocked = consumer.repo.run("git", "commit", "-m", "print", env=consumer.store)
    consumer.repo.stage({"train.py": QUIET})
    passed = consumer.repo.run("git", "commit", "-m", "no print", env=consumer.store)

    assert (blocked.returncode, passed.returncode) == (1, 0)
    assert PLACE in blocked.stdout + blocked.stderr


def test_a_range_is_judged_by_its_ends(consumer: Consumer) -> None:
    """As in CI: --from-ref and --to-ref."""
    start = consumer.repo.git("rev-parse", "HEAD")
    consumer.repo.commit({"train.py": PRINTS, **TESTED})
    loud = consumer.repo.git("rev-parse", "HEAD")
    consumer.repo.commit({"other.py": QUIET, **TESTED})

    assert consumer("run", "--from-ref", loud, "--to-ref", "HEAD")[0] == 0
    code, said = consumer("run", "--from-ref", start, "--to-ref", "HEAD")
    assert code == 1
    assert PLACE in said


def test_a_push_is_refused_by_the_installed_hook(consumer: Consumer, tmp_path: Path) -> None:
    """At the stage pre-push the pushed range is judged."""
    consumer.repo.git("init", "--quiet", "--bare", str(tmp_path / "remote.git"))
    consumer.repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    consumer.repo.git("push", "--quiet", "origin", "main")
    assert consumer("install", "--hook-type", "pre-push")[0] == 0
    consumer.repo.commit({"train.py": PRINTS, **TESTED})

    done = consumer.repo.run("git", "push", "origin", "main", env=consumer.store)

    assert done.returncode == 1
    assert PLACE in done.stdout + done.stderr


def test_all_files_without_a_change_pass(consumer: Consumer) -> None:
    """A run over all files has no change to judge: what lies there already is old."""
    consumer.repo.commit({"train.py": PRINTS, **TESTED})

    code, said = consumer("run", "--all-files")

    assert code == 0, said


def test_a_change_that_only_deletes_is_judged(consumer: Consumer) -> None:
    """Managers leave deleted files out of their lists, so the hook always runs."""
    consumer.repo.stage({"train.py": None})

    code, said = consumer("run")

    assert code == 0, said
    assert "Skipped" not in said


def test_a_merge_is_judged_without_what_it_brings(consumer: Consumer) -> None:
    """What stood on the other branch was judged there."""
    consumer.repo.git("checkout", "--quiet", "-b", "feature")
    consumer.repo.commit({"feature.py": PRINTS, "both.py": QUIET})
    consumer.repo.git("checkout", "--quiet", "main")
    consumer.repo.commit({"main.py": PRINTS, "both.py": f"X = 1\n{QUIET}"})
    consumer.repo.run("git", "merge", "--no-commit", "feature")
    consumer.repo.stage({"both.py": QUIET})

    code, said = consumer("run")

    assert code == 0, said


def test_the_first_commit_is_judged(consumer: Consumer, tmp_path: Path) -> None:
    """With nothing committed yet, all that is staged is new."""
    first = Repo(tmp_path / "first")
    config = (consumer.repo.root / ".pre-commit-config.yaml").read_bytes()
    first.stage({"train.py": PRINTS, ".pre-commit-config.yaml": config, **TESTED})

    done = first.run(consumer.manager, "run", env=consumer.store)

    assert done.returncode == 1
    assert PLACE in done.stdout + done.stderr


def test_each_group_is_a_hook_of_its_own(consumer: Consumer) -> None:
    """Only the groups that find something that blocks fail; what has nothing to look at is skipped by the manager."""
    config = consumer.repo.root / ".pre-commit-config.yaml"
    ids = [f"antifoul-{name}" for name in (*GROUPS, "branch-name", "commit-msg")]
    listed = "".join(f"  - id: {name}\n" for name in ids)
    text = config.read_text(encoding="utf-8").replace("  - id: antifoul\n", listed)
    consumer.repo.commit({config.name: text, "antifoul.toml": NAMING})
    consumer.repo.git("checkout", "--quiet", "-b", "feature/x")
    consumer.repo.stage({"train.py": f"{PRINTS}    return loss  # TODO: scale\n"})

    code, said = consumer("run", "--verbose")

    assert code == 1
    assert failed(said) == ["antifoul-prints"]
    assert "marker-added" in said
    assert consumer("install", "--hook-type", "commit-msg")[0] == 0
    consumer.repo.stage({"train.py": QUIET, "more.txt": "more\n"})
    refused = consumer.repo.run("git", "commit", "-m", "wip", env=consumer.store)
    assert refused.returncode == 1
    assert "commit-msg: 'wip' has a subject" in refused.stdout + refused.stderr
    assert consumer.repo.run("git", "commit", "-m", "feat: more", env=consumer.store).returncode == 0


def failed(said: str) -> list[str]:
    """The ids of the hooks that failed."""
    lines = said.splitlines()
    places = [number for number, line in enumerate(lines) if line.endswith("Failed")]
    return [lines[number + 1].removeprefix("- hook id: ") for number in places]


@pytest.mark.parametrize("manager", ["pre-commit", "prek"])
def test_it_can_be_tried_without_being_configured(repo: Repo, released: Repo, tmp_path: Path, manager: str) -> None:
    """`try-repo` reads this repository's hook manifest."""
    store = {"PRE_COMMIT_HOME": str(tmp_path / "a"), "PREK_HOME": str(tmp_path / "b")}
    repo.commit({"train.py": QUIET})
    repo.stage({"train.py": PRINTS, **TESTED})

    done = repo.run(script(manager), "try-repo", str(released.root), "antifoul", "--verbose", env=store)

    assert done.returncode == 1
    assert PLACE in done.stdout + done.stderr
