"""What several commands ask for in the same words, and how they tell what came of it."""

import argparse
import os
from collections.abc import Callable
from typing import NamedTuple

from antifoul.facts.errors import UsageError
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
        "--template", action="append", metavar="KIND=FILE", help="your own template: markdown=FILE or html=FILE"
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
    parser.add_argument("--weeks", type=_weeks, metavar="N", help="read so many weeks of it")


def weeks_of(given: argparse.Namespace) -> int:
    """How many weeks of history to read, 0 for all."""
    from antifoul.gate.watching import WEEKS  # noqa: PLC0415

    return 0 if given.all_history else given.weeks or WEEKS


def _weeks(text: str) -> int:
    weeks = int(text)
    if weeks < 1:
        raise ValueError
    return weeks


def templates_of(
    given: argparse.Namespace, from_base: "Callable[[str], str | None] | None" = None
) -> "Callable[[str], str]":
    """Where a page's template comes from: the command line, a settings file named there, a base, else ours.

    Never from the settings of what is judged: a template decides what a page says.
    """
    from antifoul.gate import templates  # noqa: PLC0415

    named = dict(_named_template(one) for one in given.template or [])

    def text(name: str) -> str:
        kind = templates.KINDS[name]
        if kind in named:
            return templates.template_in_file(named[kind])
        settings_file = getattr(given, "config", None)
        if settings_file is not None:
            found = templates.template_from_settings(name, settings_file)
        else:
            found = from_base(name) if from_base else None
        return templates.our_template(name) if found is None else found

    return text


def _named_template(text: str) -> tuple[str, str]:
    kind, sign, file = text.partition("=")
    if kind not in {"markdown", "html"} or not sign:
        raise UsageError(f"--template {text}: write markdown=FILE or html=FILE")
    return kind, file


def tell(command: str, given: argparse.Namespace, work: "Callable[[], object]") -> int:
    """Check the outputs first, then do the work and tell it."""
    outputs = outputs_of(command, given.format)
    template = templates_of(given)
    write(command, work(), outputs, look_of(given), template)
    return exits.OK
