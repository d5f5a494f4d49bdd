"""Hotspots, health and forecasts: numbers that can be worked out by hand."""

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antifoul.facts.history import Commit, History, Touch
from antifoul.facts.settings import MARKERS
from antifoul.facts.source import Source
from antifoul.measures.code import measure
from antifoul.measures.fixes import is_fix
from antifoul.measures.forecast import outlook
from antifoul.measures.health import health, worth
from antifoul.measures.hotspots import Churn, Size, churns, rank
from antifoul.measures.marks import marks_of

DAY = 86_400


def commit(identity: str, day: float, *touches: Touch, author: str = "ada", title: str = "change") -> Commit:
    """A commit of that day."""
    return Commit(identity, int(day * DAY), author, f"{author}@example.org", title, touches, (author,))


def edit(path: str, old: str | None = None) -> Touch:
    """A touch that edits a file, under an older name if one is given."""
    return Touch(path, old or path, "1" * 40, "2" * 40)


def history(*commits: Commit, at: float) -> History:
    """A history whose head is of that day, newest commit first."""
    return History("f" * 40, int(at * DAY), commits, 104, ())


def churn(known: History) -> Mapping[str, Churn]:
    """The churn of every path of a history."""
    return churns(marks_of(known), known)


def test_a_commit_weighs_half_after_sixty_days() -> None:
    """Commits of day 60 and day 0, seen from day 60: 1 + 0.5; times the root of 8 + 1, that is 4.5."""
    seen = churn(history(commit("b", 60, edit("a.py")), commit("a", 0, edit("a.py")), at=60))

    assert seen["a.py"].decayed == pytest.approx(1.5)
    assert rank({"a.py": Size(8, 100)}, seen)[0].score == pytest.approx(4.5)


def test_what_was_done_under_an_older_name_counts() -> None:
    """Two commits before the rename and the rename itself make three."""
    seen = churn(
        history(
            commit("c", 3, edit("new.py", "old.py")),
            commit("b", 2, edit("old.py")),
            commit("a", 1, edit("old.py")),
            at=3,
        )
    )

    assert seen["new.py"].commits == 3
    assert "old.py" not in seen


def test_a_file_that_was_made_anew_does_not_inherit() -> None:
    """What an earlier file of the same name went through is another file's."""
    born = Touch("a.py", "a.py", "1" * 40, "")
    seen = churn(history(commit("b", 9, born), commit("a", 1, edit("a.py")), at=9))

    assert seen["a.py"].commits == 1


def test_every_file_is_ranked_also_one_without_commits() -> None:
    """It stands last, with nothing."""
    ranked = rank({"a.py": Size(1, 1), "b.py": Size(9, 9)}, churn(history(commit("a", 1, edit("a.py")), at=1)))

    assert [(spot.path, spot.score > 0) for spot in ranked] == [("a.py", True), ("b.py", False)]


@pytest.mark.parametrize(
    ("title", "fix"),
    [
        ("Fix the mask", True), ("[Bugfix] loss", True), ("Revert #12", True), ("Fix typo in README", False),
        ("Add prefix tuning", False), ("Fixture for tests", False), ("docs: fix links", False),
    ],
)  # fmt: skip
def test_a_fix_is_told_by_its_title(title: str, fix: bool) -> None:  # noqa: FBT001  a parameter of the case
    """A word that holds `fix` is none, and mended documentation is no mended bug."""
    assert is_fix(title) == fix


def test_a_perfect_file_is_worth_everything_and_no_term_is_faked() -> None:
    """Small functions, no markers: 100; terms that were not measured are listed, not counted as zero."""
    code = measure(Source("a.py", b"def f(x: int) -> int:\n    return x\n\n\n" * 30), MARKERS)
    found = health({"a.py": code}, None)

    assert found is not None
    assert found.terms[0].value == pytest.approx(50.0)  # 30 functions in 60 source lines
    assert {"duplication", "coverage", "stability"} == set(found.missing)
    assert sum(term.weight for term in found.terms) == pytest.approx(1.0)


def test_stability_is_one_half_at_the_corpuss_middle() -> None:
    """1.75 fixes per 1,000 lines: with 4,000 lines, 7 fixes."""
    code = measure(Source("a.py", b"x = 1\n" * 4000), MARKERS)
    found = health({"a.py": code}, 7)

    assert found is not None
    assert found.stability == pytest.approx(0.5)
    assert found.score == pytest.approx(100 * (0.7 * found.code + 0.3 * 0.5))


@given(st.sampled_from(["complexity_density", "largest_function", "nesting", "markers_per_kloc"]), st.floats(0, 1000))
def test_a_terms_worth_stays_between_none_and_all_and_never_rises(name: str, value: float) -> None:
    """More of it is never better."""
    assert 0 <= worth(name, value * 1.1) <= worth(name, value) <= 1


@given(st.lists(st.floats(0, 1e6), min_size=8, max_size=120))
def test_the_bands_of_a_forecast_lie_in_one_another(values: list[float]) -> None:
    """Low 95 <= low 80 <= value <= high 80 <= high 95, and no count below zero."""
    for metric in ("markers", "complexity", "loc"):
        for band in outlook(metric, values).bands:
            if band.low80 is None or band.high80 is None or band.low95 is None or band.high95 is None:
                continue
            slack = 1e-6 * (1 + abs(band.value))
            assert 0 <= band.low95 <= band.low80 + slack
            assert band.low80 <= band.value + slack
            assert band.value <= band.high80 + slack
            assert band.high80 <= band.high95 + slack


def test_a_flat_series_is_forecast_without_error() -> None:
    """Nothing beats the last value, and the backtest says 1."""
    tries = outlook("markers", [7.0] * 60).backtests

    assert [(test.weeks, test.relative_mae, test.coverage80) for test in tries] == [(4, 1.0, 1.0), (12, 1.0, 1.0)]
    assert not any(math.isnan(test.relative_mae) for test in tries)
