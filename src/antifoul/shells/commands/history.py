"""Commands on a history: hotspots, trend."""

import argparse
import os
from typing import TYPE_CHECKING

from antifoul.shells.commands.asking import Command, add_place, add_weeks, tell, weeks_of
from antifoul.shells.progress import progress

if TYPE_CHECKING:
    from antifoul.gate.history import Watched


def _add_watch(parser: argparse.ArgumentParser) -> None:
    add_place(parser)
    add_weeks(parser)
    parser.add_argument("--as-of", metavar="REV|DATE", help="as it was then: nothing later is seen")


def _hotspots(given: argparse.Namespace) -> int:
    from antifoul.gate.history import hotspots  # noqa: PLC0415

    return tell("hotspots", given, lambda: hotspots(_watched(given)))


def _trend(given: argparse.Namespace) -> int:
    from antifoul.gate.history import trend  # noqa: PLC0415

    return tell("trend", given, lambda: trend(_watched(given)))


def _watched(given: argparse.Namespace) -> "Watched":
    from antifoul.gate.change import repository, settings_in_folder  # noqa: PLC0415
    from antifoul.gate.history import Watched  # noqa: PLC0415

    git = repository(given.place, os.environ)
    settings = settings_in_folder(git.root, getattr(given, "config", None))
    return Watched(git, settings, os.environ, given.as_of, weeks_of(given), progress(given))


COMMANDS = (
    Command("hotspots", _add_watch, _hotspots, "Rank files by where the next bugs will be, from the history."),
    Command("trend", _add_watch, _trend, "Where debt has been going, and what to expect."),
)
