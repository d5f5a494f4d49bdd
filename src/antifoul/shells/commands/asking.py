"""What several commands ask for in the same words, and how they tell what came of it."""

import argparse
import os
from collections.abc import Callable
from typing import NamedTuple

from antifoul.facts.report import Look
from antifoul.shells import exits
from antifoul.shells.outputs import outputs_of, wants_colour, write


class Command(NamedTuple):
    """A command of the command line: its options, what it does, and what it is for, in a sentence."""

    name: str
    add: Callable[[argparse.ArgumentParser], None]
    act: Callable[[argparse.Namespace], int]
    about: str


def look_of(given: argparse.Namespace) -> Look:
    """How the command line wants a report to look."""
    return Look(
        colour=wants_colour(getattr(given, "color", "auto"), os.environ),
        quiet=getattr(given, "quiet", False),
        links=given.link_base,
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """Ask for the formats."""
    parser.add_argument(
        "--format",
        action="append",
        metavar="FORMAT[=FILE]",
        help="text (default), json, markdown and others, see docs/formats.md; repeatable, each with a file",
    )
    parser.add_argument(
        "--link-base",
        metavar="URL",
        default="",
        help="what Markdown links start with (default: relative to the repository)",
    )


def add_place(parser: argparse.ArgumentParser) -> None:
    """Ask for a folder or file, and the formats."""
    parser.add_argument("place", nargs="?", default=".", metavar="PATH", help="a folder or file (default: here)")
    add_format(parser)


def add_weeks(parser: argparse.ArgumentParser) -> None:
    """Ask how much of the history to read."""
    parser.add_argument("--all-history", action="store_true", help="read all of it, not only the last 104 weeks")


def weeks_of(given: argparse.Namespace) -> int:
    """How many weeks of history to read, 0 for all."""
    from antifoul.gate.watching import WEEKS  # noqa: PLC0415

    return 0 if given.all_history else WEEKS


def tell(command: str, given: argparse.Namespace, work: "Callable[[], object]") -> int:
    """Check the outputs first, then do the work and tell it."""
    outputs = outputs_of(command, given.format)
    write(command, work(), outputs, look_of(given))
    return exits.OK
