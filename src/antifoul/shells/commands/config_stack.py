"""Commands on configs: show, why, diff, complexity, tree, env, docs."""

import argparse
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from antifoul.facts.errors import ReadError, UsageError
from antifoul.shells.commands.asking import Command, add_format, add_place, tell
from antifoul.shells.progress import progress

if TYPE_CHECKING:
    from antifoul.gate.config.asking import Question
    from antifoul.gate.survey import World


def _add_layers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--schema", metavar="CLASS", default="", help="file.py:Class, package.module:Class, schema.json"
    )
    parser.add_argument("--defaults", metavar="FILE", action="append", default=[], help="a file below all others")
    parser.add_argument("--user", metavar="FILE", action="append", default=[], help="a file over the defaults")
    parser.add_argument(
        "--env-prefix", metavar="PREFIX", default="", help="PREFIX__SECTION__KEY variables, and ${oc.env:X}"
    )
    add_format(parser)


def _question(given: argparse.Namespace) -> "Question":
    from antifoul.gate.config.asking import Question  # noqa: PLC0415  each command imports what it needs

    return Question(
        tuple(getattr(given, "overrides", ())),
        given.schema,
        tuple(given.defaults),
        tuple(given.user),
        given.env_prefix,
        os.environ,
        getattr(given, "by_hydra", False),
    )


def _told(command: str, given: argparse.Namespace, work: Callable[[], object]) -> int:
    """Tell what came of it; a file that cannot be read is an error of use."""

    def guarded() -> object:
        try:
            return work()
        except ReadError as problem:
            raise UsageError(str(problem)) from None

    return tell(command, given, guarded)


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a YAML, JSON, TOML or Python config")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="as the run's command line has them")
    parser.add_argument("--by-hydra", action="store_true", help="have Hydra compose it too, and say where it differs")
    _add_layers(parser)


def _show(given: argparse.Namespace) -> int:
    from antifoul.gate.config.showing import show  # noqa: PLC0415

    return _told("config show", given, lambda: show(given.file, _question(given)))


def _add_why(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="optimizer.lr; of a section each value in it")
    parser.add_argument("file", metavar="FILE", nargs="?", default=".", help="a config; without it, every one here")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="as the run's command line has them")
    _add_layers(parser)


def _why(given: argparse.Namespace) -> int:
    from antifoul.gate.config.explaining import why, why_anywhere  # noqa: PLC0415

    if os.path.isfile(given.key) and not os.path.isfile(given.file):  # noqa: PTH113  either order is meant the same
        given.key, given.file = given.file, given.key
    if os.path.isdir(given.file):  # noqa: PTH112  as above
        return _told("config why", given, lambda: why_anywhere(given.key, _world(given, given.file)))
    return _told("config why", given, lambda: why(given.key, given.file, _question(given)))


def _add_diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("left", metavar="A", help="a config")
    parser.add_argument("right", metavar="B", help="another")
    _add_layers(parser)


def _diff(given: argparse.Namespace) -> int:
    from antifoul.gate.config.comparing import compare  # noqa: PLC0415

    return _told("config diff", given, lambda: compare(given.left, given.right, _question(given)))


def _complexity(given: argparse.Namespace) -> int:
    from antifoul.gate.config.weighing import weigh  # noqa: PLC0415

    return _told("config complexity", given, lambda: weigh(given.place, _world(given, given.place)))


def _tree(given: argparse.Namespace) -> int:
    from antifoul.gate.config.lineage import bases_of, forest  # noqa: PLC0415

    if os.path.isfile(given.place):  # noqa: PTH113  as above
        return _told("config tree", given, lambda: bases_of(given.place))
    return _told("config tree", given, lambda: forest(given.place, _world(given, given.place)))


def _env(given: argparse.Namespace) -> int:
    from antifoul.gate.config.variables import variables  # noqa: PLC0415

    return _told("config env", given, lambda: variables(given.place, _world(given, given.place)))


def _add_docs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="CLASS", help="file.py:Class, package.module:Class, schema.json")
    parser.add_argument("--env-prefix", metavar="PREFIX", default="CONFIG", help="what its variables begin with")
    add_format(parser)


def _docs(given: argparse.Namespace) -> int:
    from antifoul.gate.config.reference import reference  # noqa: PLC0415

    given.format = given.format or ["markdown"]
    return _told("config docs", given, lambda: reference(given.name, _world(given, "."), given.env_prefix))


def _world(given: argparse.Namespace, place: str) -> "World":
    from antifoul.gate.survey import open_world  # noqa: PLC0415

    return open_world(place, getattr(given, "config", None), os.environ, progress(given))


COMMANDS = (
    Command("show", _add_show, _show, "Every value in force, with the layer, file and line that set it."),
    Command("why", _add_why, _why, "Who set a key, and over what."),
    Command("diff", _add_diff, _diff, "Two configs by their values in force."),
    Command("tree", add_place, _tree, "Which config is built on which."),
    Command("complexity", add_place, _complexity, "How hard each config is to hold in mind."),
    Command("docs", _add_docs, _docs, "The reference of a class of settings, as Markdown; it is not imported."),
    Command("env", add_place, _env, "Every environment variable that code, scripts and configs read."),
)
