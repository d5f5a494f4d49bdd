"""What a session tells beside pytest's own words: warnings, what was not judged and why, a line of totals, JSON."""

import os
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from antifoul.facts.finding import Hit
from antifoul.facts.report import Look
from antifoul.facts.smoke import Found, Kind, LawOutcome, Outcome, SmokeReport, TargetOutcome
from antifoul.reports.smoke_text import not_judged, totals

WARNED = "llm_smoke_warning"
_ATTRIBUTE = "llm_smoke"  # of a pytest report: travels from xdist's workers, as all attributes of plain values do


@dataclass(slots=True)
class Account:
    """What is known of one item so far. `id` is without what xdist appends to it."""

    kind: Kind
    target: str
    law: str
    id: str
    rerun: str
    reason: str | None = None
    stopped: bool = False  # the reason is that the target stopped, which another law may have told
    enable: str = ""
    seconds: float = 0.0
    findings: list[tuple[str, str, str]] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    batch: list[list[tuple[str, str, int]]] = field(default_factory=list)  # of --llm-smoke-explain
    unexplained: str = ""  # why there is no batch

    def note(self, hits: Iterable[Hit], severity: str) -> None:
        """Keep what was found."""
        self.findings += [(severity, hit.anchor, hit.message) for hit in hits]

    def plain(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


class Telling:
    """The plugin that listens to outcomes. In xdist's workers it only attaches what the controller will tell."""

    def __init__(self, config: pytest.Config, seed: int, json_file: str) -> None:
        self._seed = seed
        self._file = Path(config.invocation_params.dir, json_file) if json_file else None
        if self._file and not self._file.parent.is_dir():
            raise pytest.UsageError(f"--llm-smoke-json={json_file}: there is no folder {str(self._file.parent)!r}")
        self._told: dict[str, tuple[dict[str, Any], Outcome]] = {}  # id -> account, outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach what is known of the item to its report."""
        report = yield
        account = getattr(item, "account", None)
        if isinstance(account, Account):
            setattr(report, _ATTRIBUTE, account.plain())
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the outcome of an item."""
        account: dict[str, Any] | None = getattr(report, _ATTRIBUTE, None)
        if account is None:
            return
        outcome = _outcome(report, account)
        if outcome is not None:
            self._told[account["id"]] = (account, outcome)

    def report(self) -> SmokeReport:
        """What came of the session."""
        targets: dict[str, list[LawOutcome]] = {}
        firsts: dict[str, dict[str, Any]] = {}
        for account, outcome in self._told.values():
            firsts.setdefault(account["target"], account)
            targets.setdefault(account["target"], []).append(_law(account, outcome))
        return SmokeReport(
            self._seed,
            tuple(
                TargetOutcome(name, firsts[name]["kind"], tuple(firsts[name]["replaced"]), tuple(laws))
                for name, laws in targets.items()
            ),
        )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What was warned about, what was not judged, and how much held."""
        report = self.report()
        self._explain(terminalreporter)
        warned = [
            str(text)
            for one in terminalreporter.getreports("passed")
            for name, text in one.user_properties
            if name == WARNED
        ]
        if warned:
            terminalreporter.section("llm-smoke warnings")
        for text in warned:
            terminalreporter.write_line(text)
        lines = [f"{target.name}: {one}" for target in report.targets for one in target.replaced]
        if lines:
            terminalreporter.section("llm-smoke: replaced")
        for text in lines:
            terminalreporter.write_line(text)
        lines = list(not_judged(report))
        if lines:
            terminalreporter.section("llm-smoke: not judged")
        for text in lines:
            terminalreporter.write_line(text)
        if self._told:
            terminalreporter.write_line(totals(report))

    def _explain(self, terminalreporter: pytest.TerminalReporter) -> None:
        accounts = [account for account, _ in self._told.values() if account["batch"] or account["unexplained"]]
        if not accounts:
            return
        from antifoul.reports.explain import Segment, render_batch  # noqa: PLC0415  only where it was asked for

        terminalreporter.section("llm-smoke: explained")
        look = Look(colour=terminalreporter.hasmarkup)
        for account in accounts:
            rows = [[Segment(*segment) for segment in row] for row in account["batch"]]
            text = render_batch(account["target"], rows, look) if rows else ""
            terminalreporter.write_line(text or f"{account['target']}: no batch: {account['unexplained']}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the JSON that was asked for."""
        if self._file is None or hasattr(session.config, "workerinput"):
            return
        from antifoul.reports.smoke_as_json import render_smoke  # noqa: PLC0415  only where it was asked for

        try:
            self._file.write_text(render_smoke(self.report(), Look()), encoding="utf-8")
        except OSError as problem:
            raise pytest.UsageError(f"{self._file} cannot be written: {os.strerror(problem.errno or 0)}") from None


def _outcome(report: pytest.TestReport, account: dict[str, Any]) -> Outcome | None:
    """What the report of one phase says of the law; None where another phase has the word."""
    expected = hasattr(report, "wasxfail")
    if report.skipped and account["stopped"]:
        return "error"
    if report.skipped:
        return "xfail" if expected else "skip"
    if report.failed:
        return "fail" if report.when == "call" else "error"
    if report.when != "call":
        return None
    if expected:
        return "xpass"
    return "warn" if any(severity == "warning" for severity, _, _ in account["findings"]) else "pass"


def _law(account: dict[str, Any], outcome: Outcome) -> LawOutcome:
    return LawOutcome(
        account["id"],
        account["law"],
        outcome,
        tuple(Found(*found) for found in account["findings"]),
        account["reason"],
        account["enable"] or None,
        account["rerun"],
        account["seconds"],
    )
