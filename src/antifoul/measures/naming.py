"""Whether a branch or a commit message is named as the repository wants it. Nothing is wanted until it says so."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import NamedTuple

from antifoul.facts.errors import UsageError

_WORDS = r"[A-Za-z0-9][\w.+-]*(?:/[\w.+-]+)*"
_DATE = r"20\d{2}(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
_TYPES = "build|chore|ci|config|data|docs|eval|exp|feat|fix|perf|refactor|revert|style|test"


class Preset(NamedTuple):
    """A pattern with a name, and what it looks like."""

    pattern: str
    example: str


BRANCHES = {
    "feature": Preset(rf"(?:feature|feat)/{_WORDS}", "feature/packed-loss"),
    "fix": Preset(rf"(?:fix|bugfix|hotfix)/{_WORDS}", "fix/pad-mask"),
    "exp": Preset(rf"exp/{_DATE}-{_WORDS}", "exp/2026-11-03-dpo-beta"),
    "dev": Preset(rf"dev/[A-Za-z0-9][\w.+-]*/{_WORDS}", "dev/ada/long-context"),
    "research": Preset(rf"research/{_WORDS}", "research/reward-hacking"),
    "release": Preset(r"release/v?\d[\w.+-]*", "release/1.4"),
}
# Branches that people do not name: the main line, and what platforms and their bots make.
_FREE = re.compile(
    r"main|master|trunk|develop|dev|gh-pages|gh-readonly-queue/.*|dependabot/.*|renovate/.*|revert-\d+-.*"
    r"|pre-commit-ci-update-config"
)
MESSAGES = {
    "conventional": Preset(rf"(?:{_TYPES})(?:\([^()\n]+\))?!?: \S.*", "fix(dpo): mask the prompt"),
    "tagged": Preset(r"(?:\[[^\]\n]+\])+ ?\S.*", "[GRPO] drop groups without a signal"),
}
# These do not say what a subject looks like: each is asked for besides the others.
DEMANDS = {
    "ticket": "names no ticket: #123 or ABC-123",
    "short": "has a subject of more than 72 characters, or one that ends in a full stop",
    "blank-line": "has no empty line after its subject",
}
_TICKET = re.compile(r"(?:^|[\s(\[])(?:#\d+|[A-Z][A-Z0-9]+-\d+)\b")
_SUBJECT = 72
_MADE_BY_GIT = ("Merge ", 'Revert "', 'Reapply "', "fixup! ", "squash! ", "amend! ")
_SCISSORS = "------------------------ >8 ------------------------"


def branch_problem(name: str, wanted: tuple[str, ...]) -> str:
    """What is wrong with a branch's name, "" where nothing is.

    Raises:
        UsageError: a pattern is neither a preset nor a regular expression.
    """
    patterns = [_compiled(one, BRANCHES, "branches") for one in wanted]
    if _FREE.fullmatch(name) or any(pattern.fullmatch(name) for pattern in patterns):
        return ""
    return f"matches none of {_listed(wanted, BRANCHES)}"


def message_problem(text: str, wanted: tuple[str, ...]) -> str:
    """What is wrong with a commit message, "" where nothing is. Of several forms of a subject one is enough.

    Raises:
        UsageError: a pattern is neither a preset nor a regular expression.
    """
    subject, _, rest = text.partition("\n")
    forms = tuple(one for one in wanted if one not in DEMANDS)
    patterns = [_compiled(one, {**MESSAGES, **dict.fromkeys(DEMANDS, Preset("", ""))}, "messages") for one in forms]
    if subject.startswith(_MADE_BY_GIT):
        return ""
    kept = {
        "ticket": bool(_TICKET.search(text)),
        "short": len(subject) <= _SUBJECT and not subject.endswith("."),
        "blank-line": not rest or rest.startswith("\n"),
    }
    broken = [DEMANDS[one] for one in wanted if not kept.get(one, True)]
    if patterns and not any(pattern.fullmatch(subject) for pattern in patterns):
        broken.insert(0, f"has a subject that matches none of {_listed(forms, MESSAGES)}")
    return "; ".join(broken)


def message_of(text: str, sign: str = "#") -> str:
    """The message as git will keep it: without comments, without what lies below the scissors."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line == f"{sign} {_SCISSORS}":
            break
        # `#12 pad the mask` is a subject: git comments out its own help as `# `.
        if line.startswith(sign) and (line == sign or line[len(sign)] in " \t"):
            continue
        lines.append(line.rstrip())
    return "\n".join(lines).strip("\n")


def _compiled(pattern: str, presets: dict[str, Preset], what: str) -> re.Pattern[str]:
    if pattern in presets:
        return re.compile(presets[pattern].pattern)
    if pattern.isalpha() and (close := get_close_matches(pattern, presets, n=1, cutoff=0.8)):
        raise UsageError(f"naming.{what} has no preset {pattern!r}: did you mean {close[0]!r}?")
    try:
        return re.compile(pattern)
    except re.error as problem:
        raise UsageError(f"naming.{what}: {pattern!r} is no regular expression: {problem}").with_remedy(
            f"presets are {', '.join(presets)}; everything else is a regular expression for the whole name"
        ) from None


def _listed(wanted: tuple[str, ...], presets: dict[str, Preset]) -> str:
    return ", ".join(f"{one} ({presets[one].example})" if one in presets else one for one in wanted)
