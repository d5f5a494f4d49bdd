"""`antifoul fix`: mend what can be proved to be right."""

import argparse
import contextlib
import os
import sys
import tempfile

from antifoul.facts.errors import UsageError
from antifoul.facts.mending import Mended, Mending
from antifoul.shells import exits
from antifoul.shells.commands.asking import Command, add_place, look_of
from antifoul.shells.outputs import outputs_of, write
from antifoul.shells.progress import progress


def _add_fix(parser: argparse.ArgumentParser) -> None:
    add_place(parser)
    parser.add_argument("--only", metavar="FIXES", default="", help="only these fixes, separated by commas")
    parser.add_argument("--unsafe", action="store_true", help="also what moves output: print to the module's logger")
    parser.add_argument("--write", action="store_true", help="apply the difference that is shown")
    parser.add_argument("--dirty", action="store_true", help="with --write: files with uncommitted changes too")


def _fix(given: argparse.Namespace) -> int:
    from antifoul.gate.fix import Asked, chosen, fix, place_of  # noqa: PLC0415  each command imports what it needs
    from antifoul.gate.survey import open_world  # noqa: PLC0415
    from antifoul.reports.mending import summary  # noqa: PLC0415

    outputs = outputs_of("fix", given.format)
    names = chosen(given.only, unsafe=given.unsafe)
    world = open_world(given.place, getattr(given, "config", None), os.environ, progress(given))
    found = fix(world, Asked(names, given.dirty))
    found = found._replace(written=given.write)
    write("fix", found, outputs, look_of(given))
    if given.write:
        for mended in _writable(found):
            _replace(place_of(world, mended), mended.after)
    if not getattr(given, "quiet", False):
        sys.stderr.write(summary(found))
    return exits.FINDINGS if given.write and found.refused else exits.OK


def _writable(found: Mending) -> tuple[Mended, ...]:
    return tuple(one for one in found.files if one.fixes and not one.refused)


def _replace(place: str, data: bytes) -> None:
    """Write beside the file and put it in its place, with its permissions: a broken write leaves the old one whole."""
    folder = os.path.dirname(place)  # noqa: PTH120  bytes in names
    try:
        handle, beside = tempfile.mkstemp(dir=folder, prefix=".antifoul-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(beside, os.stat(place).st_mode & 0o7777)  # noqa: PTH101, PTH116  bytes in names
            os.replace(beside, place)  # noqa: PTH105  bytes in names
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(beside)  # noqa: PTH108  bytes in names
            raise
    except OSError as problem:
        raise UsageError(f"{place} cannot be written: {problem.strerror}") from None


COMMANDS = (
    Command("fix", _add_fix, _fix, "Mend what can be proved to be right: a difference first, --write applies it."),
)
