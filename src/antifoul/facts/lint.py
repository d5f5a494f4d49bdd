"""What came of linting the configs and commands of a tree."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.finding import Finding, Skip, Verdict


class LintReport(NamedTuple):
    """Findings and skips, with how many configs and commands were judged."""

    files: int  # configs held against a schema
    commands: int  # commands whose program was found
    findings: tuple[Finding, ...]
    skipped: tuple[Skip, ...]
    verdict: Verdict = "pass"
    libraries: tuple[str, ...] = ()  # whose sources were asked, as findings name them
