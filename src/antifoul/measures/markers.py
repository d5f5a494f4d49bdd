"""Debt markers in comments and docstrings, never in string data or identifiers.

In capitals a word is a marker wherever a comment says it, unless the comment speaks of markers (`the TODO below`, "TODO
list"). In other letters it is one where it opens the comment, or where `:` or `(name)` follows. docs/metrics.md has the
rules, docs/benchmarks.md what they find and miss.
"""

from __future__ import annotations

import re
from functools import lru_cache

from antifoul.facts.record import NamedTuple
from antifoul.facts.tree import Marker
from antifoul.measures.expiry import until

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antifoul.measures.tokens import Comment

_OWNER = re.compile(
    r"\s*:?\s*(?:[(（\[]\s*@?([A-Za-z][\w.\-/]*)\s*[,;:)）\]]|@([A-Za-z][\w\-]*))"  # noqa: RUF001  full-width signs
)
_AFTER = re.compile(r"@([A-Za-z][\w\-]*)\s*$")  # the owner at the end: `FIXME: refactor @ada`
_NO_OWNERS = frozenset(
    {
        "property", "staticmethod", "classmethod", "overload", "override", "param", "dataclass", "maybe", "optional",
        "later", "low", "high", "minor", "important", "priority", "perf", "performance", "test", "tests", "doc", "docs",
        "cleanup", "http", "https",
        "refactor", "bug", "fix", "wip", "temporary", "temp", "remove", "future", "urgent", "nit", "cuda", "gpu", "cpu",
    }
)  # fmt: skip
_NO_NAME = re.compile(r"[A-Za-z]+[-_]?[vV]?\d+(?:\.\d+)+|py\d+|[a-z]+/\d+")  # `TODO(torch2.6)`, `TODO(b/123)`
_QUOTED = re.compile(r'(`+)[^`]+\1|"[^"\n]*"')  # in a comment: code or a word that it speaks of
_ISSUE = re.compile(
    r"https?://[^\s)>\]}'\"]+|\b[\w.-]+/[\w.-]+#\d+\b|\b[\w.-]+#\d+\b|(?<![\w&])#\d+\b|\b(?:GH|gh)-\d+\b|"
    r"\b[A-Z][A-Z0-9]+-\d+\b|\b(?:b|bugs?|crbug|issues?)/\d+\b"
)
_NOT_ISSUES = re.compile(r"^(?:UTF|ISO|PEP|RFC|SHA|MD|CUDA|GPT|BF|FP|INT|TODO|FIXME|XXX|HACK|T|A|H|V|B)-\d+$")
_DUE = re.compile(
    r"\b(?:by|until|before|due|expires?|after|once|(?:remove|delete|drop|revisit)(?: this)?(?: by| after| on| in)?)"
    r"[:\s]+(\d{4}-\d{2}-\d{2})\b"
    r"|[(\[][^()\[\]]*?(\d{4}-\d{2}-\d{2})\s*[)\]]",
    re.IGNORECASE,
)
_GRAVE = re.compile(
    r"\b(?:bugs?|wrong|broken|breaks?|crash\w*|races?|leaks?|unsafe|insecure|security|incorrect\w*|urgent|asap|"
    r"does(?: not|n't) work|not working|fails?|nan|deadlock|corrupt\w*)\b",
    re.IGNORECASE,
)
_MILD = re.compile(r"\b(?:maybe|perhaps|nice to have|someday|clean ?up|rename|typo|cosmetic|consider)\b", re.IGNORECASE)
_KIND_WEIGHT = {"FIXME": 3, "HACK": 2, "XXX": 2, "BUG": 3}
_TEXT_LENGTH = 300
_READ = 2000  # how much of a line, and of a marker's text, is looked at
_NEAR = 60  # how far around a word

