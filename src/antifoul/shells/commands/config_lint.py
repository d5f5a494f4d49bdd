"""`antifoul config lint`."""

import argparse
import os

from antifoul.facts.errors import UsageError
from antifoul.shells import exits
from antifoul.shells.commands.asking import Command, add_place, look_of
from antifoul.shells.outputs import outputs_of, say, write


def _add_lint(parser: argparse.ArgumentParser) -> None:
    add_place(parser)
    parser.add_argument("--fail-on", choices=("error", "warning", "note"), help="what blocks (default: error)")
    parser.add_argument("--show-schema", metavar="FILE", help="say by which schema a config is judged, and why")
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="LIBRARY==VERSION",
        help="judge by that version of a library, out of the schema atlas",
    )


def _lint(given: argparse.Namespace) -> int:
    from antifoul.gate.lint.run import lint as judge  # noqa: PLC0415  each command imports what it needs
    from antifoul.gate.lint.run import schema_of  # noqa: PLC0415
    from antifoul.gate.survey import open_world  # noqa: PLC0415

    outputs = outputs_of("config lint", given.format)
    world = open_world(given.place, getattr(given, "config", None), os.environ)
    if given.show_schema:
        say(schema_of(world, os.path.relpath(os.path.realpath(given.show_schema), world.root)))
        return exits.OK
    report = judge(world, fail_on=given.fail_on, against=_versions(given.against))
    write("config lint", report, outputs, look_of(given))
    return exits.FINDINGS if report.verdict == "fail" else exits.OK


def _versions(given: list[str]) -> dict[str, str]:
    versions = {}
    for one in given:
        name, sign, version = one.partition("==")
        if not sign or not version:
            raise UsageError(f"--against {one}: write LIBRARY==VERSION, as in --against trl==0.24")
        versions[name.strip()] = version.strip()
    return versions


COMMANDS = (Command("lint", _add_lint, _lint, "Find the keys, flags and names that nothing takes."),)
