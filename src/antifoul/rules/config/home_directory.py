"""home-directory."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import milder
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("home-directory", severity="warning", cost="tree", novelty="debt")
def home_directory(usage: Usage) -> Iterator[Hit]:
    r"""A path in one person's home directory in a config or a launch script.

    It works for that person, on that machine. For everyone else the run stops, or reads an old copy.

    Use a variable, or a path that everyone has.

    Bad::

        text = "model: /home/ada/checkpoints/step_400\n"

    Good::

        text = "model: ${oc.env:CHECKPOINTS}/step_400\n"
    """
    for stray in usage.homes:
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.name} is one person's",
            anchor=stray.name,
            severity=milder(usage.path, "warning"),
        )