# What may stand before a word that opens a comment: bullets, numbers, brackets, somebody's name.
# One sign after the other, none of them twice in question: a comment may be ten thousand dashes long.
_OPENING = r"\A(?:[-*•>+~\s(\[<]|\d+[.)]\s|@(?!(?i:%s)\b)[\w-]+[:,]?\s|NOTE:?\s)*+@?"
# After a word: what makes it a noun of prose, and no marker; the second after words in small letters alone.
_NOUNS = (
    r"(?:lists?|apps?|items?|comments?|markers?|notes?|tags?|entr(?:y|ies)|trees?|extensions?|plugins?|directives?)\b"
)
_PROSE = rf"(?:{_NOUNS}|(?:and|or|is|are|was|were|has|have|had|into)\b)"
_SPOKEN_OF = re.compile(  # before a word in capitals: the comment speaks of a marker that stands elsewhere
    r"\b(?:the|an?|this|that|these|those|above|below|each|every|any|no|all|our|your|their|its|of|related|other|see|"
    r"previous|next|same)\s+\Z",
    re.IGNORECASE,
)
_SPOKEN_AFTER = re.compile(rf"\s+(?:above|below|in the code|{_NOUNS})", re.IGNORECASE)
_BY_ITSELF = re.compile(r"[.;,:)\]!?|]\s*[(\[]?\Z|[(\[]\Z|#\s*\Z|\A\Z")  # a sentence ends before it
_DEPRECATED = re.compile(r"(?P<sign>\.\.\s+deprecated::|<Deprecated\b[^>]*>|\[deprecated\])", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\.\.\s+(todo)::", re.IGNORECASE)
_CALLED = r"\s*[:：(（\[]"  # noqa: RUF001  full-width signs


class Text(NamedTuple):
    """A string that is a statement of its own, most of them docstrings, with the line it starts on."""

    line: int
    text: str


def in_comments(comments: Iterable[Comment], words: tuple[str, ...]) -> Iterator[Marker]:
    """The markers in comments; an item that goes on over the next comment lines is one marker."""
    ordered = list(comments)
    if not _mentions("\n".join([comment.text for comment in ordered]), words):
        return
    for number, comment in enumerate(ordered):
        found = _finds(comment.text.lstrip("#!: \t"), words)
        for position, (word, rest) in enumerate(found):
            text, last = rest, comment.line
            if position == len(found) - 1 and comment.alone:
                more = list(_continued(ordered[number + 1 :], comment, words))
                text = " ".join([rest, *more])
                last += len(more)
            yield _marker(comment.line, last, word, text)


def in_docstrings(docstrings: Iterable[Text], words: tuple[str, ...]) -> Iterator[Marker]:
    """The markers of docstrings: they open a line, or stand in capitals with `:` or a name after them."""
    for first, text in docstrings:
        if not _mentions(text, words):
            continue
        for offset, line in enumerate(text.split("\n")):
            for word, rest in _finds_in_prose(line.strip(), words):
                yield _marker(first + offset, first + offset, word, rest)


def _mentions(text: str, words: tuple[str, ...]) -> bool:
    """A cheap look: whether any word stands in the text at all."""
    upper = text.upper()
    return any(word.upper().removesuffix("ED") in upper for word in words)


class _Patterns(NamedTuple):
    capitals: re.Pattern[str]
    opening: re.Pattern[str]  # in any letters, at the start of a comment
    called: re.Pattern[str]  # in any letters, followed by a colon or a name


@lru_cache(maxsize=8)
def _pattern(words: tuple[str, ...]) -> _Patterns:
    names = "|".join(re.escape(word) + "?" * (word == "DEPRECATED") for word in words)  # DEPRECATE says the same
    plain = "|".join(re.escape(word) for word in words if word != "DEPRECATED") or r"(?!)"
    before, after = r"(?<![\w\-./\\`'\"@$%&])", rf"(?![\w`'\"=]|[-.]\w|/(?!(?:{names})\b)\w|-{{2}}|s\b/|::)"
    opening = _OPENING % names
    follows = rf"\s*[:：(（\[!,;\-–—\])>]|/(?i:{plain})\b|\s*\Z|\s+(?!{_PROSE})\S"  # noqa: RUF001
    opens = rf"{opening}(?i:({plain})s?)(?={follows})(?!::|[-.]\w|[\w`'\"=])"
    retired = rf"{opening}(?i:(DEPRECATED?))(?=\s*(?:[:：(\[,;.!\]]|-\s|\Z))(?!::|[-./]\w)"  # noqa: RUF001
    return _Patterns(
        re.compile(rf"{before}({names})(?:s(?=:))?{after}"),
        re.compile(rf"{opens}|{retired}" if "DEPRECATED" in words else opens),
        re.compile(rf"{before}(?i:({plain}))(?={_CALLED})(?!\s*::){after}"),
    )


def _finds(text: str, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Each marker of one comment line, with the text up to the next."""
    if not _mentions(text, words):
        return []
    patterns = _pattern(words)
    shown, text = text, _without_quoted(text[:_READ])
    places: dict[int, tuple[int, str]] = {}
    opening = patterns.opening.match(text)
    if opening and not _is_placeholder(opening[1] or opening[2], text[opening.end() :]):
        word = opening[1] or opening[2]
        places[opening.end() - len(word)] = (opening.end(), word.upper())
    for one in patterns.capitals.finditer(text):
        if opening and one.end() <= opening.end():
            continue
        if _is_meant(text, one):
            places.setdefault(one.start(1), (one.end(), one[1]))
    for one in patterns.called.finditer(text):
        if one[1].upper() in {"TODO", "FIXME"} and not any(
            start <= one.start(1) < end for start, (end, _) in places.items()
        ):
            places.setdefault(one.start(1), (one.end(1), one[1].upper()))
    return _texts(shown, places)


def _without_quoted(text: str) -> str:
    """The text with dots for what stands in backticks or double quotes."""
    return _QUOTED.sub(lambda found: "·" * len(found[0]), text) if "`" in text or '"' in text else text


def _texts(text: str, places: dict[int, tuple[int, str]]) -> list[tuple[str, str]]:
    ordered = sorted((start, end, word) for start, (end, word) in places.items())
    ends = [*(start for start, _, _ in ordered[1:]), len(text)]
    return [(word, text[end:stop]) for (_, end, word), stop in zip(ordered, ends, strict=False)]


def _is_placeholder(word: str, rest: str) -> bool:
    """`xxx` alone, `xxx yyy`: something to be filled in."""
    return word.upper() == "XXX" and word != "XXX" and not re.match(r"\s*[:(]|\s+(?!x|y|z)[a-z]{2,}", rest)


def _is_meant(text: str, found: re.Match[str]) -> bool:
    """A word in capitals inside a comment is a marker, unless the comment only speaks of one."""
    before, after = text[max(found.start() - _NEAR, 0) : found.start()], text[found.end() : found.end() + _NEAR]
    if re.match(_CALLED, after):
        return True
    if found[1] in {"XXX", "HACK"}:  # `--token XXX`, `the HACK`
        return bool(_BY_ITSELF.search(before))
    return not _SPOKEN_OF.search(before) and not _SPOKEN_AFTER.match(after)


def _finds_in_prose(line: str, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """The markers of one line of a docstring, which elsewhere only speaks of them."""
    retired = _DEPRECATED.match(line) if "DEPRECATED" in words else None
    if retired:
        return [("DEPRECATED", line[retired.end() :] or line)]
    directive = _DIRECTIVE.match(line)
    if directive and "TODO" in words:
        return [("TODO", line[directive.end() :])]
    patterns = _pattern(words)
    shown = line.lstrip("-*#.>: \t")
    bare = _without_quoted(shown[:_READ])
    opening = patterns.opening.match(bare)
    places: dict[int, tuple[int, str]] = {}
    if opening:
        word = opening[1] or opening[2]
        rest = bare[opening.end() :]
        signs = r"\s*[:：(]" if not word.upper().startswith("DEPRECAT") else r"\s*[:：(.,;]"  # noqa: RUF001
        if (word.isupper() or re.match(signs, rest)) and not _SPOKEN_AFTER.match(rest):
            places[opening.end() - len(word)] = (opening.end(), word.upper())
    for one in patterns.capitals.finditer(bare):
        if (
            not places
            and re.match(_CALLED, bare[one.end() :])
            and not _SPOKEN_OF.search(bare[max(one.start() - _NEAR, 0) : one.start()])
        ):
            places[one.start(1)] = (one.end(), one[1])
    return _texts(shown, places)


def _continued(following: list[Comment], first: Comment, words: tuple[str, ...]) -> Iterator[str]:
    line = first.line
    for comment in following:
        bare = comment.text.lstrip("#").strip()
        same_block = comment.alone and comment.line == line + 1 and comment.column == first.column
        if not same_block or not bare or _finds(bare, words):
            return
        line = comment.line
        yield bare


def without_owner(text: str) -> str:
    """What a marker says after the name."""
    found = _OWNER.match(text)
    return text[found.end() :].lstrip(" :-)]") if found else text


def is_grave(text: str) -> bool:
    """It says that something is wrong."""
    return bool(_GRAVE.search(text))


def is_mild(text: str) -> bool:
    """It says that something would be nice."""
    return bool(_MILD.search(text))


def deprecated(line: int, end_line: int, text: str) -> Marker:
    """A deprecation in code as a marker."""
    return _marker(line, end_line, "DEPRECATED", text)


def _marker(line: int, end_line: int, word: str, text: str) -> Marker:
    word = "DEPRECATED" if word == "DEPRECATE" else word
    text = text[:_READ]
    issue = next((one for one in _ISSUE.findall(text) if not _NOT_ISSUES.match(one)), "")
    due = _DUE.search(text)
    weight = _KIND_WEIGHT.get(word, 1) + 2 * is_grave(text) - is_mild(text)
    shown = " ".join(text.split()).lstrip(":：-;,!?)]> ")[:_TEXT_LENGTH]  # noqa: RUF001
    return Marker(
        line=line,
        marker=word,
        text=shown,
        symbol="",
        owner=_owner(text),
        issue=issue,
        due=(due[1] or due[2]) if due else "",
        weight=weight,
        end_line=end_line,
        until=until(text),
    )


def _owner(text: str) -> str:
    found = _OWNER.match(text)
    if found and not _NO_NAME.fullmatch(found[1] or "") and (found[1] or found[2]).lower() not in _NO_OWNERS:
        return found[1] or found[2] or ""
    last = _AFTER.search(text)
    return last[1] if last and last[1] not in _NO_OWNERS else ""
