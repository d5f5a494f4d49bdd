"""The budget of a target, by a clock of our own."""

import pytest

from antifoul.smoke.budget import Budget


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_time_counts_while_a_recording_runs() -> None:
    """2 s and 3 s of recording are 5 s; the 10 s between them are not counted."""
    clock = Clock()
    budget = Budget(5.0, clock)
    for name, seconds in (("training", 2.0), ("resume", 3.0)):
        with budget.running(name, built=True):
            clock.now += seconds
        clock.now += 10

    assert budget.total == pytest.approx(5.0)
    assert budget.is_spent
    assert str(budget) == "the budget of 5 s is spent (resume 3.0 s, training 2.0 s)"


def test_nothing_counts_before_an_optimizer_is_built() -> None:
    """Importing and loading take as long as they take."""
    clock = Clock()
    budget = Budget(5.0, clock)
    with budget.running("training", built=False):
        clock.now += 100

    assert budget.total == 0
