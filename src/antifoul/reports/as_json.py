"""JSON by the contract in docs/schema: sorted, stable, one object."""

import json
from typing import Any

from antifoul.facts.finding import Finding
from antifoul.facts.lint import LintReport
from antifoul.facts.mending import Mending
from antifoul.facts.paths import for_json
from antifoul.facts.report import CheckReport, Look
from antifoul.measures.duplicates import Duplicates
from antifoul.measures.results import Fleet, Hotspots, Overview, Survey, Trend
from antifoul.reports.copies_object import copies_object
from antifoul.reports.history_object import hotspots_object, trend_object
from antifoul.reports.mending import mending_object
from antifoul.reports.survey_object import skip_object, survey_object


def render_check(report: CheckReport, _: Look) -> str:
    """The object that `check --format json` promises."""
    from antifoul import __version__  # noqa: PLC0415  a leaf of the package, read where it is shown

    return dump(
        {
            "schema": 1,
            "tool": {"name": "antifoul", "version": __version__},
            "base": report.base,
            "head": report.head,
            "verdict": report.verdict,
            "rules": [verdict._asdict() for verdict in report.rules],
            "findings": [finding_object(finding) for finding in report.findings],
            "skipped": [skip_object(skip) for skip in report.skipped],
        }
    )


def render_duplicates(found: Duplicates, _: Look) -> str:
    """The object that `duplicates --format json` promises."""
    return dump(copies_object(found))


def render_config_lint(found: LintReport, _: Look) -> str:
    """The object that `config lint --format json` promises."""
    return dump(
        {
            "schema": 1,
            "files": found.files,
            "commands": found.commands,
            "findings": [finding_object(finding) for finding in found.findings],
            "skipped": [{**skip_object(skip), "line": max(skip.line, 1)} for skip in found.skipped],
            "libraries": list(found.libraries),
            "likeness": {
                "configs": found.likeness.configs,
                "values": found.likeness.values,
                "repeated": found.likeness.repeated,
                "pairs": [
                    {
                        "path": for_json(one.path),
                        "other": for_json(one.other),
                        "similarity": one.similarity,
                        "keep": list(one.keep),
                    }
                    for one in found.likeness.pairs
                ],
            },
        }
    )


def render_survey(found: Survey, _: Look) -> str:
    """The object that `survey --format json` promises."""
    return dump_rows(survey_object(found))


def render_markers(found: Survey, look: Look) -> str:
    """The survey's object: its markers stand in the order that was asked for."""
    return render_survey(found, look)


def render_report(found: Overview, _: Look) -> str:
    """The survey's object, with the places that matter, the hotspots and what is missing."""
    return dump_rows(
        {
            **survey_object(found.survey),
            "places": [{**place._asdict(), "path": for_json(place.path)} for place in found.places],
            "findings": [finding_object(finding) for finding in found.findings],
            "hotspots": hotspots_object(found.hotspots)["files"] if found.hotspots else [],
            "missing": list(found.missing),
            "suggestions": hotspots_object(found.hotspots)["suggestions"] if found.hotspots else [],
            "coupling": hotspots_object(found.hotspots)["coupling"] if found.hotspots else [],
            "trend": trend_object(found.trend) if found.trend else None,
        }
    )


def render_fix(found: Mending, _: Look) -> str:
    """The object that `fix --format json` promises."""
    return dump(mending_object(found))


def render_fleet(found: Fleet, _: Look) -> str:
    """The object that `report --repos --format json` promises: each repository's whole report, or why it was lost."""
    return dump(
        {
            "schema": 1,
            "repositories": [
                {
                    "path": for_json(one.place),
                    "failed": one.lost or None,
                    "report": json.loads(one.document) if one.document else None,
                }
                for one in found.ships
            ],
        }
    )


def render_hotspots(found: Hotspots, _: Look) -> str:
    """The object that `hotspots --format json` promises."""
    return dump(hotspots_object(found))


def render_trend(found: Trend, _: Look) -> str:
    """The object that `trend --format json` promises."""
    return dump(trend_object(found))


def finding_object(finding: Finding) -> dict[str, Any]:
    """One finding, as every command writes it."""
    return {**finding._asdict(), "path": for_json(finding.path)}


def dump(document: dict[str, Any]) -> str:
    """The document as text; what is not UTF-8 is escaped, so that every reader can load it."""
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def dump_rows(document: dict[str, Any]) -> str:
    """The same for a document of many rows, one row a line: json sets it five times as fast."""
    return "{\n" + ",\n".join(f" {json.dumps(key)}: {_rows(value)}" for key, value in document.items()) + "\n}\n"


def _rows(value: object) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n  " + ",\n  ".join(map(json.dumps, value)) + "\n ]"
