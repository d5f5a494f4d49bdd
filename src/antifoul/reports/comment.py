"""Markdown for a comment on a pull request: what the page of a check says, in no more characters than one may have."""

from antifoul.facts.report import CheckReport, Look
from antifoul.reports.limits import capped
from antifoul.reports.markdown import markdown
from antifoul.reports.pages import check

_SIZE = 64_000  # characters: the platform takes 65,536, and ours begin with a hidden mark


def render_check(found: CheckReport, look: Look) -> str:
    """The page with as many findings as fit, the blocking ones first."""
    size = look.size or _SIZE
    fits, too_many = 0, max(len(found.findings), len(found.skipped), 1) + 1
    while too_many - fits > 1:
        rows = (fits + too_many) // 2
        if len(markdown(check.request(found, rows), look)) <= size:
            fits = rows
        else:
            too_many = rows
    text = markdown(check.request(found, fits), look)
    return text if len(text) <= size else capped(text, size, "cut here: the job summary has the rest")
