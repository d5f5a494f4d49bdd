"""Many repositories: a report on each, on local processes or on Ray, and every one that was lost named."""

import os
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from antifoul.facts.errors import AntifoulError, ReadError, UsageError
from antifoul.facts.report import Look
from antifoul.fleet import local, on_ray
from antifoul.gate.report import report
from antifoul.gate.survey import open_world
from antifoul.ledger.measuring import Progress, silent
from antifoul.measures.results import Fleet, Overview, Ship
from antifoul.readers.disk import read_regular
from antifoul.reports.as_json import render_report

ENGINES = {"local": local.spread, "ray": on_ray.spread}


class Wanted(NamedTuple):
    """How each repository is reported on."""

    weeks: int
    settings_file: str | None = None


def listed_in(file: str) -> tuple[str, ...]:
    """The folders that a file lists, one a line, relative to its own; `#` starts a comment.

    Raises:
        UsageError: it cannot be read, or lists nothing.
    """
    try:
        text = read_regular(file).decode("utf-8", "surrogateescape")
    except ReadError as problem:
        raise UsageError(f"--repos {file}: {problem}") from None
    rows = (row.strip() for row in text.splitlines())
    folder = os.path.dirname(os.path.abspath(file))  # noqa: PTH100, PTH120  bytes in names
    places = tuple(os.path.join(folder, row) for row in rows if row and not row.startswith("#"))  # noqa: PTH118
    if not places:
        raise UsageError(f"--repos {file}: it lists no repository")
    return places


def fleet(places: Iterable[str], wanted: Wanted, engine: str, workers: int, progress: Progress = silent) -> Fleet:
    """What each repository is like, in the order given.

    Raises:
        UsageError: Ray was asked for and is not there.
    """
    given = tuple(places)
    ships: dict[int, Ship] = {}
    for answer in ENGINES[engine](partial(ship, wanted=wanted), given, workers or local.cores()):
        place = given[answer.place]
        ships[answer.place] = answer.value or Ship(place, lost=answer.lost or "it gave no answer")
        progress(len(ships), len(given))
    return Fleet(tuple(ships.get(at, Ship(place, lost="it gave no answer")) for at, place in enumerate(given)))


def ship(place: str, wanted: Wanted) -> Ship:
    """What one repository is like, its whole report as JSON with it. What goes wrong in it is said, not raised."""
    try:
        world = open_world(place, wanted.settings_file, os.environ)
        return _summed(place, report(world, weeks=wanted.weeks))
    except AntifoulError as problem:
        return Ship(place, lost=str(problem))


def _summed(place: str, found: Overview) -> Ship:
    surveyed, spots = found.survey, found.hotspots
    codes = surveyed.codes.values()
    limit = surveyed.thresholds.complexity
    return Ship(
        place=place,
        commit=spots.commit if spots else "",
        date=spots.date if spots else "",
        health=surveyed.health.score if surveyed.health else None,
        files=len(codes),
        lines=sum(code.loc for code in codes),
        complexity=sum(code.complexity for code in codes),
        over=sum(one.complexity > limit for code in codes for one in code.functions),
        markers=len(surveyed.markers),
        skipped=len(surveyed.tree.skipped),
        hottest=spots.spots[0].path if spots and spots.spots and spots.spots[0].score > 0 else "",
        first=_first(found),
        document=render_report(found, Look()),
    )


def _first(found: Overview) -> str:
    if not found.places:
        return ""
    place = found.places[0]
    return f"{place.path}:{place.line}: {place.todo}"
