"""What the trainer tests share."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Models this small lose time to threads that wait for each other."""
    pytest.importorskip("torch").set_num_threads(1)
