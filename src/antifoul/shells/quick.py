"""The hook's own door: decides from git's diff whether any rule could have something to say, before it imports more.

`antifoul-hook` judges the index, or the pushed range where a hook manager names one. It is silent when it
finds nothing. `antifoul-hook GROUP` asks only the rules of that group; any option makes it the same as
`antifoul check --staged` with that option. `branch-name` and `commit-msg` judge names.
"""

from __future__ import annotations

import gc
import os
import sys

from antifoul.facts.roles import SCRIPTS, TEXTS, is_gate
from antifoul.readers.git import DIFF, Git

# What rules read: Python by its ending, files without one (a shebang may say Python), configs, gates' settings.
_NAMING = ("branch-name", "commit-msg")
_READ = (".py", ".pyi", ".yaml", ".yml", ".toml", ".json")


def main() -> int:
    """Judge the change that is about to be committed or pushed; return the exit status."""
    select: tuple[str, ...] = ()
    arguments = sys.argv[1:]
    if arguments:
        if arguments[0] in _NAMING:
            from antifoul.shells.naming import main as naming  # noqa: PLC0415  as rare as it is said

            return naming(arguments[0], arguments[1:])
        from antifoul.rules.groups import rules_of  # noqa: PLC0415  the combined hook names no group

        select = rules_of(arguments[0])
        if not select and not arguments[0].startswith("-"):
            return _no_group(arguments[0])
        if not select or arguments[1:]:
            return _whole(select, arguments[1:] if select else arguments)
    gc.disable()  # a process this short has no garbage worth looking for
    pushed = _is_pushed()
    listing = None if pushed else _listing()
    if listing == b"":
        return _nothing_staged(select)
    if listing is not None and not any(_is_read(name, listing) for name in _names(listing)):
        return 0
    from antifoul.shells.exits import guarded  # noqa: PLC0415  only where there is something to judge

    return guarded(lambda: _judge(listing, select, pushed=pushed))


def _is_pushed() -> bool:
    return bool(os.environ.get("PRE_COMMIT_FROM_REF") and os.environ.get("PRE_COMMIT_TO_REF"))


def _nothing_staged(select: tuple[str, ...]) -> int:
    """Over all files in a pipeline that names its base, judge that change; elsewhere say that none was judged."""
    if os.environ.get("GITHUB_BASE_REF") or os.environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        from antifoul.shells.exits import guarded  # noqa: PLC0415  never on a commit

        return guarded(lambda: _judge_request(select))
    if not os.environ.get("GIT_INDEX_FILE"):  # `git commit` sets it: an empty commit, or a message amended
        sys.stdout.write(
            "antifoul: nothing is staged, so nothing was judged; `antifoul check --base REV` judges a branch\n"
        )
    return 0


def _judge_request(select: tuple[str, ...]) -> int:
    from antifoul.facts.errors import UsageError  # noqa: PLC0415  never on a commit

    try:
        return _judge(None, select, pushed=True)
    except UsageError as problem:
        # A run over all files promises no more than that no old debt blocks; a clone without its base must not either.
        sys.stdout.write(
            f"antifoul: the change was not judged: {problem}\n" + "".join(f"  {one}\n" for one in problem.remedies)
        )
        return 0


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


def _is_read(path: str, listing: bytes) -> bool:
    if path.endswith(TEXTS):  # only where a line with a flag comes or goes
        return any(line[:1] in b"+-" and b" --" in line for line in listing.split(b"\n"))
    return path.endswith((*_READ, *SCRIPTS)) or "." not in path.rpartition("/")[2] or is_gate(path)


def _judge(listing: bytes | None, select: tuple[str, ...], *, pushed: bool) -> int:
    from antifoul.facts.report import Look  # noqa: PLC0415
    from antifoul.gate.change import Range, judge  # noqa: PLC0415
    from antifoul.gate.check import Asked  # noqa: PLC0415
    from antifoul.reports.text import advice, render_check  # noqa: PLC0415
    from antifoul.shells.outputs import say, wants_colour  # noqa: PLC0415

    asked = Asked(select=select, change_only=not pushed and not select)  # a group that was asked for is not put off
    report = judge(".", Range(staged=not pushed, listing=listing), asked, os.environ)
    if not report.findings and not report.skipped:
        return 0
    say(render_check(report, Look(colour=wants_colour("auto", os.environ))))
    sys.stdout.flush()
    if report.verdict == "fail":
        sys.stderr.write(advice(report, "-".join(("antifoul", *sys.argv[1:]))))
        return 1
    return 0


def _no_group(name: str) -> int:
    from antifoul.rules.groups import GROUPS  # noqa: PLC0415  for a wrong name alone

    known = ", ".join((*GROUPS, *_NAMING))
    sys.stderr.write(f"antifoul: there is no group of rules {name!r}\n  antifoul-hook knows {known}\n")
    return 2


def _whole(select: tuple[str, ...], arguments: list[str]) -> int:
    """With options the same as `antifoul check`, of the index unless they or a hook manager name a range."""
    from antifoul.shells.cli import main as whole  # noqa: PLC0415

    ranged = _is_pushed() or any(one.split("=")[0] in {"--base", "--diff", "--staged"} for one in arguments)
    chosen = [f"--select={','.join(select)}"] if select else []
    return whole(["check", "--unless-clean", *([] if ranged else ["--staged"]), *chosen, *arguments])


if __name__ == "__main__":
    sys.exit(main())
