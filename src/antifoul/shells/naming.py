"""`antifoul-hook branch-name [PATTERN...]` and `antifoul-hook commit-msg [PATTERN...] FILE`."""

from __future__ import annotations

import os
import sys

from antifoul.facts.errors import UsageError
from antifoul.gate.change import repository
from antifoul.gate.naming import judge_branch, judge_message
from antifoul.shells.exits import FINDINGS, OK, guarded


def main(what: str, given: list[str]) -> int:
    """Judge the branch's name or the commit's message; return the exit status."""
    return guarded(lambda: _judge(what, tuple(given)))


def _judge(what: str, given: tuple[str, ...]) -> int:
    git = repository(".", os.environ)
    if what == "branch-name":
        passes, said = judge_branch(git, given, os.environ)
    elif not given:
        raise UsageError("commit-msg needs the file with the message").with_remedy(
            "it is a hook of the stage commit-msg"
        )
    else:
        passes, said = judge_message(git, given[-1], given[:-1])
    if said:
        (sys.stdout if passes else sys.stderr).write(f"{said}\n")
    return OK if passes else FINDINGS
