"""What a rule says, and what the gate makes of it."""

from __future__ import annotations

from antifoul.facts.paths import RepoPath, to_bytes
from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal, TypeAlias


Severity: TypeAlias = "Literal['error', 'warning', 'note']"
Verdict: TypeAlias = "Literal['pass', 'fail', 'skipped']"

_MOST = 1000  # characters of a message
LATER = "runs at pre-push/CI"  # why the commit hook leaves a rule out

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


def at_least(severity: Severity, limit: Severity) -> bool:
    """The severity is as grave as the limit, or graver."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(limit)


class Hit(NamedTuple):
    """One place that a rule points at. Lines count from 1, as git counts them; columns count characters from 1."""

    line: int
    message: str
    column: int = 1
    end_line: int = 0  # 0: the same as line
    symbol: str = ""  # the qualified name of the definition around it, "" for the module
    anchor: str = ""  # what it is anchored to, without layout: two hits with one anchor are the same debt
    severity: Severity | None = None  # None: the rule's own
    path: RepoPath = ""  # "": the path of the fact judged
    anchor_end: int = 0  # the last line of what it is anchored to, 0: the same as line


class Finding(NamedTuple):
    """A hit with all that a report needs. `blocking` says that it decides the exit code."""

    rule: str
    path: RepoPath
    line: int
    end_line: int
    column: int
    severity: Severity
    message: str
    symbol: str
    fingerprint: str
    blocking: bool


class Skip(NamedTuple):
    """Something that should have been judged and could not be."""

    path: RepoPath
    reason: str
    line: int = 0  # 0: the whole file


class RuleVerdict(NamedTuple):
    """What came of one rule. `reason` is given when it was skipped, in whole or for some files."""

    id: str
    verdict: Verdict
    findings: int
    reason: str | None


class Placed(NamedTuple):
    """A hit with its rule and path."""

    rule: str
    path: RepoPath
    hit: Hit
    severity: Severity


def settle(placed: Iterable[Placed], fail_on: Severity) -> tuple[Finding, ...]:
    """The findings in stable order, each with a fingerprint.

    The fingerprint is a hash of rule, path, symbol, anchor and the ordinal among equals in the symbol, so
    that it survives moved lines and is unique.
    """
    ordered = sorted(placed, key=lambda p: (p.path, p.hit.line, p.hit.column, p.rule, p.hit.message))
    seen: dict[tuple[str, RepoPath, str, str], int] = {}
    findings = []
    for rule, path, hit, severity in ordered:
        key = (rule, path, hit.symbol, hit.anchor)
        ordinal = seen[key] = seen.get(key, -1) + 1
        findings.append(
            Finding(
                rule,
                path,
                hit.line,
                max(hit.end_line, hit.line),
                hit.column,
                severity,
                _bounded(hit.message),
                hit.symbol,
                _fingerprint(*key, ordinal),
                at_least(severity, fail_on),
            )
        )
    return tuple(findings)


def _bounded(message: str) -> str:
    """The message; a name of thousands of characters in it must not make a report that no platform takes."""
    return message if len(message) <= _MOST else f"{message[: _MOST - 1]}…"


def _fingerprint(rule: str, path: RepoPath, symbol: str, anchor: str, ordinal: int) -> str:
    try:  # a clean hook run has no finding and pays for neither; hashlib also loads OpenSSL, for 3 ms
        from _blake2 import blake2b  # noqa: PLC0415
    except ImportError:
        from hashlib import blake2b  # noqa: PLC0415

    parts = (
        rule.encode(),
        to_bytes(path),
        symbol.encode(),
        anchor.encode("utf-8", "surrogatepass"),
        b"%d" % ordinal,
    )
    return blake2b(b"\0".join(parts), digest_size=10).hexdigest()
