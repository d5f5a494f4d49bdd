"""The command line: `antifoul COMMAND`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from antifoul import __version__
from antifoul.shells import exits
from antifoul.shells.parsing import Parser, add_commands, common

# Modules of shells/commands, in the order of the help.
_GROUPS = ("check", "fix", "tree", "history", "config", "smoke", "rules", "starting", "publishing")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    verbose = "-v" in arguments or "--verbose" in arguments
    return exits.guarded(lambda: _run(arguments), verbose=verbose)


def _run(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    if not getattr(given, "act", None):
        _parser().print_help()
        return exits.OK
    act: Callable[[argparse.Namespace], int] = given.act
    return act(given)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="antifoul",
        description="A quality gate for LLM post-training repositories.",
        epilog="Exit status: 0 clean, 1 findings that block, 2 usage or settings, 3 a fault of antifoul's own.",
        parents=[common()],
    )
    parser.add_argument("--version", action="version", version=f"antifoul {__version__}")
    groups = (import_module(f"antifoul.shells.commands.{group}").COMMANDS for group in _GROUPS)
    add_commands(parser, [one for group in groups for one in group])
    return parser


if __name__ == "__main__":
    sys.exit(main())
