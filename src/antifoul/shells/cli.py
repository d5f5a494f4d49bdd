"""The command line: `antifoul COMMAND`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from antifoul import __version__
from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.report import Look
from antifoul.shells import exits
from antifoul.shells.outputs import outputs_of, say, wants_colour, write
from antifoul.shells.progress import progress

if TYPE_CHECKING:
    from antifoul.gate.history import Watched
    from antifoul.gate.survey import World


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
    for name, (add, act, about) in _COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about, parents=[_common()])
        add(command)
        command.set_defaults(act=act)
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


def _look(given: argparse.Namespace) -> Look:
    return Look(
        colour=wants_colour(getattr(given, "color", "auto"), os.environ),
        quiet=getattr(given, "quiet", False),
        links=given.link_base,
    )


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        action="append",
        metavar="FORMAT[=FILE]",
        help="text (default), json, markdown and others, see docs/formats.md; repeatable, each with a file",
    )
    parser.add_argument(
        "--link-base",
        metavar="URL",
        default="",
        help="what Markdown links start with (default: relative to the repository)",
    )


def _add_check(parser: argparse.ArgumentParser) -> None:
    sides = parser.add_mutually_exclusive_group()
    sides.add_argument("--staged", action="store_true", help="judge the index against the last commit")
    sides.add_argument("--base", metavar="REV", help="judge what came since the merge base with REV")
    sides.add_argument("--diff", metavar="FILE", help="judge a unified diff; - reads it from standard input")
    parser.add_argument("--head", metavar="REV", help="with --base: up to REV instead of the work tree")
    parser.add_argument("--select", metavar="RULES", default="", help="only these rules, separated by commas")
    parser.add_argument("--ignore", metavar="RULES", default="", help="not these rules")
    parser.add_argument("--fail-on", choices=("error", "warning", "note"), help="what blocks (default: error)")
    parser.add_argument("--only-blocking", action="store_true", help="show only what blocks")
    parser.add_argument("--coverage", metavar="FILE", help="say which changed lines existing tests run")
    parser.add_argument("--all-rules", action="store_true", help="with --staged: also what usually waits for pre-push")
    parser.add_argument(
        "--settings-from",
        choices=("head", "base"),
        default="head",
        help="whose settings judge (default: head, the new)",
    )
    parser.add_argument("-C", dest="place", metavar="FOLDER", default=".", help="the repository around this folder")
    _add_format(parser)


def _check(given: argparse.Namespace) -> int:
    from antifoul.gate.change import Range, judge  # noqa: PLC0415  each command imports what it needs
    from antifoul.gate.check import Asked  # noqa: PLC0415
    from antifoul.reports.text import advice  # noqa: PLC0415

    outputs = outputs_of("check", given.format)
    by_base = given.settings_from == "base"
    wanted = Range(
        base=given.base,
        head=given.head,
        staged=given.staged,
        settings_file=getattr(given, "config", None),
        base_settings=by_base,
        diff=_diff(given.diff),
        coverage=given.coverage,
    )
    asked = Asked(
        _rules(given.select),
        _rules(given.ignore),
        given.fail_on,
        change_only=given.staged and not given.all_rules,
    )
    report = judge(given.place, wanted, asked, os.environ)
    if given.only_blocking:
        report = report.only_blocking()
    write("check", report, outputs, _look(given))
    if report.verdict == "fail":
        sys.stderr.write(advice(report))
        return exits.FINDINGS
    return exits.OK


def _diff(file: str | None) -> bytes | None:
    if file is None:
        return None
    if file == "-":
        return sys.stdin.buffer.read()
    from antifoul.readers.disk import read_regular  # noqa: PLC0415

    try:
        return read_regular(file)
    except ReadError as problem:
        raise UsageError(f"--diff {file}: {problem}") from None


def _rules(listed: str) -> tuple[str, ...]:
    from antifoul.rules.registry import entry_of  # noqa: PLC0415

    return tuple(entry_of(name.strip()).name for name in listed.split(",") if name.strip())


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", nargs="?", default=".", metavar="PATH", help="a folder or file (default: here)")
    _add_format(parser)


def _add_survey(parser: argparse.ArgumentParser) -> None:
    _add_place(parser)
    parser.add_argument("--blame", action="store_true", help="say who wrote each marker, and when")


def _survey(given: argparse.Namespace) -> int:
    from antifoul.gate.survey import survey  # noqa: PLC0415

    return _tell("survey", given, lambda: survey(_world(given), with_blame=given.blame))


def _add_report(parser: argparse.ArgumentParser) -> None:
    _add_place(parser)
    _add_weeks(parser)


def _report(given: argparse.Namespace) -> int:
    from antifoul.gate.report import report  # noqa: PLC0415

    return _tell("report", given, lambda: report(_world(given), weeks=_weeks(given)))


def _duplicates(given: argparse.Namespace) -> int:
    from antifoul.gate.survey import survey  # noqa: PLC0415

    return _tell("duplicates", given, lambda: survey(_world(given)).duplication)


def _add_weeks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all-history", action="store_true", help="read all of it, not only the last 104 weeks")


def _add_watch(parser: argparse.ArgumentParser) -> None:
    _add_place(parser)
    _add_weeks(parser)
    parser.add_argument("--as-of", metavar="REV|DATE", help="as it was then: nothing later is seen")


def _hotspots(given: argparse.Namespace) -> int:
    from antifoul.gate.history import hotspots  # noqa: PLC0415

    return _tell("hotspots", given, lambda: hotspots(_watched(given)))


def _trend(given: argparse.Namespace) -> int:
    from antifoul.gate.history import trend  # noqa: PLC0415

    return _tell("trend", given, lambda: trend(_watched(given)))


def _world(given: argparse.Namespace) -> "World":
    from antifoul.gate.survey import open_world  # noqa: PLC0415

    return open_world(given.place, getattr(given, "config", None), os.environ, progress(given))


def _watched(given: argparse.Namespace) -> "Watched":
    from antifoul.gate.change import repository, settings_in_folder  # noqa: PLC0415
    from antifoul.gate.history import Watched  # noqa: PLC0415

    git = repository(given.place, os.environ)
    settings = settings_in_folder(git.root, getattr(given, "config", None))
    return Watched(git, settings, os.environ, given.as_of, _weeks(given), progress(given))


def _weeks(given: argparse.Namespace) -> int:
    from antifoul.gate.history import WEEKS  # noqa: PLC0415

    return 0 if given.all_history else WEEKS


def _tell(command: str, given: argparse.Namespace, work: "Callable[[], object]") -> int:
    """Check the outputs first, then do the work and tell it."""
    outputs = outputs_of(command, given.format)
    write(command, work(), outputs, _look(given))
    return exits.OK


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE")


def _explain(given: argparse.Namespace) -> int:
    import inspect  # noqa: PLC0415

    from antifoul.rules.registry import entry_of, load  # noqa: PLC0415

    rule = load(entry_of(given.rule))
    say(f"{rule.entry.name} ({rule.entry.severity}, cost: {rule.entry.cost})\n\n{inspect.cleandoc(rule.doc)}\n")
    return exits.OK


def _add_rules(_: argparse.ArgumentParser) -> None: ...


def _list_rules(_: argparse.Namespace) -> int:
    from antifoul.rules.registry import index  # noqa: PLC0415

    width = max(len(entry.name) for entry in index())
    for entry in index():
        say(f"{entry.name:{width}}  {entry.severity:7}  {entry.cost:6}  {entry.summary}\n")
    return exits.OK


_COMMANDS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int], str]] = {
    "check": (_add_check, _check, "Judge what a change adds, and only that."),
    "survey": (_add_survey, _survey, "Count a tree: complexity, size, markers, coverage, health."),
    "report": (
        _add_report,
        _report,
        "The main job: health, what to do next, and the ten places that matter.",
    ),
    "hotspots": (_add_watch, _hotspots, "Rank files by where the next bugs will be, from the history."),
    "trend": (_add_watch, _trend, "Where debt has been going, and what to expect."),
    "duplicates": (_add_place, _duplicates, "Exact copies of functions."),
    "explain": (_add_explain, _explain, "What a rule finds, why it hurts, and what to do."),
    "rules": (_add_rules, _list_rules, "Every rule, with its severity and cost."),
}

if __name__ == "__main__":
    sys.exit(main())
