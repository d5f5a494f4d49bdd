"""reviewdog's diagnostics. Columns are left out: reviewdog counts them in bytes, a finding in characters."""

import json

from antifoul.facts.finding import Finding
from antifoul.facts.paths import for_json, visible
from antifoul.facts.report import CheckReport, Look

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render_check(report: CheckReport, _: Look) -> str:
    """One result with a diagnostic for each finding."""
    result = {"source": {"name": "antifoul"}, "diagnostics": [_diagnostic(finding) for finding in report.findings]}
    return json.dumps(result, indent=1) + "\n"


def _diagnostic(finding: Finding) -> dict[str, object]:
    return {
        "message": visible(finding.message),
        "location": {
            "path": for_json(finding.path),
            "range": {"start": {"line": finding.line}, "end": {"line": max(finding.end_line, finding.line)}},
        },
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.rule},
    }
