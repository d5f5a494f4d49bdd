"""A marker without a name is given that of who wrote it."""

from __future__ import annotations

import re

from antifoul.facts.mending import Fix
from antifoul.measures.tokens import comments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from antifoul.facts.source import Source
    from antifoul.facts.tree import Marker

_NAME = "todo-owner"
_SIGNS = ("", *"-–—,;.!?)]>")  # noqa: RUF001  they part the word from its text themselves
_PLAIN = re.compile(r"[^\w.\-]+")


def owned(source: Source, markers: Iterable[Marker], authors: Mapping[int, str]) -> tuple[str, tuple[Fix, ...]]:
    """The text with a name behind each marker of a comment that has none, and what was done.

    Docstrings are left: they are part of the program.
    """
    by_line = {comment.line: comment for comment in comments(source.text)}
    lines = source.text.split("\n")
    fixes = []
    for marker in sorted(markers, key=lambda one: -one.line):
        name, comment = handle(authors.get(marker.line, "")), by_line.get(marker.line)
        if marker.owner or marker.marker == "DEPRECATED" or not name or comment is None:
            continue
        line = lines[marker.line - 1]
        head, text = line[: comment.column], line[comment.column :]
        new = _named(text, marker.marker, name)
        if new != text:
            lines[marker.line - 1] = head + new
            fixes.append(Fix(_NAME, marker.line, f"{marker.marker} -> {marker.marker}({name})"))
    return "\n".join(lines), tuple(reversed(fixes))


def _named(text: str, word: str, name: str) -> str:
    """The comment with the name behind the only mention of the word; as it is where there are several."""
    found = list(re.finditer(rf"(?<![\w\-./]){re.escape(word)}(?![\w(\-])(\s*:)?", text, re.IGNORECASE))
    if len(found) != 1 or re.match(r"\s*[(@]", text[found[0].end() :]):
        return text
    start, end = found[0].span()
    rest = text[end:]
    if rest.startswith("/"):  # `TODO/FIXME`
        return text
    if not found[0][1] and rest.lstrip()[:1] in _SIGNS:  # `TODO, if`, `[TODO]`, nothing
        return f"{text[:start]}{text[start : start + len(word)]}({name}){rest}"
    colon = ":"
    blank = "" if not rest or rest[0] in " \t\r" else " "
    return f"{text[:start]}{text[start : start + len(word)]}({name}){colon}{blank}{rest}"


def handle(author: str) -> str:
    """What a marker calls an author: the name of an account, else the name in one word; "" for nobody."""
    login = re.search(r"<(?:\d+\+)?([\w\-]+)@users\.noreply\.github\.com>", author)
    if login:
        return login[1]
    name = author.partition("<")[0].strip()
    return _PLAIN.sub("-", name).strip("-.").lower()
