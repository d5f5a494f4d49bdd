"""`--llm-smoke-compare`: a target beside itself at another revision, with torch."""

import subprocess

import pytest

pytest.importorskip("torch")

TRAIN = """
import torch


def make():
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def train_step(batch):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        return {"loss": loss}

    def next_batch(n):
        return torch.randn(n, 4), torch.randint(0, 2, (n,))

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "next_batch": next_batch}
"""


def git(pytester: pytest.Pytester, *args: str) -> None:
    """Run git in the test's repository."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *args], cwd=pytester.path, check=True, capture_output=True)


def compared(pytester: pytest.Pytester) -> pytest.RunResult:
    """The comparison of the work tree with HEAD."""
    options = ("--llm-smoke-target=train:make", "--llm-smoke-compare=HEAD", "-p", "no:cacheprovider", "-k", "compare")
    return pytester.runpytest_subprocess("--llm-smoke", *options)


def test_a_change_of_training_is_told_and_one_of_layout_is_not(pytester: pytest.Pytester) -> None:
    """A comment changes nothing; another learning rate is told from step 1 on, as a warning of a passed test."""
    pytester.makepyfile(train=TRAIN)
    git(pytester, "init", "-q", ".")
    git(pytester, "add", "-A")
    git(pytester, "commit", "-qm", "one")

    pytester.makepyfile(train="# a comment\n" + TRAIN)
    quiet = compared(pytester)
    pytester.makepyfile(train=TRAIN.replace("lr=0.1", "lr=0.2"))
    loud = compared(pytester)

    quiet.assert_outcomes(passed=1, deselected=quiet.parseoutcomes()["deselected"])
    assert "WARN" not in quiet.stdout.str()
    loud.stdout.fnmatch_lines(["WARN train:make::compare * from step 1: learning rate 0.1 -> 0.2"])


def test_an_installed_copy_refuses_the_comparison(pytester: pytest.Pytester) -> None:
    """A module of the repository that was loaded from elsewhere would be compared with itself: it is named instead."""
    elsewhere = pytester.mkdir("elsewhere")
    (elsewhere / "pkg_a.py").write_text("rate = 0.1\n")
    first = f"import sys\nsys.path.insert(0, {str(elsewhere)!r})\nimport pkg_a\n"
    pytester.makepyfile(train=first + TRAIN, pkg_a="rate = 0.1\n")
    git(pytester, "init", "-q", ".")
    git(pytester, "add", "-A")
    git(pytester, "commit", "-qm", "one")

    compared(pytester).stdout.fnmatch_lines(["*compare: pkg_a was loaded from *elsewhere/pkg_a.py, not from *"])
