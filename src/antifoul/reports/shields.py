"""The health score for an endpoint badge of shields.io."""

import json

from antifoul.facts.report import Look
from antifoul.measures.results import Overview

LABEL = "antifoul"
_COLOURS = ((75, "brightgreen"), (60, "green"), (50, "yellow"), (35, "orange"), (0, "red"))


def render_report(found: Overview, _: Look) -> str:
    """The object that shields.io reads."""
    message, colour = badge_of(found)
    return json.dumps({"schemaVersion": 1, "label": LABEL, "message": message, "color": colour}) + "\n"


def badge_of(found: Overview) -> tuple[str, str]:
    """What the badge says, and in which colour."""
    if found.survey.health is None:
        return "no code", "lightgrey"
    score = round(found.survey.health.score)
    return f"{score} of 100", next(name for limit, name in _COLOURS if score >= limit)
