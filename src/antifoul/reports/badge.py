"""The health score as an SVG badge, in the flat style that people know."""

from antifoul.facts.report import Look
from antifoul.measures.results import Overview
from antifoul.reports.shields import LABEL, badge_of

_HEX = {
    "brightgreen": "#1a7f37", "green": "#4d7c0f", "yellow": "#8a6d00", "orange": "#b45309", "red": "#b42318",
    "lightgrey": "#6b7280",
}  # fmt: skip
# Widths of Verdana at 11 px; the signs of "antifoul", digits and " of 100" are all that is said.
_NARROW, _WIDE, _USUAL = "filt ", "mw", 7.2


def render_report(found: Overview, _: Look) -> str:
    """One SVG image, which needs no font but a usual one and loads nothing."""
    message, colour = badge_of(found)
    left, right = _width(LABEL), _width(message)
    both = left + right
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{both}" height="20" role="img" '
        f'aria-label="{LABEL}: {message}">'
        f"<title>{LABEL}: {message}</title>"
        f'<clipPath id="r"><rect width="{both}" height="20" rx="3" fill="#fff"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#3b4252"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{_HEX[colour]}"/></g>'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2:g}" y="14">{LABEL}</text>'
        f'<text x="{left + right / 2:g}" y="14">{message}</text></g></svg>\n'
    )


def _width(text: str) -> int:
    """How wide the text is with its margins, in pixels."""
    return round(sum(4 if sign in _NARROW else 10 if sign in _WIDE else _USUAL for sign in text)) + 12
