"""`config show` as YAML that is a config again."""

from antifoul.facts.report import Look
from antifoul.facts.stack.views import Shown


def render_config_show(found: Shown, _: Look) -> str:
    """The values in force, each with its place as a comment."""
    return found.text
