"""The `config` commands as plain text."""

from antifoul.facts.report import Look
from antifoul.facts.stack.views import Shown
from antifoul.reports.pages import config
from antifoul.reports.plain import plain


def render_config_show(found: Shown, look: Look) -> str:
    """The values in force."""
    return plain(config.show_page(found), look)
