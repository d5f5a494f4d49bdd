"""The health score, 0 to 100: each term through a reference corpus's quantiles, beside it how stable the code is.

score = 100 * (0.70 * code part + 0.30 * stability); without history the code part alone. On repositories held
out from its making the worst third of lines drew 3.2 times the fixes per thousand lines of the best third;
most of that comes from stability, so both parts are shown.
"""

from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from antifoul.facts.paths import RepoPath
from antifoul.facts.tree import Code
from antifoul.measures.hotspots import Churn

_CODE, _STABILITY = 0.70, 0.30
_FILE_X50 = 1.72  # decayed fixes per thousand lines at which a file's stability is one half
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
    "duplication": (0.0, 0.0, 2.096, 20.370, 50.0, 67.383, 89.597),
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


@cache
def _points(name: str) -> tuple[list[tuple[float, float]], list[float]]:
    """What each of the corpus's quantiles is worth, and the quantiles alone."""
    points = [(place, score) for place, (_, score) in zip(_CORPUS[name], _WORTH, strict=True)]
    if name in {"markers_per_kloc", "duplication"}:
        # much of the corpus has none: zero is worth 1, and the step at the first one is smoothed
        points = [(0.0, 1.0), *(point for point in points if point[0] > 0)]
    return points, [place for place, _ in points]


def worth(name: str, value: float) -> float:
    """What a term's value is worth, from 0 to 1: its place among the corpus's quantiles; coverage is its own."""
    if name == "coverage":
        return value
    points, places = _points(name)
    at = bisect_left(places, value)
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


class Beside(NamedTuple):
    """What is known of the files beside their code; None for what was not looked at."""

    copied: Mapping[RepoPath, int] | None = None  # lines that stand in copies
    covered: Mapping[RepoPath, int] | None = None  # lines that the tests ran


_NOTHING = Beside()


class Score(NamedTuple):
    """The health of a file or a folder, 0 to 100, with its parts; `stability` is None without history."""

    score: float
    code: float
    stability: float | None
    lines: int


def health(files: Mapping[RepoPath, Code], fixes: int | None, beside: Beside = _NOTHING) -> Health | None:
    """The health of the files together; `fixes` are the repository's of the last 90 days. None without code.

    Each file's terms are weighed by its lines.
    """
    lines = sum(code.loc for code in files.values())
    if lines == 0:
        return None
    weights = _weights(beside)
    rows = [(_values(path, code, beside), code.loc) for path, code in files.items()]
    terms = []
    for name, weight in weights.items():
        value = sum(values[name] * loc for values, loc in rows) / lines
        score = sum(worth(name, values[name]) * loc for values, loc in rows) / lines
        terms.append(Term(name, value, score, weight))
    code_part = sum(term.score * term.weight for term in terms)
    missing = [name for name in WEIGHTS if name not in weights]
    if fixes is None:
        return Health(100 * code_part, code_part, None, tuple(terms), (*missing, "stability"))
    stability = 1 / (1 + fixes / (lines / 1000) / _REPOSITORY_X50)
    return Health(_together(code_part, stability), code_part, stability, tuple(terms), tuple(missing))


def file_scores(
    files: Mapping[RepoPath, Code], churns: Mapping[RepoPath, Churn] | None, beside: Beside = _NOTHING
) -> Mapping[RepoPath, Score]:
    """The health of each file by the same terms; 1.72 decayed fixes per thousand lines halve a file's stability."""
    weights = _weights(beside)
    out = {}
    for path, code in files.items():
        values = _values(path, code, beside)
        part = sum(worth(name, values[name]) * weight for name, weight in weights.items())
        stability = None
        if churns is not None:
            fixes = churns[path].fixes if path in churns else 0.0
            stability = 1 / (1 + fixes / (code.loc + 100) * 1000 / _FILE_X50)
        score = 100 * part if stability is None else _together(part, stability)
        out[path] = Score(score, 100 * part, None if stability is None else 100 * stability, code.loc)
    return out


def folder_scores(files: Mapping[RepoPath, Score]) -> Mapping[RepoPath, Score]:
    """The health of each folder: the mean of the files in and below it, weighed by their lines. "" is the top."""
    inside: dict[RepoPath, list[Score]] = {}
    for path, score in files.items():
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            inside.setdefault(folder, []).append(score)
    return {folder: _mean(scores) for folder, scores in sorted(inside.items()) if any(one.lines for one in scores)}


def _mean(scores: list[Score]) -> Score:
    lines = sum(one.lines for one in scores)
    stable = [one.stability for one in scores if one.stability is not None]
    return Score(
        sum(one.score * one.lines for one in scores) / lines,
        sum(one.code * one.lines for one in scores) / lines,
        sum((one.stability or 0.0) * one.lines for one in scores) / lines if stable else None,
        lines,
    )


def _together(code: float, stability: float) -> float:
    return 100 * (_CODE * code + _STABILITY * stability)


def _weights(beside: Beside) -> Mapping[str, float]:
    """The weights of the terms that are present; they add up to one."""
    absent = {"duplication"} if beside.copied is None else set()
    absent |= {"coverage"} if beside.covered is None else set()
    present = {name: weight for name, weight in WEIGHTS.items() if name not in absent}
    total = sum(present.values())
    return {name: weight / total for name, weight in present.items()}


def _values(path: RepoPath, code: Code, beside: Beside) -> Mapping[str, float]:
    """A file's value for each term that is present: copies as a percentage of its lines, coverage as a share."""
    values = dict(values_of(code))
    if beside.copied is not None:
        values["duplication"] = 100 * min(beside.copied.get(path, 0) / max(code.loc, 1), 1.0)
    if beside.covered is not None:
        values["coverage"] = min(beside.covered.get(path, 0) / max(code.lloc, 1), 1.0)
    return values
