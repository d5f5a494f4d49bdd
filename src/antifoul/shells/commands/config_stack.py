"""Commands on one config: show."""

import argparse

from antifoul.facts.errors import ReadError, UsageError
from antifoul.shells.commands.asking import Command, add_format, tell


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a YAML, JSON, TOML or Python config")
    add_format(parser)


def _show(given: argparse.Namespace) -> int:
    from antifoul.gate.config.showing import show  # noqa: PLC0415  each command imports what it needs

    def work() -> object:
        try:
            return show(given.file)
        except ReadError as problem:
            raise UsageError(str(problem)) from None

    return tell("config show", given, work)


COMMANDS = (Command("show", _add_show, _show, "Every value in force, with the layer, file and line that set it."),)
