"""A survey as JSON: the part that `survey` and `report` share."""

from typing import Any

from antifoul.facts.finding import Skip
from antifoul.facts.paths import for_json
from antifoul.facts.roles import is_notebook
from antifoul.facts.tree import Class, Code, Function
from antifoul.measures.debt import by_owner, rating
from antifoul.measures.health import Health, Score, folder_scores
from antifoul.measures.results import MarkerRow, Survey


def survey_object(found: Survey) -> dict[str, Any]:
    """A survey as every command writes it. Duplication is the share of a file's lines that stand in exact copies."""
    copied = found.duplication.duplicated
    named = [(for_json(path), path, code) for path, code in found.codes.items()]
    return {
        "schema": 1,
        "profile": found.profile,
        "files": [
            {**_file(name, code, copied.get(path, 0)), "health": _score(found.scores.get(path))}
            for name, path, code in named
        ],
        "functions": [_function(name, one, code) for name, _, code in named for one in code.functions],
        "classes": [_class(name, one, code) for name, _, code in named for one in code.classes],
        "markers": [_marker(row) for row in found.markers],
        "owners": [{**one._asdict(), "name": one.name or None} for one in by_owner(found.markers)],
        "totals": _totals(found),
        "skipped": [skip_object(skip) for skip in found.tree.skipped],
        "health": _health(found.health),
        "folders": [
            {"path": for_json(folder), "health": _score(score)} for folder, score in folder_scores(found.scores).items()
        ],
    }


def _score(one: Score | None) -> dict[str, Any] | None:
    """A score with its parts; None for a file that health is not about: a test, a document, a notebook."""
    if one is None:
        return None
    return {
        "score": round(one.score, 4),
        "code": round(one.code, 4),
        "stability": None if one.stability is None else round(one.stability, 4),
    }


def _file(path: str, code: Code, copied: int) -> dict[str, Any]:
    volume = code.halstead
    return {
        "path": path,
        "language": "notebook" if is_notebook(path) else "python",
        "loc": code.loc,
        "sloc": code.sloc,
        "lloc": code.lloc,
        "comments": code.comments,
        "single_comments": code.single,
        "multi": code.multi,
        "blank": code.blank,
        "complexity": code.complexity,
        "max_complexity": code.max_complexity,
        "cognitive": code.cognitive,
        "nesting": code.nesting,
        "maintainability": code.maintainability,
        "halstead": {
            "h1": volume.distinct_operators,
            "h2": volume.distinct_operands,
            "N1": volume.operators,
            "N2": volume.operands,
            "volume": round(volume.volume, 4),
            "difficulty": round(volume.difficulty, 4),
            "effort": round(volume.effort, 4),
        },
        "duplication": round(copied / code.loc, 6) if code.loc else 0.0,
        "markers": len(code.markers),
        "functions": len(code.functions),
        "classes": len(code.classes),
        "async_functions": code.async_functions,
        "annotation_slots": code.hint_slots,
        "annotated": code.hints,
        "docstring_slots": code.doc_slots,
        "docstrings": code.docs,
    }


def _function(path: str, one: Function, code: Code) -> dict[str, Any]:
    volume, difficulty = one.halstead.volume, one.halstead.difficulty
    return {
        **_place(path, one, code),
        "complexity": one.complexity,
        "nesting": one.nesting,
        "parameters": one.parameters,
        "statements": one.statements,
        "cognitive": one.cognitive,
        "volume": round(volume, 4),
        "difficulty": round(difficulty, 4),
        "effort": round(volume * difficulty, 4),
    }


def _place(path: str, one: Function | Class, code: Code) -> dict[str, Any]:
    """Where a definition stands: in a notebook by the lines of its cell."""
    cell, line = code.place(one.line)
    place = {"path": path, "symbol": one.symbol, "line": line, "end_line": one.end_line - one.line + line}
    return {**place, "cell": cell} if cell else place


def _class(path: str, one: Class, code: Code) -> dict[str, Any]:
    return {
        **_place(path, one, code),
        "complexity": one.complexity,
        "methods": one.methods,
    }


def _marker(row: MarkerRow) -> dict[str, Any]:
    marker = row.marker
    return {
        "path": for_json(row.path),
        "line": marker.line,
        "marker": marker.marker,
        "text": marker.text,
        "priority": row.priority,
        "author": row.author,
        "age_days": row.age_days,
        "issue": marker.issue or None,
        "owner": marker.owner or None,
        "due": marker.due or None,
        "symbol": marker.symbol,
        "cell": row.cell or None,
        "end_line": marker.end_line,
        "commit": row.commit,
        "until": marker.until or None,
        "expired": row.expired or None,
        "minutes": marker.minutes,
    }


def _totals(found: Survey) -> dict[str, Any]:
    codes = list(found.codes.values())
    slots, doc_slots = sum(code.hint_slots for code in codes), sum(code.doc_slots for code in codes)
    minutes, loc = sum(row.marker.minutes for row in found.markers), sum(code.loc for code in codes)
    ratio, letter = rating(minutes, loc)
    return {
        "files": len(codes),
        "notebooks": sum(map(is_notebook, found.codes)),
        "loc": loc,
        "sloc": sum(code.sloc for code in codes),
        "lloc": sum(code.lloc for code in codes),
        "comments": sum(code.comments for code in codes),
        "functions": sum(len(code.functions) for code in codes),
        "classes": sum(len(code.classes) for code in codes),
        "async_functions": sum(code.async_functions for code in codes),
        "complexity": sum(code.complexity for code in codes),
        "cognitive": sum(code.cognitive for code in codes),
        "markers": len(found.markers),
        "marker_minutes": minutes,
        "debt_ratio": round(ratio, 6),
        "debt_rating": letter,
        "annotation_coverage": round(sum(code.hints for code in codes) / slots, 6) if slots else None,
        "docstring_coverage": round(sum(code.docs for code in codes) / doc_slots, 6) if doc_slots else None,
        "duplicated_lines": found.duplication.duplicated_lines,
        "duplication": round(found.duplication.share, 6),
        "skipped": len(found.tree.skipped),
    }


def _health(health: Health | None) -> dict[str, Any] | None:
    if health is None:
        return None
    return {
        "score": round(health.score, 4),
        "code": round(100 * health.code, 4),
        "stability": None if health.stability is None else round(100 * health.stability, 4),
        "terms": [
            {
                "name": term.name,
                "value": round(term.value, 6),
                "score": round(term.score, 6),
                "weight": round(term.weight, 6),
            }
            for term in health.terms
        ],
        "missing": list(health.missing),
    }


def skip_object(skip: Skip) -> dict[str, Any]:
    """One skip, as every command writes it."""
    return {"path": for_json(skip.path), "reason": skip.reason}
