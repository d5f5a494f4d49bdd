"""Which format there is for which report: a module of this folder that renders that kind."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

from antifoul.facts.errors import UsageError
from antifoul.facts.report import Look

Render: TypeAlias = Callable[[Any, Look], str]

# format -> its module; a format that a command does not list is a usage error, see docs/formats.md
MODULES = {
    "text": "text",
    "json": "as_json",
    "markdown": "markdown",
    "comment": "comment",
    "github": "github",
    "sarif": "sarif",
    "gitlab": "gitlab",
    "rdjson": "rdjson",
    "junit": "junit",
    "html": "html",
    "shields": "shields",
    "badge": "badge",
    "yaml": "yaml",
}
KINDS = {
    "check": ("text", "json", "markdown", "comment", "github", "sarif", "gitlab", "rdjson", "junit"),
    "survey": ("text", "json", "markdown"),
    "markers": ("text", "json", "markdown"),  # `survey --markers`
    "report": ("text", "json", "markdown", "html", "shields", "badge"),
    "fix": ("text", "json"),
    "fleet": ("text", "json", "markdown"),  # report --repos
    "hotspots": ("text", "json", "markdown"),
    "trend": ("text", "json", "markdown"),
    "duplicates": ("text", "json", "markdown"),
    "smoke": ("text", "json"),
    "config lint": ("text", "json"),
    "config show": ("text", "json", "markdown", "yaml"),
    "config why": ("text", "json", "markdown"),
    "config diff": ("text", "json", "markdown"),
    "config complexity": ("text", "json", "markdown"),
    "config tree": ("text", "json", "markdown"),
    "config env": ("text", "json", "markdown"),
    "config docs": ("text", "json", "markdown"),
}
# Rendered by the modules whose names start with config_.
CONFIG = frozenset(f"config {name}" for name in ("show", "why", "diff", "complexity", "tree", "env", "docs"))


def renderer(command: str, name: str) -> Render:
    """The function that renders that command's report in that format.

    Raises:
        UsageError: the command has no such format.
    """
    if name not in KINDS[command]:
        raise UsageError(f"{command} has no format {name!r}: it has {', '.join(KINDS[command])}")
    family = "config_" if command in CONFIG else "smoke_" if command == "smoke" else ""
    module = f"antifoul.reports.{family}{MODULES[name]}"
    render: Render = getattr(import_module(module), f"render_{command.replace(' ', '_')}")
    return render
