"""The `config` command: lint."""

import argparse
from collections.abc import Callable
from typing import cast

from antifoul.facts.errors import UsageError
from antifoul.shells.commands.asking import Command
from antifoul.shells.commands.config_lint import add_lint, lint


def _add(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(title="what", metavar="WHAT", dest="what")
    one = kinds.add_parser("lint", help="Find the keys, flags and names that nothing takes.")
    add_lint(one)
    one.set_defaults(do=lint)


def _act(given: argparse.Namespace) -> int:
    if not hasattr(given, "do"):
        raise UsageError("config: say what: lint").with_remedy("antifoul config --help")
    return cast("Callable[[argparse.Namespace], int]", given.do)(given)


COMMANDS = (Command("config", _add, _act, "Configs: hold them against the code that reads them."),)
