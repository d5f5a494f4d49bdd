"""Plain text for a terminal or a log: one line a finding, then one line that sums up."""

from __future__ import annotations

from antifoul.facts.finding import LATER
from antifoul.facts.paths import inert, shown, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.finding import Finding
    from antifoul.facts.lint import LintReport
    from antifoul.facts.report import CheckReport, Look


_COLOURS = {"error": "31", "warning": "33", "note": "36"}
_HOW_TO_GO_ON = """\
to go on: mend it, or allow one line with `# antifoul: allow[{rule}] REASON`;
`antifoul explain {rule}` says why; `SKIP={hook} git commit` passes once.
"""


def render_check(report: CheckReport, look: Look) -> str:
    """The findings as `path:line:col: severity: rule: message`, the skips, and one summary line."""
    lines = [_finding(finding, look) for finding in _grouped(report.findings)]
    lines += [f"{shown(skip.path)}:{max(skip.line, 1)}: skipped: {visible(skip.reason)}" for skip in report.skipped]
    if not look.quiet:
        lines.append(summary(report))
    return "".join(f"{inert(line)}\n" for line in lines)


def render_config_lint(report: LintReport, look: Look) -> str:
    """The findings, what was not judged, and one line that sums up."""
    lines = [_finding(finding, look) for finding in report.findings]
    if not look.quiet:
        lines += [f"{shown(skip.path)}:{max(skip.line, 1)}: skipped: {visible(skip.reason)}" for skip in report.skipped]
        blocking = sum(finding.blocking for finding in report.findings)
        outcome = f"{_count(len(report.findings), 'finding')}, {blocking} blocking" if report.findings else "clean"
        asked = f"; asked {', '.join(map(visible, report.libraries))}" if report.libraries else ""
        lines.append(
            f"antifoul: {outcome}; {_count(report.files, 'config')} and {_count(report.commands, 'command')} judged, "
            f"{len(report.skipped)} not judged{asked}"
        )
    return "".join(f"{inert(line)}\n" for line in lines)


def _grouped(findings: tuple[Finding, ...]) -> Iterator[Finding]:
    """The findings, those of tests-untouched as one for each folder: there is one test to write, not ten."""
    folders: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.rule == "tests-untouched":
            folders.setdefault(finding.path.rpartition("/")[0], []).append(finding)
    for finding in findings:
        group = folders.get(finding.path.rpartition("/")[0], []) if finding.rule == "tests-untouched" else []
        if not group:
            yield finding
        elif finding is group[0]:
            others = ", ".join(one.path.rpartition("/")[2] for one in group[1:])
            more = f"; and so did {others}, without a test" if others else ""
            yield finding._replace(message=f"{finding.message}{more}")


def summary(report: CheckReport) -> str:
    """What was judged, against what, and how it came out."""
    if not report.files and not report.skipped:
        others = f": {_count(report.passed_over, 'file')} of kinds that no rule reads" if report.passed_over else ""
        return f"antifoul: nothing to judge{others or ': no file differs'} from {_base(report)}"
    blocking = sum(finding.blocking for finding in report.findings)
    outcome = "clean" if not report.findings else f"{_count(len(report.findings), 'finding')}, {blocking} blocking"
    parts = [f"{_count(report.files, 'file')} and {_count(report.lines, 'added line')} judged against {_base(report)}"]
    if report.skipped:
        parts.append(f"{len(report.skipped)} skipped")
    if report.passed_over:
        parts.append(f"{_count(report.passed_over, 'file')} of other kinds passed over")
    if report.allowed:
        parts.append(f"{report.allowed} allowed")
    if report.hidden:
        parts.append(f"{report.hidden} that {'does' if report.hidden == 1 else 'do'} not block not shown")
    skipped = [verdict.reason for verdict in report.rules if verdict.verdict == "skipped"]
    later = skipped.count(LATER)
    if later:
        parts.append(f"{_count(later, 'rule')} left to pre-push or CI")
    if len(skipped) > later:
        parts.append(f"{_count(len(skipped) - later, 'rule')} not asked, --format json says why")
    return f"antifoul: {outcome}; {'; '.join(parts)}"


def advice(report: CheckReport, hook: str = "antifoul") -> str:
    """How to go on after a blocked run; empty when nothing blocks."""
    first = next((finding for finding in report.findings if finding.blocking), None)
    return _HOW_TO_GO_ON.format(rule=first.rule, hook=hook) if first else ""


def _finding(finding: Finding, look: Look) -> str:
    severity: str = finding.severity
    if look.colour:
        severity = f"\x1b[{_COLOURS[severity]}m{severity}\x1b[0m"
    place = f"{shown(finding.path)}:{finding.line}:{finding.column}"
    where = f" (in {visible(finding.symbol)})" if finding.symbol else ""
    return f"{place}: {finding.rule} {visible(finding.message)}{where} [{severity}]"


def _base(report: CheckReport) -> str:
    short = report.base[:12]
    return f"{short} ({visible(report.how)})" if report.how else short


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def __getattr__(name: str) -> object:
    """The renderers of whole pages, imported only when one is asked for: the hook renders checks alone."""
    if name.startswith("render_"):
        from antifoul.reports import plain  # noqa: PLC0415  see above

        return getattr(plain, name)
    raise AttributeError(name)
