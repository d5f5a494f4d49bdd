"""The health score, 0 to 100: each term through a reference corpus's quantiles, beside it how stable the code is.

score = 100 * (0.70 * code part + 0.30 * stability); without history the code part alone. On repositories held
out from its making the worst third of lines drew 3.2 times the fixes per thousand lines of the best third;
most of that comes from stability, so both parts are shown.
"""

from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

from antifoul.facts.paths import RepoPath
from antifoul.facts.tree import Code
from antifoul.measures.hotspots import Churn

_CODE, _STABILITY = 0.70, 0.30
_REPOSITORY_X50 = 1.75  # fixes of 90 days per thousand lines at which a repository's stability is one half
# What a term at these quantiles of the corpus is worth; linear between them.
_WORTH = ((0.10, 1.0), (0.25, 0.85), (0.50, 0.60), (0.75, 0.35), (0.90, 0.15), (0.95, 0.08), (0.99, 0.0))
# The corpus: values at p10, p25, p50, p75, p90, p95, p99 over repositories of this field, weighted by lines.
_CORPUS = {
    "complexity_density": (5.517, 11.628, 17.114, 21.754, 25.746, 29.508, 37.5),
    "largest_function": (3.0, 7.0, 13.0, 22.0, 43.0, 75.0, 107.0),
    "nesting": (1.0, 2.0, 4.0, 5.0, 6.0, 7.0, 12.0),
    "complexity_per_function": (2.0, 3.011, 4.5, 7.429, 11.381, 15.667, 38.0),
    "markers_per_kloc": (0.0, 0.0, 0.0, 1.230, 3.175, 4.566, 8.646),
}
WEIGHTS = {
    "complexity_density": 0.30,
    "largest_function": 0.20,
    "nesting": 0.10,
    "complexity_per_function": 0.10,
    "markers_per_kloc": 0.15,
    "duplication": 0.15,
    "coverage": 0.20,
}


class Term(NamedTuple):
    """One term: its line-weighted mean value, what that is worth (0 to 1), and its weight among those present."""

    name: str
    value: float
    score: float
    weight: float


class Health(NamedTuple):
    """The score with its parts. `stability` is None without history; `missing` names the terms not measured."""

    score: float
    code: float
    stability: float | None
    terms: tuple[Term, ...]
    missing: tuple[str, ...]


def worth(name: str, value: float) -> float:
    """What a term's value is worth, from 0 to 1: its place among the corpus's quantiles."""
    places = _CORPUS[name]
    points = [(place, score) for place, (_, score) in zip(places, _WORTH, strict=True)]
    if name == "markers_per_kloc":
        # half of the corpus has no marker: zero is worth 1, and the step at the first marker is smoothed
        points = [(0.0, 1.0), *points[3:]]
    at = bisect_left([place for place, _ in points], value)
    if at == 0:
        return points[0][1]
    if at == len(points):
        return points[-1][1]
    (left, low), (right, high) = points[at - 1], points[at]
    return low + (high - low) * (value - left) / (right - left) if right > left else high


def values_of(code: Code) -> Mapping[str, float]:
    """A file's value for each term that its code alone tells. Densities are per 100 source lines, or 1000 lines."""
    functions = code.functions
    comments = sum(marker.marker != "DEPRECATED" for marker in code.markers)
    return {
        "complexity_density": 100 * code.complexity / max(code.sloc, 1),
        "largest_function": float(code.max_complexity),
        "nesting": float(code.nesting),
        "complexity_per_function": sum(one.complexity for one in functions) / len(functions) if functions else 0.0,
        "markers_per_kloc": 1000 * comments / max(code.loc, 1),
    }


def health(files: Mapping[RepoPath, Code], fixes: int | None) -> Health | None:
    """The health of the files together; `fixes` are the repository's of the last 90 days. None without code.

    Each file's terms are weighed by its lines.
    """
    lines = sum(code.loc for code in files.values())
    if lines == 0:
        return None
    present = {name: weight for name, weight in WEIGHTS.items() if name in _CORPUS}
    total = sum(present.values())
    terms = []
    for name, weight in present.items():
        rows = [(values_of(code)[name], code.loc) for code in files.values()]
        value = sum(one * loc for one, loc in rows) / lines
        score = sum(worth(name, one) * loc for one, loc in rows) / lines
        terms.append(Term(name, value, score, weight / total))
    code_part = sum(term.score * term.weight for term in terms)
    missing = [name for name in WEIGHTS if name not in present]
    if fixes is None:
        return Health(100 * code_part, code_part, None, tuple(terms), (*missing, "stability"))
    stability = 1 / (1 + fixes / (lines / 1000) / _REPOSITORY_X50)
    return Health(
        100 * (_CODE * code_part + _STABILITY * stability), code_part, stability, tuple(terms), tuple(missing)
    )


def file_health(code: Code, churn: Churn | None) -> float:
    """One file's score, by the same formula; 1.72 decayed fixes per thousand lines halve a file's stability."""
    total = sum(weight for name, weight in WEIGHTS.items() if name in _CORPUS)
    part = sum(worth(name, value) * WEIGHTS[name] for name, value in values_of(code).items()) / total
    if churn is None:
        return 100 * part
    stability = 1 / (1 + churn.fixes / (code.loc + 100) * 1000 / 1.72)
    return 100 * (_CODE * part + _STABILITY * stability)
