"""What a session with torch leaves as it was, and what it can be told."""

import shlex

import pytest

pytest.importorskip("torch")

TRAIN = """
import os
import random
import types

import torch


def make(divisor=None):
    torch.manual_seed(0)
    os.environ["LEFT_BEHIND"] = "1"
    os.chdir("/")
    torch.set_default_dtype(torch.float64)
    torch.set_float32_matmul_precision("medium")
    random.seed(5)
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    if os.path.exists(COUNT):
        with open(COUNT, "a") as file:
            file.write("built\\n")

    def train_step(batches):
        optimizer.zero_grad()
        for x, y in batches:
            loss = torch.nn.functional.cross_entropy(model(x), y)
            (loss / (divisor or len(batches))).backward()
        optimizer.step()
        return loss.detach()

    def next_batch(n):
        return torch.randn(n, 4), torch.randint(0, 2, (n,))

    return types.SimpleNamespace(net=model, optimizer=optimizer, train_step=train_step, next_batch=next_batch)


def summed():
    return make(1)


COUNT = os.path.join(os.path.dirname(__file__), "count")
"""
NAMES = '[tool.antifoul.smoke]\nnames = {model = "net"}\n'
WATCH = """
import os
import random

import pytest
import torch


def state():
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return (
        random.getstate(), torch.get_rng_state().tolist(), environment, os.getcwd(), torch.get_default_dtype(),
        torch.get_float32_matmul_precision(), torch.get_num_threads(), torch.is_grad_enabled(),
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    before = state()
    yield
    after = state()
    assert before[2] == after[2]
    assert [a == b for a, b in zip(before, after)] == [True] * len(before)
"""


def tried(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """A session with the switch over a package whose target changes all it can."""
    pytester.makepyfile(train=TRAIN)
    (pytester.path / "pyproject.toml").write_text(NAMES)
    return pytester.runpytest_subprocess("--llm-smoke", "-p", "no:cacheprovider", *args)


def test_the_process_is_as_it_was(pytester: pytest.Pytester) -> None:
    """The process is put back after each law, and for the next law again as the target had made it.

    The target sets the default dtype when it is built: in float32 its batches would not fit its model.
    """
    pytester.makeconftest(WATCH)

    ran = tried(pytester, "--llm-smoke-target=train:make", "--llm-smoke-laws=finite,params-move,accumulation")

    ran.assert_outcomes(passed=3)


def test_workers_build_a_target_once(pytester: pytest.Pytester) -> None:
    """Two targets on two workers are built once each, under xdist's usual distribution."""
    pytest.importorskip("xdist")
    (pytester.path / "count").touch()

    three = "--llm-smoke-laws=accumulation,finite,params-move"  # others ask for a fresh one
    tried(pytester, three, "--llm-smoke-target=train:make", "--llm-smoke-target=train:summed", "-n", "2")

    assert (pytester.path / "count").read_text().split() == ["built", "built"]


def test_the_printed_rerun_command_fails_alone(pytester: pytest.Pytester) -> None:
    """What a message says to run runs that law of that target and nothing else."""
    ran = tried(pytester, "--llm-smoke-target=train:summed")
    line = next(line for line in ran.outlines if line.strip().startswith("rerun") and "accumulation" in line)

    pytester.runpytest_subprocess(*shlex.split(line.partition(" : ")[2])[1:]).assert_outcomes(failed=1)


def test_a_spent_budget_is_said(pytester: pytest.Pytester) -> None:
    """Laws for which no time is left are skipped with what the time went to, and the option that gives more."""
    ran = tried(pytester, "--llm-smoke-target=train:make", "--llm-smoke-budget=1e-9")

    assert not ran.parseoutcomes().get("passed")
    ran.stdout.fnmatch_lines(["train:make: *: not run: the budget*", "*to enable: --llm-smoke-budget=*"])
