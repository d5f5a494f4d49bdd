"""The page of `antifoul hotspots`."""

from antifoul.measures.hotspots import HALF_LIFE, RECENT
from antifoul.measures.results import Hotspots
from antifoul.reports.blocks import Block, Bullets, Heading, Mono, Paragraph, Ref, Table, counted, words

_MOST_ROWS = 25


def page(found: Hotspots) -> tuple[Block, ...]:
    """The ranking by score, then by score per line."""
    notes = (Bullets(tuple(words(note.reason) for note in found.notes)),) if found.notes else ()
    return (
        Heading(1, f"Hotspots at {found.commit[:10]} of {found.date[:10]}"),
        Paragraph(words(explanation(found))),
        *notes,
        table(found, _MOST_ROWS),
        *_functions(found),
        Heading(2, "By score per 1,000 lines: where reading pays first"),
        table(found, 10, dense=True),
    )


def _functions(found: Hotspots) -> tuple[Block, ...]:
    spots = [spot for spot in found.functions if spot.commits]
    if not spots:
        return ()
    rows = tuple(
        (
            words(f"{spot.score:.0f}"), words(str(spot.commits)), words(str(spot.authors)), words(str(spot.complexity)),
            words(Mono(spot.symbol)), words(Ref(spot.path, spot.line)),
        )
        for spot in spots[:15]
    )  # fmt: skip
    return (
        Heading(2, "Functions of the hottest files, by the commits of half a year that changed their bodies"),
        Table(("score", "commits", "people", "paths", "function", "place"), rows, right=(0, 1, 2, 3)),
    )


def explanation(found: Hotspots) -> str:
    """How the score is made, and from how much history."""
    span = f"the last {found.weeks} weeks" if found.weeks else "the whole history"
    renames = f", {counted(found.renames, 'rename')} followed" if found.renames else ""
    return (
        f"Score: commits, halved in weight every {HALF_LIFE} days, times the root of complexity; from {span} of the "
        f"first-parent line{renames}. {counted(len(found.spots), 'file')} ranked; tests and documentation are left out."
    )


def table(found: Hotspots, most: int, *, dense: bool = False) -> Table:
    """The best of the ranking, by score or by density."""
    spots = [spot for spot in found.spots if spot.score > 0]
    if dense:
        spots.sort(key=lambda spot: (-spot.density, spot.path))
    heads = ("score", "per kloc", f"commits in {RECENT} days", "people", "paths", "lines", "file")
    rows = tuple(
        (
            words(f"{spot.score:.0f}"), words(f"{spot.density:.0f}"), words(str(spot.churn.recent)),
            words(str(spot.churn.recent_authors)), words(str(spot.complexity)), words(f"{spot.loc:,}"),
            words(Ref(spot.path)),
        )
        for spot in spots[:most]
    )  # fmt: skip
    return Table(heads, rows, right=(0, 1, 2, 3, 4, 5))
