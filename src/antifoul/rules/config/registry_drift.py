"""registry-drift."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("registry-drift", severity="error", cost="tree", novelty="debt")
def registry_drift(usage: Usage) -> Iterator[Hit]:
    r"""A list of files in code that has an entry without a file (an error), or lacks a file of its folders (a warning).

    A config that is listed and not there fails for whoever picks it from the list; one that is there and not listed is
    never found, never tested, and rots.

    A list is one of six or more literal paths of one kind in a module, nearly all of which are there below one folder.
    Files are missed only where the list has nearly all of the folders that it names.

    Bad::

        files = {"registry.py": "CONFIGS = ['a.yaml', ..., 'gone.yaml']\n"}

    Good::

        files = {"registry.py": "CONFIGS = ['a.yaml', ...]\n"}
    """
    for stray in usage.registered:
        message = f"there is no file {stray.name}" if stray.certain else f"{stray.name} is in no list of this module"
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=message,
            symbol=stray.taker,
            anchor=stray.name,
            severity="error" if stray.certain else "warning",
        )
