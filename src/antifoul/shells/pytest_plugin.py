"""`pytest --llm-smoke`. Loaded by every pytest of an environment: without the switch it adds options and no more."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, all of which begin with --llm-smoke."""
    group = parser.getgroup("llm-smoke", "try training loops and configs against the laws of post-training")
    group.addoption("--llm-smoke", action="store_true", help="add one test a law for each target and config file")
    group.addoption(
        "--llm-smoke-target",
        action="append",
        default=[],
        metavar="MODULE:NAME",
        help="a Trainer, a loop, or a function that makes one (repeatable; also `targets` in [tool.antifoul.smoke])",
    )
    group.addoption("--llm-smoke-laws", default="", metavar="LAW,LAW", help="try these laws only")
    group.addoption("--llm-smoke-seed", type=int, default=None, metavar="N", help="start random numbers here (0)")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; with the switch, the session that does the work."""
    config.addinivalue_line("markers", "llm_smoke: a test that --llm-smoke added")
    config.addinivalue_line("markers", "llm_smoke_skip(law, reason=...): do not try this law on the target")
    if config.getoption("--llm-smoke"):
        from antifoul.shells.smoke_session import SmokeSession  # noqa: PLC0415  only with the switch

        config.pluginmanager.register(SmokeSession(config), "llm-smoke-session")
    elif config.getoption("--llm-smoke-target") or config.getoption("--llm-smoke-laws"):
        raise pytest.UsageError("--llm-smoke-target and --llm-smoke-laws need --llm-smoke")
