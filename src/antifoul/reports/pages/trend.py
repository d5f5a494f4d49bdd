"""The page of `antifoul trend`."""

from antifoul.measures.results import Trend
from antifoul.reports.blocks import Block, Bullets, Heading, Paragraph, Table, Words, words


def page(found: Trend) -> tuple[Block, ...]:
    """What each series is now, was, and is expected to be."""
    first = next(iter(found.series.values()), ())
    span = f"{len(first)} weekly values from {first[0].date[:10]} to {first[-1].date[:10]}" if first else "no commit"
    rows: list[tuple[Words, ...]] = []
    for metric, points in found.series.items():
        if not points:
            continue
        now = points[-1].value
        cells = [metric.replace("_", " "), _shown(now), _shown(points[-13].value) if len(points) > 12 else ""]
        cells += [_shown(points[-53].value) if len(points) > 52 else ""]
        rows.append(tuple(words(cell) for cell in cells))
    tries: list[tuple[Words, ...]] = []
    for metric, tests in found.backtests.items():
        for test in tests:
            covered = [f"{100 * one:.0f} %" if one is not None else "" for one in (test.coverage80, test.coverage95)]
            cells = [metric.replace("_", " "), str(test.weeks), f"{test.relative_mae:.2f}", *covered, str(test.n)]
            tries.append(tuple(words(cell) for cell in cells))
    return (
        Heading(1, "Trend"),
        Paragraph(words(f"{span}, each of the last commit until then on the first-parent line.")),
        *((Bullets(tuple(words(note.reason) for note in found.notes)),) if found.notes else ()),
        Table(("series", "now", "12 weeks ago", "a year ago"), tuple(rows), right=(1, 2, 3)),
        Heading(2, "What to expect"),
        Bullets(tuple(words(said) for said in found.sentences.values())),
        Heading(2, "How the same forecast did on this history"),
        Paragraph(
            words(
                "Error is against “it stays as it is”, which is 1; the intervals should hold 80 and 95 % of outcomes."
            )
        ),
        Table(
            ("series", "weeks ahead", "error", "in the 80 % interval", "in the 95 %", "tries"),
            tuple(tries),
            right=(1, 2, 3, 4, 5),
        ),
    )


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"
