"""The command line: `antifoul COMMAND`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from antifoul import __version__
from antifoul.facts.errors import UsageError
from antifoul.shells import exits

_GROUPS = ("check", "tree", "history", "rules", "starting")  # modules of shells/commands, in the order of the help


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    verbose = "-v" in arguments or "--verbose" in arguments
    return exits.guarded(lambda: _run(arguments), verbose=verbose)


class _Parser(argparse.ArgumentParser):
    """Says a usage error as every other error of antifoul is said."""

    def error(self, message: str) -> None:  # type: ignore[override]  # it does not return, as its parent does not
        raise UsageError(message).with_remedy(f"{self.prog} --help")


def _run(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    if not getattr(given, "act", None):
        _parser().print_help()
        return exits.OK
    act: Callable[[argparse.Namespace], int] = given.act
    return act(given)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="antifoul",
        description="A quality gate for LLM post-training repositories.",
        epilog="Exit status: 0 clean, 1 findings that block, 2 usage or settings, 3 a fault of antifoul's own.",
        parents=[_common()],
    )
    parser.add_argument("--version", action="version", version=f"antifoul {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for group in _GROUPS:
        for one in import_module(f"antifoul.shells.commands.{group}").COMMANDS:
            command = commands.add_parser(one.name, help=one.about, description=one.about, parents=[_common()])
            one.add(command)
            command.set_defaults(act=one.act)
    return parser


def _common() -> _Parser:
    """The options that stand before or after the command."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group("everywhere")
    group.add_argument("--config", metavar="FILE", help="settings from this file")
    group.add_argument("--color", choices=("auto", "always", "never"), help="colour on standard output")
    group.add_argument("-q", "--quiet", action="store_true", help="findings only, no summary and no progress")
    group.add_argument("-v", "--verbose", action="store_true", help="say more; a fault shows its traceback")
    return common


if __name__ == "__main__":
    sys.exit(main())
