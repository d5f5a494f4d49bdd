"""What a use case hands to the reports: finished data, nothing left to look up."""

from typing import NamedTuple

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
    files: int  # judged
    lines: int  # added in them
    allowed: int = 0  # findings that a comment allows


class Look(NamedTuple):
    """How a report is to look. Sizes are in characters; 0 is no limit."""

    colour: bool = False
    width: int = 100
    size: int = 0
    quiet: bool = False
    template: str = ""  # the text of the template, for the formats that have one
    links: str = ""  # what stands before a path in a link; "" links relative to the repository
