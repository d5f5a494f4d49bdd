"""Debt markers: found in comments, docstrings and deprecations, never in string data or identifiers."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from antifoul.facts.record import NamedTuple
from antifoul.facts.tree import Marker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from typing import Literal, TypeAlias

    from antifoul.measures.tokens import Comment


Priority: TypeAlias = "Literal['high', 'medium', 'low']"

_OWNER = re.compile(r"\s*(?:\(\s*@?([A-Za-z][\w.\-/]*)\s*[,;:)]|:?\s*@([A-Za-z][\w\-]*))")
_ISSUE = re.compile(
    r"https?://[^\s)>\]}'\"]+|\b[\w.-]+/[\w.-]+#\d+\b|(?<![\w&])#\d+\b|\b(?:GH|gh)-\d+\b|\b[A-Z][A-Z0-9]+-\d+\b"
)
_DUE = re.compile(
    r"\b(?:by|until|before|due|expires?|remove(?: this)? (?:by|after|on|in))[:\s]+(\d{4}-\d{2}-\d{2})"
    r"|\(\s*[^()]*?(\d{4}-\d{2}-\d{2})\s*\)",
    re.IGNORECASE,
)
_NOT_ISSUES = re.compile(r"^(?:UTF|ISO|PEP|RFC|SHA|MD|CUDA|GPT|BF|FP|INT|TODO|FIXME|XXX|HACK|T|A|H|V|B)-\d+$")
_GRAVE = re.compile(
    r"\b(?:bugs?|wrong|broken|breaks?|crash\w*|races?|leaks?|unsafe|insecure|security|incorrect\w*|urgent|asap|"
    r"does(?: not|n't) work|not working|fails?|nan|deadlock|corrupt\w*)\b",
    re.IGNORECASE,
)
_MILD = re.compile(r"\b(?:maybe|perhaps|nice to have|someday|clean ?up|rename|typo|cosmetic|consider)\b", re.IGNORECASE)
_KIND_WEIGHT = {"FIXME": 3, "HACK": 2, "XXX": 2, "BUG": 3}
_TEXT_LENGTH = 300
_COMPLEX = 10


class Text(NamedTuple):
    """A docstring's text, with the line it starts on."""

    line: int
    text: str


def in_comments(comments: Iterable[Comment], words: tuple[str, ...]) -> Iterator[Marker]:
    """The markers in comments; an item that goes on over the next comment lines is one marker."""
    ordered = list(comments)
    for number, comment in enumerate(ordered):
        found = _finds(comment.text.lstrip("#!: \t"), words)
        for position, (word, rest) in enumerate(found):
            text = rest
            if position == len(found) - 1 and comment.alone:
                text = " ".join([rest, *_continued(ordered[number + 1 :], comment, words)])
            yield _marker(comment.line, word, text)


def in_docstrings(docstrings: Iterable[Text], words: tuple[str, ...]) -> Iterator[Marker]:
    """The markers that start a line of a docstring: elsewhere it only speaks of them."""
    for first, text in docstrings:
        for offset, line in enumerate(text.split("\n")):
            bare = line.strip().lstrip("-*#.>: \t")
            for word, rest in _finds(bare, words)[:1]:
                if bare.upper().startswith(word):
                    yield _marker(first + offset, word, rest)


def deprecation(node: ast.AST) -> str | None:
    """What a call or decorator that deprecates something says; None for any other node."""
    match node:
        case ast.Call(func=ast.Name(id="warn") | ast.Attribute(attr="warn"), args=args, keywords=keywords):
            categories = [*args[1:2], *(word.value for word in keywords if word.arg == "category")]
            if any(_name(one) in _WARNINGS for one in categories):
                return _said(args[0] if args else None)
        case ast.Call(func=ast.Name(id="deprecated") | ast.Attribute(attr="deprecated"), args=args):
            return _said(args[0] if args else None)
        case ast.Name(id="deprecated") | ast.Attribute(attr="deprecated"):
            return ""
        case _:
            pass
    return None


def deprecations(nodes: Iterable[tuple[ast.expr, str]]) -> Iterator[Marker]:
    """The deprecations among decorators and calls, each given with its symbol."""
    for node, symbol in nodes:
        if (said := deprecation(node)) is not None:
            yield deprecated(node.lineno, said or f"{symbol} is deprecated")._replace(symbol=symbol)


def priority(marker: Marker, *, today: date | None = None, age_days: int | None = None) -> Priority:
    """The documented estimate: kind and wording, an inner place in complex code, a due date passed, and age.

    FIXME weighs 3, HACK and XXX 2, others 1; words of damage add 2, words of taste take 1; a function of more
    than ten paths adds 1, a passed due date 3, an age of over a year 1. Four and more is high, two and more
    medium.
    """
    weight = marker.weight
    if marker.due and today is not None and marker.due < today.isoformat():
        weight += 3
    if age_days is not None and age_days > 365:
        weight += 1
    return "high" if weight >= 4 else "medium" if weight >= 2 else "low"


def placed(marker: Marker, symbol: str, complexity: int) -> Marker:
    """The marker with the function it stands in; complex code makes it weigh more."""
    return marker._replace(symbol=symbol, weight=marker.weight + (complexity > _COMPLEX))


def deprecated(line: int, text: str) -> Marker:
    """A deprecation in code as a marker."""
    return _marker(line, "DEPRECATED", text)


_WARNINGS = {"DeprecationWarning", "FutureWarning", "PendingDeprecationWarning"}


@lru_cache(maxsize=8)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """A marker in capitals stands anywhere; in other letters it must open the comment and be followed by `:` or `(`."""
    names = "|".join(map(re.escape, words))
    return re.compile(
        rf"(?<![\w\-./`'\"@$])({names})(?![\w`'\"]|[-./]\w|-{{2}}|s?\b/)|\A(?i:({names}))(?=\s*[:(])(?!::)"
    )


def _finds(text: str, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Each marker of one comment line, with the text up to the next."""
    found = list(_pattern(words).finditer(text))
    ends = [*(one.start() for one in found[1:]), len(text)][: len(found)]
    return [((one[1] or one[2]).upper(), text[one.end() : end]) for one, end in zip(found, ends, strict=True)]


def _continued(following: list[Comment], first: Comment, words: tuple[str, ...]) -> Iterator[str]:
    line = first.line
    for comment in following:
        bare = comment.text.lstrip("#").strip()
        same_block = comment.alone and comment.line == line + 1 and comment.column == first.column
        if not same_block or not bare or _finds(bare, words):
            return
        line = comment.line
        yield bare


def _marker(line: int, word: str, text: str) -> Marker:
    owner = _OWNER.match(text)
    issue = next((one for one in _ISSUE.findall(text) if not _NOT_ISSUES.match(one)), "")
    due = _DUE.search(text)
    weight = _KIND_WEIGHT.get(word, 1) + 2 * bool(_GRAVE.search(text)) - bool(_MILD.search(text))
    shown = " ".join(text.split()).lstrip(":- ")[:_TEXT_LENGTH]
    name = (owner[1] or owner[2] or "") if owner else ""
    return Marker(line, word, shown, "", name, issue, (due[1] or due[2]) if due else "", weight)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            pass
    return ""


def _said(node: ast.expr | None) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(
                one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else "…" for one in values
            )
        case ast.BinOp(left=left):
            return _said(left)
        case _:
            pass
    return ""
