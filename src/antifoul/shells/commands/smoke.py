"""`antifoul smoke`: try targets, scripts and configs, here or on Ray."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

from antifoul.shells import exits
from antifoul.shells.commands.asking import Command, add_format, look_of
from antifoul.shells.outputs import outputs_of, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.gate.smoke_matrix import Spread


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="MODULE:NAME, a script's name or a config file")
    parser.add_argument("--script", action="append", default=[], metavar="COMMAND", help="a script left as it is")
    parser.add_argument("--laws", default="", metavar="LAW,LAW", help="try these laws only")
    parser.add_argument("--budget", metavar="SECONDS", help="computing time a target may take")
    parser.add_argument("--seed", type=int, default=None, metavar="N", help="start random numbers here (0)")
    parser.add_argument("--engine", choices=("local", "ray"), default="local", help="where (default: local processes)")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="at once (default: one a core)")
    parser.add_argument("-C", dest="place", metavar="FOLDER", default=".", help="the repository's folder")
    add_format(parser)


def _smoke(given: argparse.Namespace) -> int:
    from antifoul.gate.smoke_matrix import Wanted, trials, tried  # noqa: PLC0415  each command imports what it needs
    from antifoul.readers.smoke_settings import settings_at  # noqa: PLC0415

    outputs = outputs_of("smoke", given.format)
    root = Path(given.place).resolve()
    settings = settings_at(root)
    seed = settings.seed if given.seed is None else given.seed
    wanted = Wanted(tuple(_options(given)), tuple(given.targets), settings.resources)
    with redirect_stdout(sys.stderr):  # Ray tells of dead workers there
        report = tried(trials(root, wanted), _spread(given), seed)
    write("smoke", report, outputs, look_of(given))
    return exits.FINDINGS if report.verdict == "fail" else exits.OK


def _options(given: argparse.Namespace) -> Iterator[str]:
    """The options of the pytest plugin that say the same."""
    yield from (f"--llm-smoke-script={one}" for one in given.script)
    for name in ("laws", "budget", "seed"):
        if (value := getattr(given, name)) not in (None, ""):
            yield f"--llm-smoke-{name}={value}"


def _spread(given: argparse.Namespace) -> "Spread":
    """How items are worked on: by processes of this machine, or by Ray."""
    from antifoul.fleet import local, on_ray  # noqa: PLC0415  as above

    workers = given.workers or local.cores()
    if given.engine == "local":
        return partial(local.spread, workers=workers)
    return partial(on_ray.spread, workers=workers, needs=lambda trial: trial.needs)


COMMANDS = (Command("smoke", _add, _smoke, "Try training code for a few steps against the laws of post-training."),)
