"""Until when a marker holds: a date, or a version of a library or of the project itself, as its words say."""

from __future__ import annotations

import re

from antifoul.facts.versions import Versions, canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.facts.tree import Marker

_VERSION = (
    r"(?P<sign><=|>=|==|<|>)?\s*(?:version\s+|release\s+)?(?P<v>[vV])?(?P<number>\d+(?:\.\d+)*)"
    r"(?:\.?(?:dev|rc|a|b|post)\d*)?\+?"
)
_NAME = r"(?P<name>[A-Za-z][\w\-]*(?:\.[A-Za-z]\w*)*)"
# `once transformers <5.1 is not supported`, `when torch>=2.6`, `after PyTorch 2.5 is released`
_WHEN = re.compile(
    r"\b(?:once|when|after|until|till|starting (?:with|from)|as of|as soon as|unless|drop(?:ping|ped)?|requires?|"
    rf"requiring|minimum(?: \w+)?|min)\b[^.;:]{{0,60}}?\b{_NAME}(?:\s+(?:releases?|version))?"
    rf"(?:\s+(?:is|was|gets)(?:\s+(?:at least|bumped to|upgraded to))?)?\s*{_VERSION}(?P<rest>[^.;]*)",
    re.IGNORECASE,
)
# `will be removed in v2.0.0`, `remove this in 0.12`, `remove in transformers 5`
_REMOVED = re.compile(
    r"\b(?:remov(?:e|ed|al)|dropped|delet(?:e|ed)|unsupported|not be supported|no longer (?:be )?supported|"
    r"go(?:es)? away|disappear|expire[sd]?)\b[^.;]{0,60}?"
    rf"\b(?:in|from|after|by|starting from|as of|before|until)\s+(?:the\s+)?(?:{_NAME}\s*)??{_VERSION}(?P<rest>[^.;]*)",
    re.IGNORECASE,
)
_IN_PARENTHESES = re.compile(r"\s*\(\s*([A-Za-z]+)[-_ ]?[vV]?(\d+(?:\.\d+)*)\s*\)")  # `TODO(pytest10.1)`, `TODO(py313)`
_GONE = re.compile(r"(?:no longer|not|isn't|drop|stop|end|unsupport|minimum)", re.IGNORECASE)
_NO_LIBRARIES = frozenset(  # words that stand before a number and are no library
    {
        "in", "by", "at", "is", "are", "to", "of", "the", "a", "an", "version", "versions", "release", "and", "or",
        "than", "with", "for", "on", "from", "after", "until", "issue", "pr", "step", "line", "lines", "page",
        "section", "about", "least", "most", "only", "all", "first", "last", "size", "dim", "rank", "epoch", "supports",
        "over", "under",
    }
)  # fmt: skip


def until(text: str) -> str:
    """`name>=version`, or `>=version` of the project's own: a marker of this text has expired from then on. Or ""."""
    owner = _IN_PARENTHESES.match(text)
    if owner:
        name, number = owner[1].lower(), owner[2]
        if name in {"py", "python"} and "." not in number and len(number) > 1:
            return f"python>={number[0]}.{number[1:]}"
        if "." in number:
            return f"{name}>={number}"
    for pattern in (_WHEN, _REMOVED):
        for found in pattern.finditer(text):
            if said := _said(found):
                return said
    return ""


def _said(found: re.Match[str]) -> str:
    name, sign, number = (found["name"] or "").lower(), found["sign"] or "", found["number"]
    if name in _NO_LIBRARIES:
        name = ""
    sure = "." in number or (bool(name) and bool(sign or found["v"])) or bool(found["v"])
    if not sure or (not name and found.re is _WHEN):
        return ""
    before = found.string[found.start() : found.start("name")] if found["name"] else ""
    gone = bool(_GONE.search(found["rest"])) or (found.re is _WHEN and "drop" in before.lower())
    if sign in {"<", ">=", ""} and not (gone and not sign):
        return f"{name}>={number}"
    return f"{name}>{number}" if sign in {"<=", ">"} else f"{name}>={_after(number)}"


def _after(number: str) -> str:
    """The first version after those of a number: after 4 comes 5, after 3.9 comes 3.10."""
    *front, last = number.split(".")
    return ".".join([*front, str(int(last) + 1)])


def expired(marker: Marker, today: str, versions: Versions | None) -> str:
    """Why the marker has expired; "" while it has not, or where that cannot be told."""
    if marker.due and marker.due < today:
        return f"was due by {marker.due}"
    if not marker.until or versions is None:
        return ""
    name, sign, number = re.split(r"(>=?)", marker.until, maxsplit=1)
    if not name or name == canonical(versions.name):
        reached, what = versions.version, "this project"
    else:
        reached, what = versions.least.get(canonical(name), ""), name
    if not reached or not _reaches(reached, number, beyond=sign == ">"):
        return ""
    if what == "this project":
        return f"was to go in {number}, and this is {reached}"
    return f"was to go with {name} {number}, and at least {reached} is required"


def _reaches(version: str, number: str, *, beyond: bool) -> bool:
    left, right = _release(version), _release(number)
    width = max(len(left), len(right))
    padded = left + (0,) * (width - len(left)), right + (0,) * (width - len(right))
    if beyond:  # `> 5.2` is any release after the 5.2 series
        return left[: len(right)] > right
    return padded[0] >= padded[1]


def _release(version: str) -> tuple[int, ...]:
    found = re.match(r"[vV]?(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in found[1].split(".")) if found else ()
