"""How command lines are taken apart: the options that stand everywhere, and a wrong one said as any other error."""

import argparse
from collections.abc import Iterable

from antifoul.facts.errors import UsageError
from antifoul.shells.commands.asking import Command


class Parser(argparse.ArgumentParser):
    """Says a usage error as every other error of antifoul is said."""

    def error(self, message: str) -> None:  # type: ignore[override]  # it does not return, as its parent does not
        """End with exit 2."""
        raise UsageError(message).with_remedy(f"{self.prog} --help")


def add_commands(parser: argparse.ArgumentParser, commands: Iterable[Command]) -> None:
    """Let the parser take one of these commands."""
    choice = parser.add_subparsers(title="commands", metavar="COMMAND")
    for one in commands:
        command = choice.add_parser(one.name, help=one.about, description=one.about, parents=[common()])
        command.set_defaults(act=one.act)
        one.add(command)


def common() -> Parser:
    """The options that stand before or after the command."""
    parser = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("everywhere")
    group.add_argument("--config", metavar="FILE", help="settings from this file")
    group.add_argument("--color", choices=("auto", "always", "never"), help="colour on standard output")
    group.add_argument("-q", "--quiet", action="store_true", help="findings only, no summary and no progress")
    group.add_argument("-v", "--verbose", action="store_true", help="say more; a fault shows its traceback")
    return parser
