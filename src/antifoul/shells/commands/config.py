"""`antifoul config COMMAND`: configs as stacks of layers. Each module named here has `COMMANDS`."""

import argparse
from importlib import import_module

from antifoul.facts.errors import UsageError
from antifoul.shells.commands.asking import Command
from antifoul.shells.parsing import add_commands

_GROUPS = ("config_stack", "config_lint")  # modules of this folder, in the order of the help


def _add_config(parser: argparse.ArgumentParser) -> None:
    groups = (import_module(f"antifoul.shells.commands.{group}").COMMANDS for group in _GROUPS)
    add_commands(parser, [one for group in groups for one in group])


def _config(_: argparse.Namespace) -> int:
    raise UsageError("config wants a command").with_remedy("antifoul config --help")


COMMANDS = (Command("config", _add_config, _config, "Configs: what is in force, who set it, and what is wrong."),)
