"""`antifoul publish`: the health figures of a commit, to where a team already looks."""

import argparse
import os
from importlib import import_module

from antifoul.facts.errors import UsageError
from antifoul.shells import exits
from antifoul.shells.commands.asking import Command
from antifoul.shells.outputs import say

_PLACES = ("jsonl", "mlflow", "tensorboard", "wandb")


def _add_publish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", nargs="?", default=".", metavar="PATH", help="a repository (default: here)")
    parser.add_argument(
        "--to",
        action="append",
        required=True,
        metavar="PLACE[=WHERE]",
        help="jsonl=FILE, tensorboard=FOLDER, mlflow[=URI] or wandb[=PROJECT]; repeatable",
    )
    parser.add_argument("--commit", metavar="REV", help="of this commit (default: HEAD)")
    parser.add_argument("--weeks", type=int, default=0, metavar="N", help="also of the last commits of N weeks before")
    parser.add_argument("--name", default="", help="the repository's name there (default: its folder's)")


def _publish(given: argparse.Namespace) -> int:
    from antifoul.gate.change import repository, settings_in_folder  # noqa: PLC0415  each command imports what it needs
    from antifoul.gate.publishing.figures import figures_of  # noqa: PLC0415
    from antifoul.gate.watching import Watched  # noqa: PLC0415
    from antifoul.readers.history import Span  # noqa: PLC0415

    places = [one.partition("=") for one in given.to]
    for name, _, _ in places:
        if name not in _PLACES:
            raise UsageError(f"--to {name}: known are {', '.join(_PLACES)}")
    if given.weeks < 0:
        raise UsageError("--weeks must be a whole number of at least 0")
    git = repository(given.place, os.environ)
    settings = settings_in_folder(git.root, getattr(given, "config", None))
    name = given.name or os.path.basename(os.path.realpath(git.root))  # noqa: PTH119
    rows = figures_of(Watched(git, settings, os.environ, Span(given.commit)), name, given.weeks)
    for kind, _, where in places:
        said = import_module(f"antifoul.gate.publishing.{kind}").send(rows, where)
        if not getattr(given, "quiet", False):
            say(f"{said}\n")
    return exits.OK


COMMANDS = (
    Command(
        "publish", _add_publish, _publish, "Send the health figures of a commit to MLflow, W&B, TensorBoard or a file."
    ),
)
