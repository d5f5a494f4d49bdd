"""Commands on a history: hotspots, trend."""

import argparse
import os
from typing import TYPE_CHECKING

from antifoul.shells.commands.asking import Command, add_place, add_weeks, tell, weeks_of
from antifoul.shells.progress import progress

if TYPE_CHECKING:
    from antifoul.gate.watching import Watched


def _add_watch(parser: argparse.ArgumentParser) -> None:
    add_place(parser)
    add_weeks(parser)
    parser.add_argument("--as-of", metavar="REV|DATE", help="as it was then: nothing later is seen")


def _add_hotspots(parser: argparse.ArgumentParser) -> None:
    _add_watch(parser)
    parser.add_argument(
        "--every-commit",
        action="store_true",
        help="the commits of merged branches too, not the first-parent line alone",
    )
    parser.add_argument("--no-tests", action="store_true", help="leave tests out of the files that change together")


def _add_trend(parser: argparse.ArgumentParser) -> None:
    _add_watch(parser)
    parser.add_argument(
        "--series", action="store_true", help="duplication and health, too, by weeks: each needs a whole tree"
    )


def _hotspots(given: argparse.Namespace) -> int:
    from antifoul.gate.history import hotspots  # noqa: PLC0415

    return tell("hotspots", given, lambda: hotspots(_watched(given), with_tests=not given.no_tests))


def _trend(given: argparse.Namespace) -> int:
    from antifoul.gate.trend import trend  # noqa: PLC0415

    return tell("trend", given, lambda: trend(_watched(given), more=given.series))


def _watched(given: argparse.Namespace) -> "Watched":
    from antifoul.gate.change import repository, settings_in_folder  # noqa: PLC0415
    from antifoul.gate.watching import Watched  # noqa: PLC0415
    from antifoul.readers.history import Span  # noqa: PLC0415

    git = repository(given.place, os.environ)
    settings = settings_in_folder(git.root, getattr(given, "config", None))
    span = Span(given.as_of, weeks_of(given), getattr(given, "every_commit", False))
    return Watched(git, settings, os.environ, span, progress(given))


COMMANDS = (
    Command("hotspots", _add_hotspots, _hotspots, "Rank files by where the next bugs will be, from the history."),
    Command("trend", _add_trend, _trend, "Where debt has been going, and what to expect."),
)
