"""The text of a page's template: our own, or one of the user's, from settings that the judged change cannot write."""

from __future__ import annotations

import os
import posixpath

from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.paths import visible
from antifoul.gate.change import settings_in_folder, settings_of
from antifoul.readers.disk import read_regular
from antifoul.readers.templates import default_template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from antifoul.readers.git import Git

# format -> the kind of page, whose template it fills
KINDS = {"markdown": "markdown", "comment": "markdown", "html": "html"}
_OURS = {"markdown": "page.md.j2", "html": "page.html.j2"}
_SIZE = 1_000_000  # bytes


def our_template(name: str) -> str:
    """The template that comes with antifoul, for a format that has one."""
    return default_template(_OURS[KINDS[name]])


def template_from_settings(name: str, settings_file: str) -> str | None:
    """The template that a settings file on the command line names, beside that file; None where it names none.

    Raises:
        UsageError: the template cannot be read.
    """
    wanted = settings_in_folder(".", settings_file).templates.get(KINDS[name])
    if not wanted:
        return None
    return template_in_file(os.path.join(os.path.dirname(settings_file), wanted))  # noqa: PTH118, PTH120


def template_from_base(name: str, git: Git, base: str) -> str | None:
    """The template that the base of a change names, as it was there; None where it names none.

    Raises:
        UsageError: the base has no such file.
    """
    wanted = settings_of(git, base, None).templates.get(KINDS[name])
    if not wanted:
        return None
    data = git.content(f"{base}:{posixpath.normpath(wanted)}")
    if data is None:
        raise UsageError(f"report.{KINDS[name]} names {visible(wanted)!r}, and the base has no such file")
    return _text(data, wanted)


def template_in_file(file: str) -> str:
    """The template in a file.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return _text(read_regular(file, _SIZE), file)
    except ReadError as problem:
        raise UsageError(f"the template {visible(file)}: {problem}") from None


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"the template {visible(name)} is not UTF-8") from None
