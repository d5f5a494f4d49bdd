"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from worlds import Repo

# The same examples each time, and no clock: a slow machine must not fail a test.
settings.register_profile(
    "antifoul", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("antifoul")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--refresh-gold` writes the whole reports that tests compare with; read the difference before you commit it."""
    parser.addoption("--refresh-gold", action="store_true", help="write tests/reports/gold anew")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """An empty repository."""
    return Repo(tmp_path / "repo")
