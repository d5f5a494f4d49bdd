"""JSON by the contract in docs/schema: sorted, stable, one object."""

import json
from typing import Any

from antifoul.facts.finding import Finding, Skip
from antifoul.facts.paths import for_json
from antifoul.facts.report import CheckReport, Look


def render_check(report: CheckReport, _: Look) -> str:
    """The object that `check --format json` promises."""
    from antifoul import __version__  # noqa: PLC0415  a leaf of the package, read where it is shown

    return dump(
        {
            "schema": 1,
            "tool": {"name": "antifoul", "version": __version__},
            "base": report.base,
            "head": report.head,
            "verdict": report.verdict,
            "rules": [verdict._asdict() for verdict in report.rules],
            "findings": [finding_object(finding) for finding in report.findings],
            "skipped": [skip_object(skip) for skip in report.skipped],
        }
    )


def finding_object(finding: Finding) -> dict[str, Any]:
    """One finding, as every command writes it."""
    return {**finding._asdict(), "path": for_json(finding.path)}


def skip_object(skip: Skip) -> dict[str, Any]:
    """One skip, as every command writes it."""
    return {"path": for_json(skip.path), "reason": skip.reason}


def dump(document: dict[str, Any]) -> str:
    """The document as text; what is not UTF-8 is escaped, so that every reader can load it."""
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"
