"""The HTML page of `antifoul report`: what to do, the map, where it goes, what it is made of."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from antifoul import __version__
from antifoul.facts.finding import SEVERITIES
from antifoul.facts.roles import is_python
from antifoul.measures.results import Overview, Series, Trend
from antifoul.measures.sentences import number
from antifoul.reports.blocks import Block, Bullets, Folded, Paragraph, Ref, Table, Words, counted, words
from antifoul.reports.charts.bars import OVER_A_YEAR, by_age_and_owner, debt, health_terms
from antifoul.reports.charts.coupling import coupling
from antifoul.reports.charts.hotspot_map import hotspot_map, largest
from antifoul.reports.charts.lines import trend_line
from antifoul.reports.history_object import hotspots_object, trend_object
from antifoul.reports.html_blocks import Chart, FileRow, Files, Findings, Functions, Grid, Page, Part, Section
from antifoul.reports.pages import hotspots as hotspots_page
from antifoul.reports.pages import report as report_page
from antifoul.reports.pages import survey as survey_page
from antifoul.reports.pages import trend as trend_page
from antifoul.reports.survey_object import survey_object

_FILES = 100  # rows of the table beside the map
_FUNCTIONS = 3000  # functions that the page holds, those with the most paths
_PAIRS = 20
_FINDINGS = 1000
_TITLES = {
    "complexity": "paths, all functions", "mean_complexity": "paths per function", "loc": "lines",
    "markers": "debt markers", "annotation_coverage": "public API annotated", "duplication": "lines copied",
}  # fmt: skip
_SHARES = frozenset({"annotation_coverage", "duplication"})


def page(overview: Overview) -> Page:
    """The whole page."""
    found = overview.survey
    survey = survey_object(found)
    spots = hotspots_object(overview.hotspots) if overview.hotspots else {"files": [], "coupling": []}
    scores = {one["path"]: one["score"] for one in spots["files"]}
    sections = [
        *_next(overview), *_map(overview, survey, scores), *_trend(overview.trend), *_health(overview),
        *_coupling(spots["coupling"]), *_debt(survey["markers"]), *_findings(overview), *_rest(overview),
    ]  # fmt: skip
    at = f", of commit {overview.hotspots.commit[:10]} of {overview.hotspots.date[:10]}" if overview.hotspots else ""
    return Page(
        name=found.name,
        score=found.health.score if found.health else None,
        lead=tuple(_lead(overview)),
        tiles=tuple(_tiles(survey["totals"])),
        sections=tuple(sections),
        details=_details(survey),
        footer=f"Made by antifoul {__version__}{at}. It holds all that it shows, and loads nothing.",
    )


def _lead(overview: Overview) -> Iterator[Block]:
    health = overview.survey.health
    if health is not None and health.stability is not None:
        yield Paragraph(
            words(
                f"Health {health.score:.0f} of 100: the code is worth {100 * health.code:.0f}, its stability (few "
                f"recent bug fixes a line) {100 * health.stability:.0f}."
            )
        )
    elif health is not None:
        yield Paragraph(
            words(f"Health {health.score:.0f} of 100, of the code alone: there is no history to tell more.")
        )
    if overview.missing:
        yield Bullets(tuple(words(f"Missing: {one}") for one in overview.missing))


def _tiles(totals: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"{totals['files']:,}", "Python files"
    yield f"{totals['loc']:,}", "lines"
    yield f"{totals['functions']:,}", "functions"
    yield f"{totals['markers']:,}", "debt markers"
    if totals["annotation_coverage"] is not None:
        yield f"{100 * totals['annotation_coverage']:.0f} %", "of the public API annotated"
    yield f"{100 * totals['duplication']:.1f} %", "of the lines copied"


def _next(overview: Overview) -> Iterator[Section]:
    blocks = tuple(report_page.what_to_do(overview))
    if blocks:
        yield Section("next", "What to do", "What to do next", blocks)


def _map(overview: Overview, survey: Mapping[str, Any], scores: Mapping[str, float]) -> Iterator[Section]:
    files = survey["files"]
    if not files:
        return
    ranked = sorted(files, key=lambda one: (-scores.get(one["path"], 0.0), -one["complexity"], one["path"]))
    hottest = [one["path"] for one in ranked[:3] if scores.get(one["path"], 0.0) > 0]
    said: list[str | Ref] = ["Area: lines. Colour: the hotspot score. Pick a file for its functions."]
    if overview.hotspots:
        said.append(f" {hotspots_page.explanation(overview.hotspots)}")
    spoken = f"A map of {counted(len(files), 'file')} by size. " + (
        f"The hottest are {', '.join(hottest)}." if hottest else "None has changed in the time read."
    )
    heads = ("score", "lines", "paths", "markers")
    rows = tuple(
        FileRow(
            one["path"],
            (f"{scores.get(one['path'], 0.0):,.1f}", f"{one['loc']:,}", f"{one['complexity']:,}", str(one["markers"])),
        )
        for one in ranked[:_FILES]
    )
    title = f"The map as a table{f', its first {_FILES} files' if len(ranked) > _FILES else ''}"
    chart = Chart("hotspot-map", hotspot_map(files, scores), spoken, tuple(said), ramp=True)
    yield Section("map", "Hotspot map", "Where the next bugs will be", (chart, Functions(), Files(title, heads, rows)))


def _trend(found: Trend | None) -> Iterator[Section]:
    if found is None:
        return
    forecast = trend_object(found)["forecast"]
    known = {metric: one for metric, one in found.series.items() if len(one.weekly) > 1}
    charts: list[Chart] = []
    for metric, one in known.items():
        name = _TITLES.get(metric, metric.replace("_", " "))
        weeks = _weeks(one)
        (first, was), (_, now) = weeks[0], weeks[-1]
        label = f"{name}: {number(metric, was)} on {first}, {number(metric, now)} now. {one.sentence}"
        spec = trend_line(name, weeks, forecast[metric]["points"], share=metric in _SHARES)
        charts.append(Chart(f"trend-{metric}", spec, label, words(_untitled(one.sentence)), name))
    if charts:
        note = "Weekly values, what is expected of them dashed, and bands that should hold 80 and 95 of 100 outcomes."
        table = Folded("The series as a table", (_series(known),))
        moved = trend_page.moves(known)
        folded = (Folded("The commits that moved them most", moved[1:]),) if moved else ()
        yield Section("trend", "Trend", "Where it goes", (Paragraph(words(note)), Grid(tuple(charts)), table, *folded))


def _untitled(sentence: str) -> str:
    """The sentence without the name of the series, which stands above it already."""
    said = sentence.partition(": ")[2] or sentence
    return said[:1].upper() + said[1:]


def _weeks(one: Series) -> list[tuple[str, float]]:
    """The end of each week and the value then, oldest first."""
    last = datetime.fromisoformat(one.points[-1].date)
    ago = range(len(one.weekly) - 1, -1, -1)
    return [((last - timedelta(weeks=n)).date().isoformat(), value) for n, value in zip(ago, one.weekly, strict=True)]


def _series(series: Mapping[str, Series]) -> Table:
    rows: list[tuple[Words, ...]] = []
    for metric, one in series.items():
        weeks = _weeks(one)
        for ago in (0, 4, 12, 26, 52):
            if len(weeks) > ago:
                day, value = weeks[-1 - ago]
                when = "now" if not ago else f"{ago} weeks ago"
                cells = (_TITLES.get(metric, metric.replace("_", " ")), when, day, number(metric, value))
                rows.append(tuple(words(cell) for cell in cells))
    return Table(("series", "when", "week to", "value"), tuple(rows), right=(3,))


def _health(overview: Overview) -> Iterator[Section]:
    health = overview.survey.health
    if health is None:
        return
    rows = [(*survey_page.term_words(term), term) for term in health.terms]
    spec = health_terms([(name, 100 * term.score, value) for name, value, term in rows])
    label = "; ".join(f"{name} {value}, worth {100 * term.score:.0f} of 100" for name, value, term in rows)
    said = words(
        "Each term is a mean over lines, held against repositories of this field: 100 is the best tenth of them."
    )
    blocks = tuple(survey_page.health_blocks(health))[1:]
    scores = tuple(survey_page.score_blocks(overview.survey))
    yield Section(
        "health", "Health", "What the health of the code is made of",
        (
            Chart("health-terms", spec, label, said), Folded("The terms as a table", blocks),
            *((Folded("By folder and file", scores),) if scores else ()),
        ),
    )  # fmt: skip


def _coupling(pairs: list[dict[str, Any]]) -> Iterator[Section]:
    # Sorting is stable: pairs come the closest first. Two sources say more than a script and its twin.
    shown = sorted(pairs, key=lambda one: -sum(is_python(one[side]) for side in ("left", "right")))[:_PAIRS]
    if not shown:
        return
    first = shown[0]
    label = (
        f"{counted(len(shown), 'pair')} of files. The first: {first['left']} and {first['right']}, together in "
        f"{100 * first['degree']:.0f} % of their commits."
    )
    rows = tuple(
        (
            words(Ref(one["left"])),
            words(Ref(one["right"])),
            words(f"{100 * one['degree']:.0f} %"),
            words(str(one["commits"])),
        )
        for one in shown
    )
    table = Table(("file", "changes with", "together", "commits"), rows, right=(2, 3))
    said = words(
        f"{len(shown)} of {counted(len(pairs), 'pair')}, code first, then the closest. "
        "A thicker arc: more often in one commit."
    )
    chart = Chart("coupling", coupling(shown), label, said)
    yield Section(
        "coupling", "Coupling", "Files that change together", (chart, Folded("The pairs as a table", (table,)))
    )


def _debt(markers: list[dict[str, Any]]) -> Iterator[Section]:
    rows = by_age_and_owner(markers)
    if not rows:
        return
    old = sum(count for age, _, count in rows if age in OVER_A_YEAR)
    total = sum(count for _, _, count in rows)
    label = f"{counted(total, 'marker')} by age and owner; {old} are older than a year."
    table = Table(
        ("age", "owner", "markers"),
        tuple((words(age), words(owner), words(str(count))) for age, owner, count in rows),
        right=(2,),
    )
    said = words(f"{old} of {total} are older than a year. The owner is who is named in it, else who wrote the line.")
    chart = Chart("debt", debt(markers), label, said)
    yield Section("debt", "Debt", "Debt by age and owner", (chart, Folded("The same as a table", (table,))))


def _findings(overview: Overview) -> Iterator[Section]:
    found = sorted(overview.findings, key=lambda one: SEVERITIES.index(one.severity))
    if found:
        said = "What the rules on trees and configs say of all of it, old or new."
        if len(found) > _FINDINGS:
            said += f" These are {_FINDINGS:,} of {len(found):,}, the gravest first."
        parts = (Paragraph(words(said)), Findings(tuple(found[:_FINDINGS])))
        yield Section("findings", "Findings", "Findings", parts)


def _rest(overview: Overview) -> Iterator[Section]:
    """The tables of the text report that no chart above stands for."""
    for short, title, blocks in (
        ("Functions", "Functions with the most paths", survey_page.function_blocks(overview.survey)),
        ("Markers", "Debt markers", survey_page.marker_blocks(overview.survey)),
        ("Copies", "Copies", report_page.clone_blocks(overview)),
        ("Not judged", "Not judged", survey_page.skip_blocks(overview.survey.tree.skipped)),
    ):
        parts: tuple[Part, ...] = tuple(blocks)[1:]
        if parts:
            yield Section(short.lower().replace(" ", "-"), short, title, parts)


def _details(survey: Mapping[str, Any]) -> dict[str, Any]:
    """The functions of each file, as the page's script reads them: symbol, line, end, paths, depth."""
    most = sorted(survey["functions"], key=lambda one: (-one["complexity"], one["path"], one["line"]))[:_FUNCTIONS]
    files = {one["path"] for one in most} | {one["path"] for one in largest(survey["files"])}
    found: dict[str, Any] = {
        one["path"]: {"loc": one["loc"], "functions": []} for one in survey["files"] if one["path"] in files
    }
    for one in most:
        row = [one["symbol"], one["line"], one["end_line"], one["complexity"], one["nesting"]]
        found[one["path"]]["functions"].append(row)
    return found
