"""How the config rules say who was asked, what is near, and how grave it is where it stands."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.finding import Severity
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.usage import Stray

# What nobody starts any more: kept to look things up.
_KEPT = re.compile(r"(?:^|/)[^/]*(?:archive|archived|deprecated|legacy|obsolete|attic)[^/]*/", re.IGNORECASE)
_TEXT = (".md", ".mdx", ".rst", ".qmd", ".markdown")


def milder(path: RepoPath, severity: Severity) -> Severity:
    """The severity where the file is in use: a note in what is kept to look things up, a warning in a text."""
    if _KEPT.search(path):
        return "note"
    return "warning" if path.endswith(_TEXT) else severity


def taken_by(stray: Stray) -> str:
    """Who was asked, and where it is declared."""
    return f"{stray.taker} ({stray.place})" if stray.place is not None else stray.taker


def parsed_by(stray: Stray) -> str:
    """The program that was asked, and where its parser is."""
    return f"{stray.taker} (parser at {stray.place})" if stray.place is not None else stray.taker


def hint(stray: Stray) -> str:
    """The name that was likely meant, with the place that declares it."""
    if not stray.near:
        return ""
    return (
        f"; did you mean {stray.near!r} ({stray.near_place})?"
        if stray.near_place
        else f"; did you mean {stray.near!r}?"
    )
