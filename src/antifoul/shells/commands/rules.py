"""Commands on the rules: explain, rules."""

import argparse
import json
import os

from antifoul.shells import exits
from antifoul.shells.commands.asking import Command
from antifoul.shells.outputs import say


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE")


def _explain(given: argparse.Namespace) -> int:
    import inspect  # noqa: PLC0415

    from antifoul.rules.registry import entry_of, index, load  # noqa: PLC0415

    if given.rule not in {entry.name for entry in index()}:
        _take_in_plugins(given)
    rule = load(entry_of(given.rule))
    say(f"{rule.entry.name} ({rule.entry.severity}, cost: {rule.entry.cost})\n\n{inspect.cleandoc(rule.doc)}\n")
    return exits.OK


def _add_rules(_: argparse.ArgumentParser) -> None: ...


def _take_in_plugins(given: argparse.Namespace) -> None:
    """Read the settings that hold here: the plugins that they name bring rules."""
    from antifoul.gate.change import settings_in_folder  # noqa: PLC0415
    from antifoul.readers.git import open_repository  # noqa: PLC0415

    git = open_repository(".", os.environ)
    settings_in_folder(git.root if git else ".", getattr(given, "config", None))


def _list_rules(given: argparse.Namespace) -> int:
    from antifoul.rules.registry import index, load  # noqa: PLC0415

    _take_in_plugins(given)

    width = max(len(entry.name) for entry in index())
    for entry in index():
        say(f"{entry.name:{width}}  {entry.severity:7}  {entry.cost:6}  {entry.summary}\n")
        options = load(entry).options
        for key, value in options._field_defaults.items() if options else ():
            say(f"{'':{width}}  {key.replace('_', '-')} = {_as_toml(value)}\n")
    return exits.OK


def _as_toml(value: object) -> str:
    """A default as the settings would write it."""
    return json.dumps(list(value) if isinstance(value, tuple) else value)


COMMANDS = (
    Command("explain", _add_explain, _explain, "What a rule finds, why it hurts, and what to do."),
    Command(
        "rules",
        _add_rules,
        _list_rules,
        "Every rule, with its severity, its cost, and its options with their defaults.",
    ),
)
