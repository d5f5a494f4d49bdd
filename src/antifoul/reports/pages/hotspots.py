"""The page of `antifoul hotspots`."""

from antifoul.measures.coupling import DEGREE, MOST_FILES, REVISIONS, SHARED
from antifoul.measures.fixes import RECENT
from antifoul.measures.hotspots import GONE, HALF_LIFE, interest_share
from antifoul.measures.results import Hotspots
from antifoul.reports.blocks import Block, Bullets, Heading, Mono, Paragraph, Ref, Table, counted, words

_MOST_ROWS = 25
_MOST_PAIRS = 15


def page(found: Hotspots) -> tuple[Block, ...]:
    """The ranking by score, then by score per line, then by function; what changes together, and who knows it."""
    notes = [note.reason if not note.path else f"{note.path}: {note.reason}" for note in found.notes]
    return (
        Heading(1, f"Hotspots at {found.commit[:10]} of {found.date[:10]}"),
        Paragraph(words(explanation(found))),
        *((Bullets(tuple(words(note) for note in notes)),) if notes else ()),
        *_advice(found),
        Heading(2, "By score: where the next bugs will be"),
        table(found, _MOST_ROWS),
        Heading(2, "By score per 1,000 lines: where reading pays first"),
        table(found, 10, dense=True),
        *_functions(found),
        *coupling_blocks(found),
        *owner_blocks(found),
    )


def _advice(found: Hotspots) -> tuple[Block, ...]:
    if not found.advice:
        return ()
    items = tuple(
        words(Mono(one.symbol), " in ", Ref(one.path, one.line), f": {one.todo}. {one.why[0].upper()}{one.why[1:]}.")
        for one in found.advice
    )
    return (Heading(2, "What to do next"), Bullets(items, numbered=True))


def _functions(found: Hotspots) -> tuple[Block, ...]:
    spots = [spot for spot in found.functions if spot.commits]
    if not spots:
        return ()
    rows = tuple(
        (
            words(_score(spot.score)), words(str(spot.commits)), words(str(spot.recent)), words(str(spot.authors)),
            words(str(spot.complexity)), words(Mono(spot.symbol)), words(Ref(spot.path, spot.line)),
        )
        for spot in spots[:15]
    )  # fmt: skip
    looked = counted(found.looked_into, "file")
    return (
        Heading(2, "Functions, by the commits that changed their code"),
        Paragraph(words(f"Of the hottest {looked}, over the last {found.function_weeks} weeks.")),
        Table(
            ("score", "commits", f"in {HALF_LIFE} days", "people", "paths", "function", "place"),
            rows,
            right=(0, 1, 2, 3, 4),
        ),
    )


def coupling_blocks(found: Hotspots) -> tuple[Block, ...]:
    """The files that change together, and what the thresholds hid."""
    pairs = found.coupling.pairs
    hidden = found.coupling
    said = (
        f"Share of the commits of the two that touched both. Hidden: {hidden.few_revisions:,} pairs of files with "
        f"under {REVISIONS} commits, {hidden.few_shared:,} with under {SHARED} in common, {hidden.low_degree:,} under "
        f"{100 * DEGREE:.0f} %; {counted(hidden.large_commits, 'commit')} of over {MOST_FILES} files left out."
    )
    if not pairs:
        return ()
    rows = tuple(
        (words(f"{100 * pair.degree:.0f} %"), words(str(pair.commits)), words(Ref(pair.left)), words(Ref(pair.right)))
        for pair in pairs[:_MOST_PAIRS]
    )
    more = f" {len(pairs) - _MOST_PAIRS:,} more pairs are not shown." if len(pairs) > _MOST_PAIRS else ""
    return (
        Heading(2, "What changes together"),
        Paragraph(words(said + more)),
        Table(("degree", "commits", "file", "and"), rows, right=(0, 1)),
    )


def owner_blocks(found: Hotspots) -> tuple[Block, ...]:
    """Who wrote the hottest files, and what of that is lost."""
    spots = [spot for spot in found.spots[:10] if spot.churn.commits]
    if not spots:
        return ()
    rows = tuple(
        (
            words(Ref(spot.path)), words(Mono(spot.churn.owner)), words(f"{100 * spot.churn.owned:.0f} %"),
            words(str(spot.churn.authors)), words(f"{100 * spot.churn.lost:.0f} %"),
            words(str(max(found.at - spot.churn.last, 0) // 86_400)),
        )
        for spot in spots
    )  # fmt: skip
    said = (
        f"Authors and co-authors are counted, programs are not. Lost: commits whose people have all committed nothing "
        f"for {GONE} days."
    )
    heads = ("file", "most commits by", "share", "people", "lost", "days since the last")
    return (
        Heading(2, "Who knows the hottest files"),
        Paragraph(words(said)),
        Table(heads, rows, right=(2, 3, 4, 5)),
    )


def explanation(found: Hotspots) -> str:
    """How the score is made, and from how much history."""
    span = f"the last {found.weeks} weeks (--all-history reads all)" if found.weeks else "the whole history"
    renames = ""
    if found.followed.names:
        recovered = f"{100 * found.followed.recovered:.0f} % of the revisions"
        renames = f" {counted(found.followed.names, 'rename')} followed, which recovered {recovered}."
    ten = f"{100 * interest_share(found.spots):.0f} %"
    return (
        f"Score: commits, halved in weight every {HALF_LIFE} days, times the root of complexity; from {span} of the "
        f"first-parent line. {counted(len(found.spots), 'file')} ranked, tests and documentation left out; "
        f"ten files bear {ten} of the debt interest (complexity times commits).{renames}"
    )


def _score(value: float) -> str:
    """A score as people compare them: below ten with a decimal."""
    return f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}"


def table(found: Hotspots, most: int, *, dense: bool = False) -> Table:
    """The best of the ranking, by score or by density."""
    spots = [spot for spot in found.spots if spot.score > 0]
    if dense:
        spots.sort(key=lambda spot: (-spot.density, spot.path))
    heads = ("score", "per kloc", f"commits in {RECENT} days", "people", "paths", "lines", "file")
    rows = tuple(
        (
            words(_score(spot.score)), words(_score(spot.density)), words(str(spot.churn.recent)),
            words(str(spot.churn.recent_authors)), words(str(spot.complexity)), words(f"{spot.loc:,}"),
            words(Ref(spot.path)),
        )
        for spot in spots[:most]
    )  # fmt: skip
    return Table(heads, rows, right=(0, 1, 2, 3, 4, 5))
