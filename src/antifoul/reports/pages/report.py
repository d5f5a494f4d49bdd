"""The page of `antifoul report`: summary first, then what to do, then the places, then the tables behind them."""

from collections.abc import Iterator

from antifoul.measures.duplication import Clone
from antifoul.measures.results import Overview
from antifoul.reports.blocks import (
    Block,
    Bullets,
    Folded,
    Heading,
    Mono,
    Paragraph,
    Ref,
    Table,
    Words,
    counted,
    words,
)
from antifoul.reports.pages import configs, hotspots, trend
from antifoul.reports.pages import survey as survey_page

_MOST_CLONES = 10
_FIRST_STEPS = 3


def page(overview: Overview) -> tuple[Block, ...]:
    """The whole report."""
    found = overview.survey
    details: list[Block] = [*(survey_page.health_blocks(found.health) if found.health else ())]
    details += survey_page.score_blocks(found)
    if overview.hotspots:
        details += [
            Heading(2, "Hotspots"),
            Paragraph(words(hotspots.explanation(overview.hotspots))),
            hotspots.table(overview.hotspots, 10),
            *hotspots.coupling_blocks(overview.hotspots),
            *hotspots.owner_blocks(overview.hotspots),
        ]
    if overview.trend:
        details += trend.section(overview.trend)
    if overview.configs:
        details += configs.section(overview.configs)
    details += survey_page.function_blocks(found)
    details += survey_page.marker_blocks(found)
    details += clone_blocks(overview)
    details += survey_page.skip_blocks(found.tree.skipped)
    return (
        Heading(1, f"antifoul: {found.name}"),
        *_summary(overview),
        *_next(overview),
        *_places(overview),
        *details,
    )


def _summary(overview: Overview) -> Iterator[Block]:
    found = overview.survey
    lead = ""
    if found.health:
        lead = f"Health {found.health.score:.0f} of 100. "
    spots = overview.hotspots
    at = f" At commit {spots.commit[:10]} of {spots.date[:10]}." if spots else ""
    yield Paragraph(words(lead + survey_page.totals_sentence(found) + at))
    if found.tree.skipped:
        number = len(found.tree.skipped)
        verb = "was" if number == 1 else "were"
        yield Paragraph(words(f"{counted(number, 'file')} {verb} not judged; the reasons are at the end."))
    if overview.missing:
        yield Bullets(tuple(words(f"Missing: {one}") for one in overview.missing))


def what_to_do(overview: Overview) -> Iterator[Block]:
    """The first steps and the places, without the titles of a text report."""
    yield from list(_next(overview))[-1:]
    yield from list(_places(overview))[-1:]


def _next(overview: Overview) -> Iterator[Block]:
    if not overview.places:
        if overview.survey.tree.files:
            yield Paragraph(words("Nothing stands out: no function over the limit in a file that changes."))
        return
    yield Heading(2, "What to do next")
    steps = [_step(place.todo, place.symbol, place.path, place.line) for place in overview.places[:_FIRST_STEPS]]
    yield Bullets(tuple(steps), numbered=True)


def _step(todo: str, symbol: str, path: str, line: int) -> Words:
    name: Words = (Mono(symbol), " in ") if symbol else ()
    return words(*name, Ref(path, line), f": {todo}{'' if todo.endswith(('?', '.')) else '.'}")


def _places(overview: Overview) -> Iterator[Block]:
    if not overview.places:
        return
    number = len(overview.places)
    yield Heading(2, f"The {number} places that matter" if number > 1 else "The place that matters")
    rows = tuple(
        (words(Ref(place.path, place.line)), words(Mono(place.symbol)) if place.symbol else words(""), words(place.why))
        for place in overview.places
    )
    yield Table(("place", "where in it", "why"), rows)


def clone_blocks(overview: Overview) -> Iterator[Block]:
    """The copies."""
    clones = overview.survey.duplication.clones
    if not clones:
        return
    found = overview.survey.duplication
    yield Heading(2, "Exact copies")
    yield Paragraph(
        words(
            f"{counted(len(clones), 'function stands', 'functions stand')} in more than one place, word for word: "
            f"{counted(found.duplicated_lines, 'line')}. `antifoul duplicates` also finds those that were renamed or "
            "edited."
        )
    )
    yield Folded("The largest", (clone_table(clones[:_MOST_CLONES]),))


def clone_table(clones: tuple[Clone, ...]) -> Table:
    """Classes of copies, a row each."""
    rows = []
    for clone in clones:
        first = clone.members[0]
        places = [Ref(member.path, member.start) for member in clone.members[:4]]
        shown: list[str | Ref | Mono] = []
        for number, place in enumerate(places):
            shown += [", ", place] if number else [place]
        if len(clone.members) > len(places):
            shown.append(f" and {len(clone.members) - len(places)} more")
        rows.append(
            (
                words(str(len(clone.members))),
                words(str(first.end - first.start + 1)),
                words(Mono(first.symbol)),
                tuple(shown),
            )
        )
    return Table(("copies", "lines each", "first is", "places"), tuple(rows), right=(0, 1))
