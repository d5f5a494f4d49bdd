"""`antifoul check`: judge a change."""

import argparse
import os
import sys

from antifoul.facts.errors import ReadError, UsageError
from antifoul.shells import exits
from antifoul.shells.commands.asking import Command, add_format, look_of, templates_of
from antifoul.shells.outputs import outputs_of, write

_FOR_PEOPLE = ("markdown", "comment")  # formats that also tell what else a change alters


def _add_check(parser: argparse.ArgumentParser) -> None:
    sides = parser.add_mutually_exclusive_group()
    sides.add_argument("--staged", action="store_true", help="judge the index against the last commit")
    sides.add_argument("--base", metavar="REV", help="judge what came since the merge base with REV")
    sides.add_argument("--diff", metavar="FILE", help="judge a unified diff; - reads it from standard input")
    parser.add_argument("--head", metavar="REV", help="with --base: up to REV instead of the work tree")
    parser.add_argument("--select", metavar="RULES", default="", help="only these rules or groups of them, by commas")
    parser.add_argument("--ignore", metavar="RULES", default="", help="not these rules")
    parser.add_argument("--paths", metavar="GLOBS", default="", help="only files that match one of these, by commas")
    parser.add_argument("--fail-on", choices=("error", "warning", "note"), help="what blocks (default: error)")
    parser.add_argument("--only-blocking", action="store_true", help="show only what blocks")
    parser.add_argument("--coverage", metavar="FILE", help="say which changed lines existing tests run")
    parser.add_argument(
        "--smoke", metavar="FILE", help="what `pytest --llm-smoke-compare` wrote: Markdown tells where training parts"
    )
    parser.add_argument("--all-rules", action="store_true", help="with --staged: also what usually waits for pre-push")
    parser.add_argument(
        "--settings-from",
        choices=("head", "base"),
        default="head",
        help="whose settings judge (default: head, the new)",
    )
    parser.add_argument("--unless-clean", action="store_true", help=argparse.SUPPRESS)  # for hooks: silent then
    parser.add_argument("-C", dest="place", metavar="FOLDER", default=".", help="the repository around this folder")
    add_format(parser)


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
        paths=tuple(one.strip() for one in given.paths.replace("\n", ",").split(",") if one.strip()),
        smoke=given.smoke,
        with_altered=any(output.format in _FOR_PEOPLE for output in outputs),
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
    if given.unless_clean and not report.findings and not report.skipped:
        outputs = tuple(output for output in outputs if output.file)
    template = templates_of(given, (lambda name: _template(given, name, report.base)) if by_base else None)
    write("check", report, outputs, look_of(given), template)
    if report.verdict == "fail":
        sys.stderr.write(advice(report))
        return exits.FINDINGS
    return exits.OK


def _template(given: argparse.Namespace, name: str, base: str) -> str | None:
    from antifoul.gate.change import repository  # noqa: PLC0415
    from antifoul.gate.templates import template_from_base  # noqa: PLC0415

    return template_from_base(name, repository(given.place, os.environ), base)


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
    """The rules of a list of rules and groups; whether there are such rules is known once the settings are read."""
    from antifoul.rules.groups import rules_of  # noqa: PLC0415

    names = [name.strip() for name in listed.split(",") if name.strip()]
    return tuple(rule for name in names for rule in rules_of(name) or (name,))


COMMANDS = (Command("check", _add_check, _check, "Judge what a change adds, and only that."),)
