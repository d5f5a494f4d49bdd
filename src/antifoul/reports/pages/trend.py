"""The page of `antifoul trend`."""

from antifoul.measures.results import Series, Trend
from antifoul.measures.sentences import number
from antifoul.reports.blocks import Block, Bullets, Heading, Mono, Paragraph, Ref, Table, Words, counted, words

_MOVES = 5
_AGO = (("12 weeks ago", 12), ("a year ago", 52))


def page(found: Trend) -> tuple[Block, ...]:
    """What each series is, was, and is expected to be, what moved it, and what the forecast was worth before."""
    known = {name: one for name, one in found.series.items() if one.points}
    return (
        Heading(1, "Trend"),
        Paragraph(words(_span(found))),
        *((Bullets(tuple(words(note.reason) for note in found.notes)),) if found.notes else ()),
        _now(known),
        Heading(2, "What to expect"),
        Bullets(tuple(words(one.sentence) for one in known.values())),
        *moves(known),
        *_worth(known),
    )


def section(found: Trend) -> tuple[Block, ...]:
    """The part of it that a report of more tells."""
    known = {name: one for name, one in found.series.items() if one.points}
    return (
        Heading(2, "Trend"),
        Paragraph(words(_span(found))),
        _now(known),
        Bullets(tuple(words(one.sentence) for one in known.values())),
    )


def _span(found: Trend) -> str:
    first = next((one.points for one in found.series.values() if one.points), ())
    if not first:
        return "No commit was read."
    read = f"the last {found.weeks} weeks (--all-history reads all)" if found.weeks else "the whole history"
    if found.commits == 1:
        return f"Exact at one commit, of {first[0].date[:10]}: {read}."
    return (
        f"Exact at each of {counted(found.commits, 'commit')} of the first-parent line from {first[0].date[:10]} to "
        f"{first[-1].date[:10]}: {read}."
    )


def _now(known: dict[str, Series]) -> Table:
    rows: list[tuple[Words, ...]] = []
    for name, one in known.items():
        cells = [_called(name), number(name, one.points[-1].value)]
        cells += [number(name, one.weekly[-1 - weeks]) if len(one.weekly) > weeks else "" for _, weeks in _AGO]
        rows.append(tuple(words(cell) for cell in cells))
    return Table(("series", "now", *(head for head, _ in _AGO)), tuple(rows), right=(1, 2, 3))


def moves(known: dict[str, Series]) -> tuple[Block, ...]:
    """The commits that moved each series most."""
    rows: list[tuple[Words, ...]] = []
    for name, one in known.items():
        for move in one.moves[:_MOVES]:
            sign = "+" if move.change > 0 else "\N{MINUS SIGN}"
            where: Words = (Ref(move.paths[0]),) if move.paths else ("",)
            change = words(sign + number(name, abs(move.change)).replace("%", "points"))
            rows.append(
                (
                    words(_called(name)),
                    change,
                    words(f"{move.commit[:10]} {move.date[:10]}"),
                    (Mono(move.title),),
                    where,
                )
            )
    if not rows:
        return ()
    return (
        Heading(2, "The commits that moved each series most"),
        Table(("series", "by", "commit", "title", "most of it in"), tuple(rows), right=(1,)),
    )


def _worth(known: dict[str, Series]) -> tuple[Block, ...]:
    rows: list[tuple[Words, ...]] = []
    for name, one in known.items():
        for test in one.outlook.backtests:
            covered = [
                f"{100 * part:.0f} %" if part is not None else "no bounds"
                for part in (test.coverage80, test.coverage95)
            ]
            cells = [
                _called(name),
                one.outlook.method,
                str(test.weeks),
                f"{test.relative_mae:.2f}",
                *covered,
                str(test.n),
            ]
            rows.append(tuple(words(cell) for cell in cells))
    if not rows:
        return ()
    said = "Error is against “it stays as it is”, which is 1; the intervals should hold 80 and 95 % of outcomes."
    heads = ("series", "method", "weeks ahead", "error", "in the 80 % interval", "in the 95 %", "tries")
    return (
        Heading(2, "How the same forecast did on this history"),
        Paragraph(words(said)),
        Table(heads, tuple(rows), right=(2, 3, 4, 5, 6)),
    )


def _called(name: str) -> str:
    return name.replace("_", " ")
