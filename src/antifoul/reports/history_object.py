"""Hotspots and trends as JSON objects."""

from datetime import datetime, timedelta
from typing import Any

from antifoul.facts.paths import for_json
from antifoul.measures.hotspots import interest_share
from antifoul.measures.results import Hotspots, Move, Series, Trend


def hotspots_object(found: Hotspots) -> dict[str, Any]:
    """A ranking as every command writes it, best first."""
    return {
        "schema": 1,
        "as_of": {"commit": found.commit, "date": found.date},
        "weeks": found.weeks,
        "files": [
            {
                "path": for_json(spot.path),
                "score": round(spot.score, 6),
                "density": round(spot.density, 6),
                "commits": spot.churn.commits,
                "decayed_commits": round(spot.churn.decayed, 6),
                "complexity": spot.complexity,
                "loc": spot.loc,
                "authors": spot.churn.authors,
                "interest": spot.interest,
                "fixes": round(spot.churn.fixes, 6),
                "owner": spot.churn.owner,
                "owner_share": round(spot.churn.owned, 6),
                "lost_share": round(spot.churn.lost, 6),
                "last_commit_days": _days(found.at, spot.churn.last),
                "age_days": _days(found.at, spot.churn.first),
            }
            for spot in found.spots
        ],
        "functions": [
            {
                "path": for_json(spot.path),
                "symbol": spot.symbol,
                "line": spot.line,
                "end_line": spot.end_line,
                "score": round(spot.score, 6),
                "commits": spot.commits,
                "decayed_commits": round(spot.decayed, 6),
                "authors": spot.authors,
                "complexity": spot.complexity,
                "recent_commits": spot.recent,
            }
            for spot in found.functions
        ],
        "suggestions": [{**one._asdict(), "path": for_json(one.path)} for one in found.advice],
        "coupling": [
            {
                "left": for_json(pair.left),
                "right": for_json(pair.right),
                "degree": round(pair.degree, 6),
                "commits": pair.commits,
                "left_commits": pair.of_left,
                "right_commits": pair.of_right,
            }
            for pair in found.coupling.pairs
        ],
        "coupling_hidden": {
            "few_revisions": found.coupling.few_revisions,
            "few_shared": found.coupling.few_shared,
            "low_degree": found.coupling.low_degree,
            "large_commits": found.coupling.large_commits,
        },
        "renames": {
            "revisions": found.followed.revisions,
            "under_todays_name": found.followed.direct,
            "recovered_share": round(found.followed.recovered, 6),
        },
        "interest": {
            "total": sum(spot.interest for spot in found.spots),
            "top_ten_share": round(interest_share(found.spots), 6),
        },
        "notes": [f"{for_json(note.path)}: {note.reason}".removeprefix(": ") for note in found.notes],
    }


def trend_object(found: Trend) -> dict[str, Any]:
    """A trend as every command writes it."""
    return {
        "schema": 1,
        "weeks": found.weeks,
        "series": {metric: [point._asdict() for point in one.points] for metric, one in found.series.items()},
        "forecast": {metric: _forecast(one) for metric, one in found.series.items()},
        "steps": {metric: [_step(move) for move in one.moves] for metric, one in found.series.items()},
        "sentence": {metric: one.sentence for metric, one in found.series.items()},
        "notes": [note.reason for note in found.notes],
    }


def _days(now: int, then: int) -> int | None:
    return max(now - then, 0) // 86_400 if then else None


def _forecast(one: Series) -> dict[str, Any]:
    last = datetime.fromisoformat(one.points[-1].date) if one.points else None
    return {
        "method": one.outlook.method,
        "points": [
            {"date": (last + timedelta(weeks=band.weeks)).date().isoformat() if last else "", **band._asdict()}
            for band in one.outlook.bands
        ],
        "backtest": [test._asdict() for test in one.outlook.backtests],
    }


def _step(move: Move) -> dict[str, Any]:
    return {**move._asdict(), "paths": [for_json(path) for path in move.paths]}
