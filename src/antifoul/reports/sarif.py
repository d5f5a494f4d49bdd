"""SARIF 2.1.0, for code scanning and editors."""

from inspect import cleandoc
from typing import Any
from urllib.parse import quote_from_bytes
from zlib import compress

from antifoul import __version__
from antifoul.facts.finding import SEVERITIES, Finding, Skip
from antifoul.facts.paths import shown, to_bytes, visible
from antifoul.facts.report import CheckReport, Look
from antifoul.reports.as_json import dump
from antifoul.rules.registry import Entry, index, load

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RESULTS = 25_000  # code scanning refuses a run with more
_BYTES = 9_500_000  # compressed: it refuses a file over 10 MB
_NOTES = 1000  # skipped files that are named
_NAME = 1000  # characters of a symbol
_LEVELS = {"error": "error", "warning": "warning", "note": "note"}


def render_check(report: CheckReport, look: Look) -> str:
    """One run: the rules that were asked, the findings, and what was skipped as notifications."""
    worst = sorted(report.findings, key=lambda finding: SEVERITIES.index(finding.severity))[:_RESULTS]
    while True:
        text = _document(report, worst)
        if not worst or _compressed(text) <= (look.size or _BYTES):
            return text
        worst = worst[: len(worst) * 3 // 4]


def _compressed(text: str) -> int:
    """Its size as it is uploaded, in bytes."""
    return len(compress(text.encode(), 1))


def _document(report: CheckReport, worst: list[Finding]) -> str:
    rules = [verdict.id for verdict in report.rules]
    known = {entry.name: entry for entry in index()}
    kept = sorted(worst, key=lambda one: (one.path, one.line, one.column, one.rule, one.fingerprint))
    left_out = len(report.findings) - len(kept)
    run = {
        "tool": {
            "driver": {
                "name": "antifoul",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(name, known.get(name)) for name in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The top of the repository."}}},
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": _notes(report.skipped, left_out, len(kept))}
        ],
        "properties": {"base": report.base, "head": report.head, "leftOut": left_out},
        "results": [_result(finding, rules) for finding in kept],
    }
    return dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _notes(skipped: tuple[Skip, ...], left_out: int, kept: int) -> list[dict[str, Any]]:
    notes = [_skipped(skip) for skip in skipped[:_NOTES]]
    if len(skipped) > _NOTES:
        notes.append(_note(f"{len(skipped) - _NOTES:,} more files were not judged"))
    if left_out:
        notes.append(_note(f"{left_out:,} findings are left out: a run holds {kept:,} of them, the worst first"))
    return notes


def _rule(name: str, entry: Entry | None) -> dict[str, Any]:
    if entry is None:
        return {"id": name, "shortDescription": {"text": name}}
    doc = cleandoc(load(entry).doc)
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "shortDescription": {"text": entry.summary},
        "fullDescription": {"text": " ".join(doc.partition("Bad::")[0].split())},
        "help": {"text": doc, "markdown": doc.replace("Bad::", "**Bad**").replace("Good::", "**Good**")},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
        "properties": {"tags": ["maintainability"], "precision": "high" if entry.severity == "error" else "medium"},
    }


def _result(finding: Finding, rules: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": visible(finding.message)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(finding.path), "uriBaseId": "%SRCROOT%"},
                    "region": {
                        "startLine": finding.line,
                        "startColumn": finding.column,
                        "endLine": max(finding.end_line, finding.line),
                    },
                }
            }
        ],
        "partialFingerprints": {"antifoul/v1": finding.fingerprint},
        "properties": {"blocking": finding.blocking},
    }
    if finding.rule in rules:
        result["ruleIndex"] = rules.index(finding.rule)
    if finding.symbol:
        result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": finding.symbol[:_NAME]}]
    return result


def uri(path: str) -> str:
    """The path as a relative URI: its bytes, with all but plain ones escaped."""
    text = quote_from_bytes(to_bytes(path), safe="/")
    return f"./{text}" if ":" in text.partition("/")[0] else text


def _skipped(skip: Skip) -> dict[str, Any]:
    note = _note(f"{shown(skip.path)}: {visible(skip.reason)}")
    note["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": uri(skip.path), "uriBaseId": "%SRCROOT%"}}}]
    return note


def _note(text: str) -> dict[str, Any]:
    return {"level": "warning", "message": {"text": text}}
