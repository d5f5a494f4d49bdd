"""The hook's own door: decides from git's diff whether any rule could have something to say, before it imports more.

`antifoul-hook` judges the index, or the pushed range where a hook manager names one. It is silent when it
finds nothing. Any argument makes it the same as `antifoul check --staged` with that argument.
"""

from __future__ import annotations

import gc
import os
import sys

from antifoul.facts.roles import is_gate
from antifoul.readers.git import DIFF, Git

# What rules read: Python by its ending, files without one (a shebang may say Python), configs, gates' settings.
_READ = (".py", ".pyi", ".yaml", ".yml", ".toml", ".json")


def main() -> int:
    """Judge the change that is about to be committed or pushed; return the exit status."""
    if sys.argv[1:]:
        return _whole(sys.argv[1:])
    gc.disable()  # a process this short has no garbage worth looking for
    pushed = bool(os.environ.get("PRE_COMMIT_FROM_REF") and os.environ.get("PRE_COMMIT_TO_REF"))
    listing = None if pushed else _listing()
    if listing is not None and not any(map(_is_read, _names(listing))):
        return 0
    from antifoul.shells.exits import guarded  # noqa: PLC0415  only where there is something to judge

    return guarded(lambda: _judge(listing, pushed=pushed))


def _listing() -> bytes | None:
    """How the index differs from the last commit; None when that cannot be told here: the long way says why."""
    from antifoul.facts.errors import AntifoulError  # noqa: PLC0415  a name for what may come

    try:
        outcome = Git(".", os.environ).try_run("diff-index", "--cached", "--no-relative", *DIFF, "HEAD", "--")
    except AntifoulError:
        return None
    return outcome.out if outcome.code == 0 else None


def _names(listing: bytes) -> list[str]:
    """The paths of the raw rows; they stand before the patches, after an empty field."""
    rows = listing.partition(b"\0\0")[0].split(b"\0")
    return [row.decode("utf-8", "surrogateescape") for row in rows if row and not row.startswith(b":")]


def _is_read(path: str) -> bool:
    return path.endswith(_READ) or "." not in path.rpartition("/")[2] or is_gate(path)


def _judge(listing: bytes | None, *, pushed: bool) -> int:
    from antifoul.facts.report import Look  # noqa: PLC0415
    from antifoul.gate.change import Range, judge  # noqa: PLC0415
    from antifoul.gate.check import Asked  # noqa: PLC0415
    from antifoul.reports.text import advice, render_check  # noqa: PLC0415
    from antifoul.shells.outputs import say, wants_colour  # noqa: PLC0415

    report = judge(".", Range(staged=not pushed, listing=listing), Asked(change_only=not pushed), os.environ)
    if not report.findings and not report.skipped:
        return 0
    say(render_check(report, Look(colour=wants_colour("auto", os.environ))))
    sys.stdout.flush()
    if report.verdict == "fail":
        sys.stderr.write(advice(report))
        return 1
    return 0


def _whole(arguments: list[str]) -> int:
    from antifoul.shells.cli import main as whole  # noqa: PLC0415

    return whole(["check", *([] if "--base" in arguments else ["--staged"]), *arguments])


if __name__ == "__main__":
    sys.exit(main())
