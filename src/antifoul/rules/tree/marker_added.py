"""marker-added."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.facts.record import NamedTuple
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from antifoul.facts.finding import Severity
    from antifoul.facts.source import Source
    from antifoul.facts.tree import Marker
    from antifoul.facts.versions import Versions

_SHOWN = 80


class Options(NamedTuple):
    """What a marker must say."""

    require_owner: bool = False  # `TODO(ada)`, otherwise an error
    require_issue: bool = False  # `#12` or a URL, otherwise an error


@rule("marker-added", severity="note")
def marker_added(
    source: Source, words: tuple[str, ...], day: str, versions: Callable[[], Versions], options: Options
) -> Iterator[Hit]:
    """A debt marker that is new: TODO, FIXME, HACK, XXX or DEPRECATED (the setting `markers`).

    A marker is a promise to oneself. Half of them outlive their author's stay; the ones that say who, which issue and
    until when are kept.

    Do it now, or say who, which issue and until when: `TODO(ada): scale by length, #12, by 2026-12-01`, or `remove when
    torch>=2.6`, or `remove in 2.0` of your own. A due date that has passed is an error, a version that has been reached
    warns; a missing owner and a missing issue are errors if the options ask for them.

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
    from antifoul.measures.expiry import expired  # noqa: PLC0415  only where a word stands

    for marker in _markers(source, words):
        late = expired(marker, day, versions() if marker.until else None)
        message, severity = _judged(marker, late, options)
        yield Hit(
            line=source.git_line(marker.line),
            message=message,
            symbol=marker.symbol,
            anchor=f"{marker.marker} {marker.text}",
            severity=severity,
        )


def _markers(source: Source, words: tuple[str, ...]) -> Iterator[Marker]:
    from antifoul.measures.debt import markers_of  # noqa: PLC0415  only where a word stands
    from antifoul.measures.definitions import definitions  # noqa: PLC0415
    from antifoul.measures.tokens import comments  # noqa: PLC0415
    from antifoul.measures.walk import Walk  # noqa: PLC0415

    found = definitions(source)
    for marker in markers_of(Walk(source.tree), comments(source.text), words):
        inside = [one for one in found if one.start <= marker.line <= one.end_line]
        home = max(inside, key=lambda one: one.start, default=None)
        yield marker._replace(symbol=home.key.symbol if home else "")


def _judged(marker: Marker, late: str, options: Options) -> tuple[str, Severity | None]:
    from antifoul.measures.markers import without_owner  # noqa: PLC0415  as above

    text = without_owner(marker.text)[:_SHOWN]
    name = f"{marker.marker}({marker.owner})" if marker.owner else marker.marker
    said = f"{name}: {text}" if text else name
    lacks = [
        what
        for what, wanted, given in (
            ("an owner", options.require_owner, marker.owner),
            ("an issue", options.require_issue, marker.issue),
        )
        if wanted and not given
    ]
    if lacks:
        return f"{said} (needs {' and '.join(lacks)})", "error"
    if not late:
        return said, None
    return f"{said} ({late})", "error" if marker.due and marker.due in late else "warning"
