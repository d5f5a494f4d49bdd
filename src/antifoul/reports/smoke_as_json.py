"""The object that `--llm-smoke-json` and `smoke --format json` write."""

from typing import Any

from antifoul.facts.report import Look
from antifoul.facts.smoke import LawOutcome, SmokeReport, TargetOutcome
from antifoul.reports.as_json import dump


def render_smoke(report: SmokeReport, _: Look) -> str:
    """One object, targets in the order they were tried in."""
    from antifoul import __version__  # noqa: PLC0415  a leaf of the package, read where it is shown

    return dump(
        {
            "schema": 1,
            "tool": {"name": "antifoul", "version": __version__},
            "seed": report.seed,
            "verdict": report.verdict,
            "targets": [_target(target) for target in report.targets],
        }
    )


def _target(target: TargetOutcome) -> dict[str, Any]:
    return {**target._asdict(), "replaced": list(target.replaced), "laws": [_law(law) for law in target.laws]}


def _law(law: LawOutcome) -> dict[str, Any]:
    return {**law._asdict(), "findings": [found._asdict() for found in law.findings], "seconds": round(law.seconds, 3)}
