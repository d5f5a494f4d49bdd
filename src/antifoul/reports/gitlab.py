"""GitLab's Code Quality report."""

import json

from antifoul.facts.finding import Finding
from antifoul.facts.paths import for_json, visible
from antifoul.facts.report import CheckReport, Look

_SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def render_check(report: CheckReport, _: Look) -> str:
    """A list of issues; one that blocks is critical."""
    return json.dumps([_issue(finding) for finding in report.findings], indent=1) + "\n"


def _issue(finding: Finding) -> dict[str, object]:
    return {
        "description": visible(finding.message),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": "critical" if finding.blocking else _SEVERITIES[finding.severity],
        "location": {
            "path": for_json(finding.path),
            "lines": {"begin": finding.line, "end": max(finding.end_line, finding.line)},
        },
    }
