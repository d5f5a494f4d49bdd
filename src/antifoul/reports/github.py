"""Workflow commands for GitHub: the worst ten as annotations, the rest as one notice."""

from antifoul.facts.finding import SEVERITIES, Finding
from antifoul.facts.paths import RepoPath, for_json, inert, shown, visible
from antifoul.facts.report import CheckReport, Look
from antifoul.reports.text import summary

_SHOWN = 10  # the platform shows ten annotations a level and step, and drops the others without a word
_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render_check(report: CheckReport, _: Look) -> str:
    """Annotations, each on a line of its own, then the summary as plain text."""
    worst = sorted(report.findings, key=lambda finding: SEVERITIES.index(finding.severity))
    lines = [_annotation(finding) for finding in worst[:_SHOWN]]
    if len(worst) > _SHOWN:
        lines.append(f"::notice title=antifoul::{len(worst) - _SHOWN} more findings are in the job summary")
    lines.append(inert(summary(report)))
    return "".join(f"{line}\n" for line in lines)


def _annotation(finding: Finding) -> str:
    place = (
        f"file={_property(_path(finding.path))},line={finding.line},endLine={finding.end_line},"
        f"col={finding.column},title={_property(f'antifoul {finding.rule}')}"
    )
    return f"::{_LEVELS[finding.severity]} {place}::{_data(visible(finding.message))}"


def _path(path: RepoPath) -> str:
    """As it is, so that the annotation finds its file; but for signs that could steer a terminal that shows the log."""
    return for_json(path) if path.isprintable() else shown(path)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
