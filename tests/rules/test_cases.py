"""Every case file of a rule: what is marked is found, and nothing else."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from antifoul.gate.change import Range, judge
from antifoul.gate.check import Asked
from antifoul.rules.registry import entry_of
from cases import Case, Mark, build, cases_in
from worlds import Repo

FILES = sorted(Path(__file__).with_name("cases").glob("*.txtar"))


# A rule about what other rules find is asked together with them.
BESIDE = {"allow-unused": ("print-added", "debugger-left", "complexity-raised")}


class Told(NamedTuple):
    """A case, its rule, and the number of its branch."""

    rule: str
    case: Case
    number: int

    def __str__(self) -> str:
        return f"{self.rule}: {self.case.name}"


PAIRS = [(file.stem, case) for file in FILES for case in cases_in(file)]
ALL = [Told(rule, case, number) for number, (rule, case) in enumerate(PAIRS)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """One repository with a branch a case: its tip is the change."""
    repo = Repo(tmp_path_factory.mktemp("cases") / "repo")
    build(repo, [told.case for told in ALL])
    return repo


@pytest.mark.parametrize("told", ALL, ids=str)
def test_what_is_marked_is_found_and_nothing_else(world: Repo, told: Told) -> None:
    """The findings of a case are its marks: path, line, rule and severity, exactly."""
    branch = f"case-{told.number}"

    asked = Asked(select=(told.rule, *BESIDE.get(told.rule, ())))
    report = judge(str(world.root), Range(f"{branch}~1", branch), asked, world.env)

    found = Counter((one.path, one.line, one.rule, one.severity) for one in report.findings if one.rule == told.rule)
    assert found == Counter(map(_expected, told.case.expected))


def _expected(mark: Mark) -> tuple[str, int, str, str]:
    return mark.path, mark.line, mark.rule, mark.severity or entry_of(mark.rule).severity


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_quiet_cases_come_first(file: Path) -> None:
    """A rule is told by what it leaves alone, so each file starts with cases that have no mark, and has others too."""
    loud = [bool(case.expected) for case in cases_in(file)]

    assert loud == sorted(loud)
    assert loud[0] is False
    assert loud[-1] is True


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_names_of_cases_are_unique(file: Path) -> None:
    """A failing case is found by its name."""
    names = Counter(case.name for case in cases_in(file))

    assert {name: count for name, count in names.items() if count > 1} == {}
