"""The hook's own door: decides from git's diff whether any rule could have something to say, before it imports more.

`antifoul-hook` judges the index, or the pushed range where a hook manager names one. It is silent when it
finds nothing. Any argument makes it the same as `antifoul check --staged` with that argument.
"""

import os
import sys

from antifoul.readers.environment import environment
from antifoul.readers.spawn import spawn

# What rules read: Python by its ending, files without one (a shebang may say Python), configs, our own
# settings.
_READ = (b".py", b".pyi", b".yaml", b".yml", b".toml", b".json")


def main() -> int:
    """Judge the change that is about to be committed or pushed; return the exit status."""
    if sys.argv[1:]:
        return _whole(sys.argv[1:])
    if not os.environ.get("PRE_COMMIT_FROM_REF") and not _may_concern_a_rule():
        return 0
    from antifoul.shells.exits import guarded  # noqa: PLC0415  only where there is something to judge

    return guarded(_judge)


def _may_concern_a_rule() -> bool:
    """The index differs from the last commit in a file that rules read; True when that cannot be told quickly."""
    listing = [
        "git",
        "-c",
        "core.fsmonitor=false",
        "diff-index",
        "--cached",
        "--raw",
        "-z",
        "--no-renames",
        "HEAD",
        "--",
    ]
    try:
        outcome = spawn(listing, environment(os.environ))
    except OSError:
        return True
    if outcome.code != 0:
        return True  # nothing committed yet, or no repository: the long way says which
    names = outcome.out.split(b"\0")[1::2]
    return any(name.endswith(_READ) or b"." not in name.rpartition(b"/")[2] for name in names)


def _judge() -> int:
    from antifoul.facts.report import Look  # noqa: PLC0415
    from antifoul.gate.change import Range, judge  # noqa: PLC0415
    from antifoul.gate.check import Asked  # noqa: PLC0415
    from antifoul.reports.text import advice, render_check  # noqa: PLC0415
    from antifoul.shells.outputs import say, wants_colour  # noqa: PLC0415

    pushed = bool(os.environ.get("PRE_COMMIT_FROM_REF") and os.environ.get("PRE_COMMIT_TO_REF"))
    report = judge(".", Range(staged=not pushed), Asked(change_only=not pushed), os.environ)
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
