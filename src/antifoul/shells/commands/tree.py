"""Commands on a tree: survey, report, duplicates."""

import argparse
import os
import sys
from typing import TYPE_CHECKING

from antifoul.facts.errors import UsageError
from antifoul.shells import exits
from antifoul.shells.commands.asking import Command, add_place, add_weeks, look_of, tell, templates_of, weeks_of
from antifoul.shells.outputs import outputs_of, write
from antifoul.shells.progress import progress

if TYPE_CHECKING:
    from antifoul.gate.survey import World
    from antifoul.measures.results import Overview


def _add_survey(parser: argparse.ArgumentParser) -> None:
    add_place(parser)
    parser.add_argument("--blame", action="store_true", help="say who wrote each marker, and when")
    parser.add_argument("--markers", action="store_true", help="list every debt marker, and count them by owner")
    parser.add_argument(
        "--sort",
        choices=("priority", "age", "due", "owner", "kind", "minutes", "path"),
        default="priority",
        help="how --markers sorts them (default: priority)",
    )
    parser.add_argument("--strict", action="store_true", help="exit 1 when a file in scope could not be read")


def _survey(given: argparse.Namespace) -> int:
    from antifoul.gate.survey import survey  # noqa: PLC0415
    from antifoul.reports.pages.markers import in_order  # noqa: PLC0415

    command = "markers" if given.markers else "survey"
    outputs = outputs_of(command, given.format)
    found = survey(_world(given), with_blame=given.blame)
    if given.markers:
        found = found._replace(markers=in_order(found.markers, given.sort))
    write(command, found, outputs, look_of(given))
    if given.strict and found.tree.skipped:
        sys.stderr.write(f"antifoul: --strict: {len(found.tree.skipped)} could not be read, listed above\n")
        return exits.FINDINGS
    return exits.OK


def _add_report(parser: argparse.ArgumentParser) -> None:
    add_place(parser)
    add_weeks(parser)
    parser.add_argument("--repos", metavar="FILE", help="report on each repository that this file lists, one a line")
    parser.add_argument(
        "--engine", choices=("local", "ray"), default="local", help="with --repos: on local processes, or on Ray"
    )
    parser.add_argument(
        "--workers", type=int, default=0, metavar="N", help="with --repos: repositories at once (default: one a core)"
    )


def _fleet(given: argparse.Namespace) -> int:
    from antifoul.gate.fleet import Wanted, fleet, listed_in  # noqa: PLC0415

    if given.place != ".":
        raise UsageError("report takes PATH or --repos, not both")
    outputs = outputs_of("fleet", given.format)
    wanted = Wanted(weeks_of(given), getattr(given, "config", None))
    found = fleet(listed_in(given.repos), wanted, given.engine, given.workers, progress(given))
    write("fleet", found, outputs, look_of(given))
    return exits.OK


def _report(given: argparse.Namespace) -> int:
    if given.repos is not None:
        return _fleet(given)
    from antifoul.gate.report import report  # noqa: PLC0415

    outputs = outputs_of("report", given.format)
    full = any(output.format == "html" for output in outputs)
    if full:
        from antifoul.gate.library import page_parts  # noqa: PLC0415  only for a page

        page_parts()  # say that it is missing before any work is done

    def early(found: "Overview", seconds: float) -> None:
        if any(output.format == "text" and not output.file for output in outputs):
            write("report", found, outputs[:1], look_of(given))
            sys.stderr.write(f"antifoul: its history follows, with the whole report, in about {seconds:.0f} s\n")

    found = report(_world(given), weeks=weeks_of(given), early=early, with_blame=full)
    write("report", found, outputs, look_of(given), templates_of(given))
    return exits.OK


def _add_duplicates(parser: argparse.ArgumentParser) -> None:
    add_place(parser)
    parser.add_argument("--no-history", action="store_true", help="do not look up when copies parted")


def _duplicates(given: argparse.Namespace) -> int:
    from antifoul.gate.duplicates import duplicates  # noqa: PLC0415

    return tell("duplicates", given, lambda: duplicates(_world(given), with_history=not given.no_history))


def _world(given: argparse.Namespace) -> "World":
    from antifoul.gate.survey import open_world  # noqa: PLC0415

    return open_world(given.place, getattr(given, "config", None), os.environ, progress(given))


COMMANDS = (
    Command("survey", _add_survey, _survey, "Count a tree: complexity, size, markers, coverage, health."),
    Command("report", _add_report, _report, "The main job: health, what to do next, and the ten places that matter."),
    Command(
        "duplicates",
        _add_duplicates,
        _duplicates,
        "Exact, renamed and edited copies of code, and what differs between them.",
    ),
)
