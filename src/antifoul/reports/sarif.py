"""SARIF 2.1.0, for code scanning and editors."""

from inspect import cleandoc
from typing import Any
from urllib.parse import quote_from_bytes

from antifoul import __version__
from antifoul.facts.finding import SEVERITIES, Finding, Skip
from antifoul.facts.paths import shown, to_bytes, visible
from antifoul.facts.report import CheckReport, Look
from antifoul.reports.as_json import dump
from antifoul.rules.registry import Entry, index, load

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RESULTS = 25_000  # code scanning refuses a run with more
_LEVELS = {"error": "error", "warning": "warning", "note": "note"}


def render_check(report: CheckReport, _: Look) -> str:
    """One run: the rules that were asked, the findings, and what was skipped as notifications."""
    rules = [verdict.id for verdict in report.rules]
    known = {entry.name: entry for entry in index()}
    worst = sorted(report.findings, key=lambda finding: SEVERITIES.index(finding.severity))[:_RESULTS]
    kept = sorted(worst, key=lambda one: (one.path, one.line, one.column, one.rule, one.fingerprint))
    left_out = len(report.findings) - len(kept)
    notes = [_skipped(skip) for skip in report.skipped]
    if left_out:
        notes.append(_note(f"{left_out:,} findings are left out: a run holds {_RESULTS:,}, the worst first"))
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
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "properties": {"base": report.base, "head": report.head, "leftOut": left_out},
        "results": [_result(finding, rules) for finding in kept],
    }
    return dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


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
        result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": finding.symbol}]
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
