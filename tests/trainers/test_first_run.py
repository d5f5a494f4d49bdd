"""The first run of a user: a conftest with one fixture, and `pytest --llm-smoke`."""

import pytest

pytest.importorskip("torch")

LOOP = """
import types

import pytest
import torch


@pytest.fixture
def llm_smoke_target():
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def compute_loss(model, batch):
        return torch.nn.functional.cross_entropy(model(batch["x"]), batch["y"])

    def train_step(batches):
        batches = batches if isinstance(batches, list) else [batches]
        optimizer.zero_grad()
        total = 0.0
        for batch in batches:
            loss = compute_loss(model, batch) / {divisor}
            loss.backward()
            total += loss.item()
        optimizer.step()
        return {{"loss": total}}

    def next_batch(n):
        generator = torch.Generator().manual_seed(1)
        return {{
            "x": torch.randn(n, 4, generator=generator),
            "y": torch.randint(0, 2, (n,), generator=generator),
        }}

    return types.SimpleNamespace(
        model=model, optimizer=optimizer, compute_loss=compute_loss, train_step=train_step, next_batch=next_batch
    )
"""


def test_a_loop_that_divides_its_loss_passes(pytester: pytest.Pytester) -> None:
    """A correct loop breaks no law."""
    pytester.makeconftest(LOOP.format(divisor="len(batches)"))

    ran = pytester.runpytest_subprocess("--llm-smoke", "-p", "no:cacheprovider")

    found = ran.parseoutcomes()
    assert found.keys() <= {"passed", "skipped"}
    assert found["passed"] >= 3


def test_a_loop_that_does_not_divide_its_loss_fails_and_names_the_ratio(pytester: pytest.Pytester) -> None:
    """The loss summed over k micro-batches makes the gradient k times that of the whole batch."""
    pytester.makeconftest(LOOP.format(divisor="1"))

    ran = pytester.runpytest_subprocess("--llm-smoke", "-p", "no:cacheprovider")

    assert ran.parseoutcomes()["failed"] == 1
    ran.stdout.fnmatch_lines(["*accumulation*4.00 x*", "*rerun*"])
