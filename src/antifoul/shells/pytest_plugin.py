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
    group.addoption(
        "--llm-smoke-budget",
        type=float,
        default=None,
        metavar="SECONDS",
        help="computing time a target may take once its first optimizer is built (60)",
    )
    group.addoption("--llm-smoke-seed", type=int, default=None, metavar="N", help="start random numbers here (0)")
    group.addoption("--llm-smoke-json", default="", metavar="FILE", help="write what came of it as JSON")


_LINES = (
    "llm_smoke: a test that --llm-smoke added",
    "llm_smoke_skip(law, reason=...): do not try this law on the target",
)
_NEEDING = ("target", "laws", "budget", "seed", "json")  # options that say something under the switch alone


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; with the switch, the session that does the work."""
    for line in _LINES:
        config.addinivalue_line("markers", line)
    if config.getoption("--llm-smoke"):
        from antifoul.shells.smoke_session import SmokeSession  # noqa: PLC0415  only with the switch
        from antifoul.shells.smoke_telling import Telling  # noqa: PLC0415  only with the switch

        session = SmokeSession(config)
        config.pluginmanager.register(session, "llm-smoke-session")
        telling = Telling(config, session.smoke.seed, config.getoption("--llm-smoke-json"))
        config.pluginmanager.register(telling, "llm-smoke-telling")
        return
    given = [
        f"--llm-smoke-{name}" for name in _NEEDING if config.getoption(f"--llm-smoke-{name}") not in (None, "", [])
    ]
    if given:
        raise pytest.UsageError(f"{given[0]} needs --llm-smoke")
