"""Which findings the code itself allows: `# antifoul: allow[rule] reason`, or ruff's `# noqa` for the same thing."""

from __future__ import annotations

import re

from antifoul.facts.errors import ReadError
from antifoul.facts.record import NamedTuple
from antifoul.measures.tokens import comments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.finding import Hit
    from antifoul.facts.source import Source

_ALLOW = re.compile(r"(?:#|<!--)\s*antifoul:\s*allow\[([\w\s,*-]*)\]\s*(.*?)\s*(?:-->)?\s*$")
_NOQA = re.compile(r"#\s*noqa(?::\s*([A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
# ruff's codes for what one of our rules finds
SAME_AS = {
    "print-added": ("T201", "T203"),
    "debugger-left": ("T100",),
    "undefined-name": ("F821",),
    "hints-missing": ("ANN001", "ANN002", "ANN003", "ANN201", "ANN204", "ANN205", "ANN206"),
    "docs-missing": ("D100", "D101", "D102", "D103", "D104"),
    "complexity-raised": ("C901", "PLR0912"),
    "function-grown": ("PLR0915",),
    "nesting-raised": ("PLR1702",),
    "marker-added": ("FIX001", "FIX002", "FIX003", "FIX004", "TD002", "TD003"),
}


class Allow(NamedTuple):
    """One comment that allows rules. Lines count from 1, as git counts them."""

    line: int  # of the comment
    first: int  # the first line it speaks of: its own, or the next line of code when it stands alone
    rules: tuple[str, ...]
    reason: str
    column: int = 1
    is_noqa: bool = False


def allows(source: Source) -> tuple[Allow, ...]:
    """Every allowing comment of a file: of Python the comments, of another text each line with a `#` or `<!--`."""
    if b"antifoul" not in source.data and b"noqa" not in source.data.lower():
        return ()
    try:
        return tuple(_allows(source))
    except ReadError:
        return ()


def allowing(found: tuple[Allow, ...], rule: str, hit: Hit) -> Allow | None:
    """The comment that allows a hit of that rule: on its first or last line, at the end of a signature, or above."""
    lines = {hit.line, hit.anchor_end or hit.line}
    if rule not in _WHOLE:
        lines.add(hit.end_line or hit.line)
    for one in found:
        if one.first in lines and (rule in one.rules or (one.is_noqa and _same(one, rule))):
            return one
    return None


# Their hits span a whole function, on whose last line a comment speaks of that line.
_WHOLE = frozenset({"complexity-raised", "nesting-raised", "function-grown", "duplicate-added", "copy-diverged"})


def _same(noqa: Allow, rule: str) -> bool:
    codes = SAME_AS.get(rule, ())
    return bool(codes) and (not noqa.rules or any(code in noqa.rules for code in codes))


def _allows(source: Source) -> Iterator[Allow]:
    for line, column, text, alone in _comments(source):
        found = _ALLOW.search(text)
        if found:
            names = tuple(name.strip() for name in found[1].split(",") if name.strip())
            first = _next_code(source, line) if alone else line
            yield Allow(line, first, names, found[2], column + found.start() + 1)
        elif noqa := _NOQA.search(text):
            codes = tuple(noqa[1].upper().replace(",", " ").split()) if noqa[1] else ()
            yield Allow(line, line, codes, "noqa", column + 1, is_noqa=True)


def _comments(source: Source) -> Iterator[tuple[int, int, str, bool]]:
    if source.is_python:
        for one in comments(source.text):
            yield source.git_line(one.line), one.column, one.text, one.alone
        return
    for number, line in enumerate(source.lines, start=1):
        if "antifoul" in line:
            yield number, 0, line, line.lstrip().startswith(("#", "<!--"))


def _next_code(source: Source, line: int) -> int:
    """The line that a comment alone on its line speaks of: the next after the comments that follow it."""
    lines = source.lines
    following = line + 1
    while following <= len(lines) and lines[following - 1].lstrip().startswith(("#", "<!--")):
        following += 1
    return following
