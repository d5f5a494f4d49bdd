"""A whole session under `--llm-smoke`, with torch: names, markers, folders, workers."""

import pytest

pytest.importorskip("torch")

TRAIN = """
import types

import pytest
import torch


def make(divisor=None):
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def train_step(batches):
        optimizer.zero_grad()
        for x, y in batches:
            loss = torch.nn.functional.cross_entropy(model(x), y)
            (loss / (divisor or len(batches))).backward()
        optimizer.step()
        return loss.detach()

    def next_batch(n):
        return torch.randn(n, 4), torch.randint(0, 2, (n,))

    return types.SimpleNamespace(model=model, optimizer=optimizer, train_step=train_step, next_batch=next_batch)


@pytest.mark.llm_smoke_skip("accumulation", reason="the sum is meant")
def summed():
    return make(1)


def broken():
    raise RuntimeError("no data here")
"""
THREE = "--llm-smoke-laws=accumulation,finite,params-move"
CONFTEST = """
import pytest
import train


@pytest.fixture
def llm_smoke_target():
    return train.{target}
"""


def tried(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """A session with the switch and three laws, in a repository with a package of targets."""
    pytester.makepyfile(train=TRAIN)
    return pytester.runpytest_subprocess("--llm-smoke", THREE, "-p", "no:cacheprovider", *args)


def test_targets_are_told_apart(pytester: pytest.Pytester) -> None:
    """One passes, one is marked, one cannot be built: 3 laws each, of which the mark leaves one out."""
    targets = [f"--llm-smoke-target=train:{name}" for name in ("make", "summed", "broken")]

    ran = tried(pytester, *targets, "-rs")

    ran.assert_outcomes(passed=3 + 2, skipped=1 + 2, errors=1)
    why = "broken() stopped: RuntimeError: no data here (train.py:*)"
    ran.stdout.fnmatch_lines([f"ERROR train:broken::accumulation   {why}"])
    ran.stdout.fnmatch_lines(["*train:broken::finite: not tried, the target stopped: see train:broken::accumulation"])
    ran.stdout.fnmatch_lines(["llm-smoke: 5 held, 3 not tried, the target stopped, 1 not judged"])
    ran.stdout.fnmatch_lines(["*train:summed::accumulation: the sum is meant"])


def test_a_script_can_be_named_without_its_law(pytester: pytest.Pytester) -> None:
    """The name of a script is an argument: its laws are tried, nothing else is."""
    pytester.makepyprojecttoml(
        "[tool.antifoul.smoke]\nscripts = [{name = 'one', command = 'one.py'}, {command = 'x'}]\n"
    )

    tried(pytester, "--llm-smoke-target=train:make", "one").assert_outcomes(errors=1, skipped=2)


def test_one_law_of_one_target_can_be_named(pytester: pytest.Pytester) -> None:
    """The id of an item is an argument, and `--llm-smoke-laws` takes some of the laws."""
    tried(pytester, "train:make::finite").assert_outcomes(passed=1)
    tried(pytester, "--llm-smoke-target=train:make", "--llm-smoke-laws=finite,params-move").assert_outcomes(passed=2)


def test_a_fixture_in_a_folder_is_tried_there(pytester: pytest.Pytester) -> None:
    """The nearest conftest.py gives the target: the folder's own loop is summed, that of the root is not."""
    pytester.makeconftest(CONFTEST.format(target="make()"))
    folder = pytester.mkdir("nested")
    (folder / "conftest.py").write_text(CONFTEST.format(target="make(1)"))

    tried(pytester, "llm_smoke_target::accumulation").assert_outcomes(passed=1)
    ran = tried(pytester, "nested/llm_smoke_target::accumulation")

    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*rerun*pytest --llm-smoke nested/llm_smoke_target::accumulation --llm-smoke-seed=0"])


def test_workers_and_strict_warnings_change_nothing(pytester: pytest.Pytester) -> None:
    """With xdist and every warning an error, the outcome is that of a plain run."""
    pytest.importorskip("xdist")
    pytester.makeini("[pytest]\nfilterwarnings = error\n")

    tried(pytester, "--llm-smoke-target=train:make", "-n", "2").assert_outcomes(passed=3)
