"""Which findings the code itself allows: `# antifoul: allow[rule] reason`, or ruff's `# noqa` for the same thing."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_ALLOW = re.compile(r"(?:#|<!--)\s*antifoul:\s*allow\[([\w\s,*-]+)\]\s*(.*?)\s*(?:-->)?\s*$")
_NOQA = re.compile(r"#\s*noqa(?::\s*([A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
# ruff's codes for what one of our rules finds
SAME_AS = {"print-added": ("T201", "T203"), "debugger-left": ("T100",)}


class Allow(NamedTuple):
    """One comment that allows rules on its line, or on the next one when it stands alone."""

    line: int
    rules: tuple[str, ...]
    reason: str


def allowed(lines: Sequence[str], rule: str, line: int, end_line: int) -> Allow | None:
    """The comment that allows a finding of that rule on those lines, if any. Lines count from 1."""
    for number in (line, end_line):
        text = lines[number - 1] if 0 < number <= len(lines) else ""
        found = _allow(text, number)
        if found and rule in found.rules:
            return found
        noqa = _NOQA.search(text) if rule in SAME_AS else None
        if noqa and (not noqa[1] or any(code in noqa[1].upper() for code in SAME_AS[rule])):
            return Allow(number, (rule,), "noqa")
    above = line - 1
    while above >= 1 and lines[above - 1].lstrip().startswith(("#", "<!--")):
        found = _allow(lines[above - 1], above)
        if found and rule in found.rules:
            return found
        above -= 1
    return None


def _allow(text: str, line: int) -> Allow | None:
    found = _ALLOW.search(text)
    if not found:
        return None
    return Allow(line, tuple(name.strip() for name in found[1].split(",")), found[2])
