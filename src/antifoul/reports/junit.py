"""JUnit XML: a suite for each rule, a case for each finding; what blocks is a failure."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from antifoul.facts.finding import Finding, RuleVerdict
from antifoul.facts.paths import shown, visible
from antifoul.facts.report import CheckReport, Look


def render_check(report: CheckReport, _: Look) -> str:
    """The suites, then one of what could not be judged."""
    by_rule: dict[str, list[Finding]] = {verdict.id: [] for verdict in report.rules}
    for finding in report.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    verdicts = {verdict.id: verdict for verdict in report.rules}
    failures = sum(finding.blocking for finding in report.findings)
    suites = [_suite(name, list(_cases(name, found, verdicts.get(name)))) for name, found in by_rule.items()]
    if report.skipped:
        rows = [
            _case("files", shown(skip.path), f"<skipped message={_attribute(skip.reason)}/>") for skip in report.skipped
        ]
        suites.append(_suite("files", rows))
    tests = sum(suite.count("<testcase ") for suite in suites)
    head = f'<testsuites name="antifoul" tests="{tests}" failures="{failures}">\n'
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + head + "".join(suites) + "</testsuites>\n"


def _cases(rule: str, found: list[Finding], verdict: RuleVerdict | None) -> Iterator[str]:
    for finding in found:
        place = f"{shown(finding.path)}:{finding.line}:{finding.column}"
        body = f"{place}: {_clean(finding.message)}"
        if finding.blocking:
            kind = f"<failure type={_attribute(finding.severity)} message={_attribute(finding.message)}>"
            yield _case(rule, place, f"{kind}{escape(_clean(body))}</failure>")
        else:
            yield _case(rule, place, f"<system-out>{escape(_clean(body))}</system-out>")
    if not found and verdict is not None and verdict.verdict == "skipped":
        yield _case(rule, rule, f"<skipped message={_attribute(verdict.reason or 'skipped')}/>")
    elif not found:
        yield _case(rule, rule, "")


def _suite(name: str, cases: list[str]) -> str:
    counts = [sum(f"<{kind} " in case for case in cases) for kind in ("failure", "skipped")]
    numbers = f'tests="{len(cases)}" failures="{counts[0]}" errors="0" skipped="{counts[1]}"'
    return f"<testsuite name={_attribute(name)} {numbers}>\n{''.join(cases)}</testsuite>\n"


def _case(rule: str, name: str, body: str) -> str:
    return f"<testcase classname={_attribute(f'antifoul.{rule}')} name={_attribute(name)}>{body}</testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """The text with what XML 1.0 cannot hold written as escapes."""
    return visible(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
