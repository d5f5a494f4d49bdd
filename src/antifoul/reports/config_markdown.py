"""The `config` commands as Markdown."""

from antifoul.facts.report import Look
from antifoul.facts.stack.views import Shown
from antifoul.reports.markdown import markdown
from antifoul.reports.pages import config


def render_config_show(found: Shown, look: Look) -> str:
    """The values in force."""
    return markdown(config.show_page(found), look)
