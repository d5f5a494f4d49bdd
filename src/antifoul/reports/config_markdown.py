"""The `config` commands as Markdown."""

from antifoul.facts.report import Look
from antifoul.facts.stack.views import Compared, Heaviness, Inheritance, Reference, Shown, Variables, Why
from antifoul.reports.markdown import markdown
from antifoul.reports.pages import config, config_tree


def render_config_show(found: Shown, look: Look) -> str:
    """The values in force."""
    return markdown(config.show_page(found), look)


def render_config_why(found: Why, look: Look) -> str:
    """Who set a key."""
    return markdown(config.why_page(found), look)


def render_config_diff(found: Compared, look: Look) -> str:
    """Two configs by their values."""
    return markdown(config.diff_page(found), look)


def render_config_complexity(found: Heaviness, look: Look) -> str:
    """How complex the configs are."""
    return markdown(config_tree.complexity_page(found), look)


def render_config_tree(found: Inheritance, look: Look) -> str:
    """Which config is built on which."""
    return markdown(config_tree.tree_page(found), look)


def render_config_env(found: Variables, look: Look) -> str:
    """The variables that are read."""
    return markdown(config_tree.env_page(found), look)


def render_config_docs(found: Reference, look: Look) -> str:
    """The reference of a class of settings."""
    return markdown(config_tree.docs_page(found), look)
