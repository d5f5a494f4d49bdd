"""An engine's remarks as hits."""

from __future__ import annotations

from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Hit
from antifoul.measures.definitions import definitions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.engines import Remark
    from antifoul.facts.source import Source


def hits(source: Source, remarks: tuple[Remark, ...]) -> Iterator[Hit]:
    """One hit a remark, anchored to its code and the text of its line, so that it may move."""
    try:
        found, lines = definitions(source), source.python_lines
    except ReadError:
        return
    for remark in remarks:
        inside = [one for one in found if one.start <= remark.line <= one.end_line]
        text = lines[remark.line - 1] if remark.line <= len(lines) else ""
        yield Hit(
            line=source.git_line(min(remark.line, len(lines))),
            column=remark.column,
            message=remark.message,
            symbol=max(inside, key=lambda one: one.start).key.symbol if inside else "",
            anchor=f"{remark.code} {''.join(text.split())}",
        )
