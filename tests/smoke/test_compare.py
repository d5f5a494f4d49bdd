"""Two revisions beside each other: where they part, and that nothing of the user's is touched. Without torch."""

import math
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from antifoul.facts.errors import UsageError
from antifoul.facts.trajectory import Point, Trajectory, partings
from antifoul.readers.git import open_repository
from antifoul.readers.revisions import commit_of, lay_out_commit
from antifoul.smoke.comparing import own_folder, strangers
from worlds import Repo


def run(*points: tuple[float | None, float, int], weights: int = 100, rate: float = 0.1) -> Trajectory:
    """A trajectory of losses, gradient norms and target counts."""
    return Trajectory(tuple(Point(*one, rate) for one in points), weights, weights)


BASE = run((2.0, 1.0, 812), (1.5, 0.9, 812), (1.2, 0.8, 812))


def told(head: Trajectory) -> list[tuple[str, int]]:
    """What parts, as it is said, and at which step."""
    return [(str(one), one.step) for one in partings(BASE, head)]


def test_the_same_is_quiet() -> None:
    """Equal steps, equal but for rounding, and equal in what is not a number."""
    nothing = run((math.nan, math.inf, 0), (None, 0.0, 0))

    assert told(BASE) == []
    assert told(run((2.0 + 1e-6, 1.0, 812), (1.5, 0.9, 812), (1.2, 0.8, 812))) == []
    assert partings(nothing, nothing) == ()


def test_the_first_step_at_which_each_number_differs_is_told() -> None:
    """The label count differs from step 1 on, loss and gradient from step 2."""
    head = run((2.0, 1.0, 640), (1.4, 0.85, 640), (1.1, 0.8, 640))

    assert told(head) == [("label count 812 -> 640", 1), ("loss 1.5 -> 1.4", 2), ("gradient norm 0.9 -> 0.85", 2)]


def test_a_model_of_another_size_differs_before_any_step() -> None:
    """It is told first."""
    assert told(run(*[(point.loss, point.norm, point.targets) for point in BASE.points], weights=120)) == [
        ("weights of the model 100 -> 120", 0),
        ("weights that train 100 -> 120", 0),
    ]


def test_fewer_steps_and_a_loss_that_is_lost_are_told() -> None:
    """A step that gives no loss any more, and a run that ends early."""
    assert told(run((None, 1.0, 812), (1.5, 0.9, 812))) == [("loss 2 -> none", 1), ("steps taken 3 -> 2", 3)]
    assert told(run((math.nan, 1.0, 812), (1.5, 0.9, 812), (1.2, 0.8, 812))) == [("loss 2 -> nan", 1)]


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below, by its path."""
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_a_revision_is_laid_out_and_the_repository_is_as_it_was(repo: Repo, tmp_path: Path) -> None:
    """The commit's own files, whatever the work tree has by now; under `.git` not a byte has changed."""
    repo.commit({"pkg/train.py": "x = 1\n", "old.py": "y = 1\n"})
    repo.commit({"pkg/train.py": "x = 2\n"})
    (repo.root / "pkg" / "train.py").write_text("x = 3\n")
    before = everything(repo.root)
    git = open_repository(str(repo.root), os.environ)
    assert git is not None

    lay_out_commit(git, commit_of(git, "HEAD~1"), tmp_path / "base", tmp_path / "index")

    assert everything(tmp_path / "base") == {"pkg/train.py": b"x = 1\n", "old.py": b"y = 1\n"}
    assert everything(repo.root) == before


def test_no_program_of_the_repository_is_started(repo: Repo, tmp_path: Path) -> None:
    """A filter that attributes ask for would write a file; it stays off."""
    witness = tmp_path / "witness"
    repo.commit({".gitattributes": "*.py filter=spy\n", "a.py": "x = 1\n"})
    subprocess.run(["git", "-C", str(repo.root), "config", "filter.spy.smudge", f"touch {witness}; cat"], check=True)
    git = open_repository(str(repo.root), os.environ)
    assert git is not None

    lay_out_commit(git, commit_of(git, "HEAD"), tmp_path / "base", tmp_path / "index")

    assert (tmp_path / "base" / "a.py").read_text() == "x = 1\n"
    assert not witness.exists()


def test_a_revision_that_is_not_there_says_how_to_get_it(repo: Repo) -> None:
    """A shallow clone is the usual cause."""
    repo.commit({"a.py": "x = 1\n"})
    git = open_repository(str(repo.root), os.environ)
    assert git is not None

    with pytest.raises(UsageError, match="'no-such' is no revision of this repository"):
        commit_of(git, "no-such")


def test_a_module_from_elsewhere_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The revision has `pkg_under_test`, but an editable install of another folder was loaded; others do not matter."""
    (tmp_path / "src" / "pkg_under_test").mkdir(parents=True)
    (tmp_path / "src" / "pkg_under_test" / "__init__.py").touch()
    elsewhere, own = ModuleType("pkg_under_test.data"), ModuleType("pkg_under_test")
    elsewhere.__file__ = "/elsewhere/pkg_under_test/data.py"
    own.__file__ = str(tmp_path / "src" / "pkg_under_test" / "__init__.py")
    monkeypatch.setitem(sys.modules, "pkg_under_test.data", elsewhere)
    monkeypatch.setitem(sys.modules, "pkg_under_test", own)

    assert strangers(tmp_path) == {"pkg_under_test.data": "/elsewhere/pkg_under_test/data.py"}


def test_what_a_killed_run_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of a process that is gone is removed; that of a living one, and what is not ours, stays."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left = tmp_path / f"antifoul-compare-{int(gone.stdout)}-x"
    living = tmp_path / f"antifoul-compare-{os.getppid()}-x"
    other = tmp_path / "antifoul-compare-notes"
    for folder in (left, living, other):
        folder.mkdir()

    made = own_folder()

    assert made.is_dir()
    assert not left.exists()
    assert living.is_dir()
    assert other.is_dir()
