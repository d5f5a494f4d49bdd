"""Where a rendered report goes: standard output, or the files that `--format FORMAT=FILE` names."""

from __future__ import annotations

import os
import sys

from antifoul.facts.errors import UsageError
from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from antifoul.facts.report import Look


_WITH_TEMPLATE = ("markdown", "comment", "html")


class Output(NamedTuple):
    """One `--format`: the format's name and the file, "" for standard output."""

    format: str
    file: str


def outputs_of(command: str, given: list[str] | None) -> tuple[Output, ...]:
    """The outputs that the command line asks for, checked before any work is done.

    Raises:
        UsageError: the command has no such format, or two of them want standard output.
    """
    from antifoul.reports.formats import renderer  # noqa: PLC0415  the hook prints text alone

    outputs = tuple(Output(name, file) for name, _, file in (one.partition("=") for one in given or ["text"]))
    for output in outputs:
        renderer(command, output.format)
        folder = os.path.dirname(output.file)  # noqa: PTH120  hot path
        if folder and not os.path.isdir(folder):  # noqa: PTH112  hot path
            raise UsageError(f"--format {output.format}={output.file}: there is no folder {folder!r}")
    if sum(not output.file for output in outputs) > 1:
        raise UsageError("only one --format can go to standard output").with_remedy("give the others a file: json=FILE")
    return outputs


def write(
    command: str,
    report: Any,  # noqa: ANN401  any report
    outputs: tuple[Output, ...],
    look: Look,
    template: Callable[[str], str] | None = None,
) -> None:
    """Render the report in each format and write it where it belongs. `template` gives the text for a format.

    Raises:
        UsageError: a file cannot be written.
    """
    from antifoul.reports.formats import renderer  # noqa: PLC0415  as above

    for output in outputs:
        if output.format in _WITH_TEMPLATE:
            from antifoul.gate.templates import our_template  # noqa: PLC0415  only for pages

            look = look._replace(template=(template or our_template)(output.format))
        if output.format == "html":
            from antifoul.gate.library import page_parts  # noqa: PLC0415  as above

            look = look._replace(parts=page_parts())
        if output.file:
            text = renderer(command, output.format)(report, look._replace(colour=False, quiet=False))
            try:
                with open(output.file, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:  # noqa: PTH123  hot path
                    file.write(text)
            except OSError as problem:
                raise UsageError(f"{output.file} cannot be written: {problem.strerror}") from None
        else:
            say(renderer(command, output.format)(report, look))


def say(text: str) -> None:
    """Write to standard output as UTF-8, whatever the locale: a name that it cannot hold must not end the report."""
    sys.stdout.flush()
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:
        sys.stdout.write(text)
    else:
        raw.write(text.encode("utf-8", "backslashreplace"))
        raw.flush()


def wants_colour(choice: str, environ: Mapping[str, str]) -> bool:
    """Whether to colour standard output: as asked, else as NO_COLOR, FORCE_COLOR and the terminal say."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and environ.get("TERM") != "dumb"
