"""What a use case hands to the reports: finished data, nothing left to look up."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from antifoul.facts.altered import Altered
    from antifoul.facts.finding import Finding, RuleVerdict, Skip, Verdict


class CheckReport(NamedTuple):
    """What came of judging a change."""

    base: str
    head: str
    how: str  # how the base was chosen
    verdict: Verdict
    rules: tuple[RuleVerdict, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Skip, ...]
    files: int  # of a kind that rules read
    lines: int  # added in them
    allowed: int = 0  # findings that a comment or a setting allows
    hidden: int = 0  # findings that do not block and were not asked for
    passed_over: int = 0  # changed files of kinds that no rule reads
    altered: Altered | None = None  # what else the change alters, where a report to people asks for it

    def only_blocking(self) -> CheckReport:
        """The same report with the findings that block, and no others."""
        findings = tuple(finding for finding in self.findings if finding.blocking)
        shown = [finding.rule for finding in findings]
        rules = tuple(
            one
            if one.verdict == "skipped"
            else one._replace(findings=shown.count(one.id), verdict=_verdict(shown, one.id))
            for one in self.rules
        )
        return self._replace(findings=findings, rules=rules, hidden=len(self.findings) - len(findings))


def _verdict(shown: list[str], rule: str) -> Verdict:
    return "fail" if rule in shown else "pass"


class Look(NamedTuple):
    """How a report is to look. Sizes are in characters; 0 is no limit."""

    colour: bool = False
    width: int = 100
    size: int = 0
    quiet: bool = False
    template: str = ""  # the text of the template, for the formats that have one
    parts: Mapping[str, str] = {}  # the style, script and chart library of a page
    links: str = ""  # what stands before a path in a link; "" links relative to the repository
