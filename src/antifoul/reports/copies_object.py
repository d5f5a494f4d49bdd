"""The copies of a tree as JSON, by docs/schema/duplicates.schema.json."""

from datetime import UTC, datetime
from typing import Any

from antifoul.facts.finding import Finding
from antifoul.facts.paths import for_json
from antifoul.measures.differences import Differences
from antifoul.measures.divergence import Divergence
from antifoul.measures.duplicates import Duplicates, Told
from antifoul.reports.survey_object import skip_object


def copies_object(found: Duplicates) -> dict[str, Any]:
    """The object that `duplicates --format json` promises, its findings apart."""
    extent = found.extent
    return {
        "schema": 1,
        "clones": [_clone(one) for one in found.classes],
        "duplicated_lines": sum(extent.duplicated.values()),
        "lines": extent.lines,
        "share": round(found.share, 6),
        "duplicated_statements": extent.duplicated_statements,
        "statements": extent.statements,
        "statement_share": round(found.statement_share, 6),
        "muted": found.muted,
        "by_design": found.siblings,
        "findings": [_finding(one) for one in found.findings],
        "skipped": [skip_object(skip) for skip in found.skipped],
        "notes": list(found.notes),
    }


def _clone(told: Told) -> dict[str, Any]:
    one = told.one
    return {
        "kind": one.kind,
        "similarity": one.similarity,
        "statements": one.statements,
        "members": [{**member._asdict(), "path": for_json(member.path)} for member in one.members],
        "apart": told.apart or None,
        "variants": [
            {"members": list(variant.members), "differences": _differences(variant.differences)}
            for variant in told.variants
        ],
        "diverged": _divergence(told.diverged),
    }


def _differences(found: Differences | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "renamed": [swap._asdict() for swap in found.swaps],
        "changed": [
            {
                "line": edit.line or None,
                "text": edit.text,
                "other_line": edit.other_line or None,
                "other_text": edit.other_text,
            }
            for edit in found.edits
        ],
    }


def _divergence(one: Divergence | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "commit": one.commit,
        "date": datetime.fromtimestamp(one.at, UTC).isoformat().replace("+00:00", "Z"),
        "title": one.title,
        "fix": one.is_fix,
        "changed": {**one.changed._asdict(), "path": for_json(one.changed.path)},
        "left": {**one.left._asdict(), "path": for_json(one.left.path)},
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {**one._asdict(), "path": for_json(one.path)}
