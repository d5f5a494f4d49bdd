"""The page of `antifoul survey --markers`: every marker as a list, then by owner."""

from collections.abc import Callable
from typing import Any

from antifoul.measures.debt import Owner, by_owner, rating
from antifoul.measures.markers import without_owner
from antifoul.measures.results import MarkerRow, Survey
from antifoul.reports.blocks import Block, Heading, Paragraph, Ref, Table, Words, counted, words

_RANK = {"high": 0, "medium": 1, "low": 2}
_TEXT = 100
# What `--sort` sorts by; the best known first, equal ones by place.
KEYS: dict[str, Callable[[MarkerRow], Any]] = {
    "priority": lambda row: (_RANK[row.priority], -row.marker.weight),
    "age": lambda row: -(row.age_days if row.age_days is not None else -1),
    "due": lambda row: (not row.expired, row.marker.due or "9999", not row.marker.until),
    "owner": lambda row: (not _who(row), _who(row).lower()),
    "kind": lambda row: row.marker.marker,
    "minutes": lambda row: -row.marker.minutes,
    "path": lambda _: 0,
}


def in_order(rows: tuple[MarkerRow, ...], key: str) -> tuple[MarkerRow, ...]:
    """The markers sorted by one of the keys."""
    return tuple(sorted(rows, key=lambda row: (KEYS[key](row), row.path, row.cell, row.marker.line)))


def page(found: Survey) -> tuple[Block, ...]:
    """The markers in the order that was asked for, and who has them."""
    rows = found.markers
    title = Heading(1, f"Debt markers of {found.name}")
    if not rows:
        return (title, Paragraph(words("None.")))
    minutes = sum(row.marker.minutes for row in rows)
    lines = sum(code.loc for code in found.codes.values())
    _, letter = rating(minutes, lines)
    late = sum(bool(row.expired) for row in rows)
    overdue = f", {counted(late, 'of them expired', 'of them expired')}" if late else ""
    estimate = f"to pay them off is estimated at {_time(minutes)} (rating {letter})"
    return (
        title,
        Paragraph(words(f"{counted(len(rows), 'marker')}{overdue}; {estimate}.")),
        _list(rows),
        Heading(2, "By owner"),
        _owners(by_owner(rows)),
    )


def _list(rows: tuple[MarkerRow, ...]) -> Table:
    asked = any(row.age_days is not None for row in rows)
    heads = ["priority", "kind", "owner", "until", "minutes", "place", "what it says"]
    if asked:
        heads[3:3] = ["days old", "commit"]
    return Table(
        tuple(heads), tuple(_row(row, asked=asked) for row in rows), right=tuple(map(heads.index, ["minutes"]))
    )


def _row(row: MarkerRow, *, asked: bool) -> tuple[Words, ...]:
    blamed = (words("-" if row.age_days is None else str(row.age_days)), words((row.commit or "-")[:10]))
    return (
        words(row.priority),
        words(row.marker.marker),
        words(_who(row) or "-"),
        *(blamed if asked else ()),
        words(_until(row)),
        words(str(row.marker.minutes)),
        words(Ref(row.path, row.marker.line, row.cell)),
        words(_cut(without_owner(row.marker.text))),
    )


def _owners(owners: tuple[Owner, ...]) -> Table:
    return Table(
        ("owner", "markers", "high", "expired", "oldest, days", "time"),
        tuple(
            (
                words(one.name or "nobody named"),
                *(words(str(number)) for number in (one.markers, one.high, one.expired)),
                words("-" if one.oldest is None else str(one.oldest)),
                words(_time(one.minutes)),
            )
            for one in owners
        ),
        right=(1, 2, 3, 4, 5),
    )


def _who(row: MarkerRow) -> str:
    return row.marker.owner or row.author or ""


def _until(row: MarkerRow) -> str:
    said = row.marker.due or row.marker.until
    return f"{said} (expired)" if row.expired else said or "-"


def _time(minutes: int) -> str:
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT else f"{text[: _TEXT - 1].rstrip()}…"
