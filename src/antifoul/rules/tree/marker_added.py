"""marker-added."""

from __future__ import annotations

import ast
import re

from antifoul.facts.finding import Hit
from antifoul.facts.record import NamedTuple
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.finding import Severity
    from antifoul.facts.source import Source
    from antifoul.facts.tree import Marker

_SHOWN = 80
_OWNER = re.compile(r"^\(\s*[@#]?[\w.\-/]+\s*\)\s*:?\s*|^@[\w-]+:?\s*")


class Options(NamedTuple):
    """What a marker must say."""

    require_owner: bool = False  # `TODO(ada)`, otherwise an error
    require_issue: bool = False  # `#12` or a URL, otherwise an error


@rule("marker-added", severity="note")
def marker_added(source: Source, words: tuple[str, ...], day: str, options: Options) -> Iterator[Hit]:
    """A debt marker that is new: TODO, FIXME, HACK, XXX or DEPRECATED (the setting `markers`).

    A marker is a promise to oneself. Half of them outlive their author's stay; the ones that say who, which issue and
    until when are kept.

    Do it now, or say who and which issue: `TODO(ada): scale by length, #12, by 2026-12-01`. A due date that has passed
    is an error, and so, if the options ask for them, are a missing owner and a missing issue.

    Bad::

        # TODO: this is wrong for packed rows
        loss = logits.mean()

    Good::

        # TODO(ada): weight packed rows by their length, #12
        loss = logits.mean()
    """
    text = source.text
    upper = text.upper()
    if not any(word.upper() in upper for word in (*words, "DEPRECAT")):
        return
    for marker in _markers(source, words):
        message, severity = _judged(marker, day, options)
        yield Hit(
            line=source.git_line(marker.line),
            message=message,
            symbol=marker.symbol,
            anchor=f"{marker.marker} {marker.text}",
            severity=severity,
        )


def _markers(source: Source, words: tuple[str, ...]) -> Iterator[Marker]:
    from antifoul.measures import markers  # noqa: PLC0415  only where a word stands
    from antifoul.measures.definitions import definitions  # noqa: PLC0415
    from antifoul.measures.tokens import comments  # noqa: PLC0415

    found = definitions(source)
    nodes = [(one.node, one.key.symbol) for one in found]
    docstrings = [
        markers.Text(first.lineno, first.value.value)
        for node in (source.tree, *(node for node, _ in nodes))
        for first in node.body[:1]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    ]
    every = [*markers.in_comments(comments(source.text), words), *markers.in_docstrings(docstrings, words)]
    if "DEPRECATED" in words:
        decorators = [(one, symbol) for node, symbol in nodes for one in node.decorator_list]
        calls = [(node, "") for node in ast.walk(source.tree) if isinstance(node, ast.Call) and _is_warn(node)]
        every += markers.deprecations([*decorators, *calls])
    for marker in sorted(every):
        inside = [one for one in found if one.start <= marker.line <= one.end_line]
        home = max(inside, key=lambda one: one.start, default=None)
        yield marker._replace(symbol=home.key.symbol if home else "")


def _is_warn(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id="warn") | ast.Attribute(attr="warn"):
            return True
        case _:
            return False


def _judged(marker: Marker, day: str, options: Options) -> tuple[str, Severity | None]:
    text = _OWNER.sub("", marker.text)[:_SHOWN]
    name = f"{marker.marker}({marker.owner})" if marker.owner else marker.marker
    said = f"{name}: {text}" if text else name
    if marker.due and marker.due < day:
        return f"{said} (was due by {marker.due})", "error"
    lacks = [
        what
        for what, wanted, given in (
            ("an owner", options.require_owner, marker.owner),
            ("an issue", options.require_issue, marker.issue),
        )
        if wanted and not given
    ]
    return (f"{said} (needs {' and '.join(lacks)})", "error") if lacks else (said, None)
