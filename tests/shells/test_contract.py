"""What programs rely on: every command's JSON fits its schema, and is the same from run to run."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from antifoul.shells.cli import main
from worlds import Repo

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
TWIN = "".join(f"    if x == {n}:\n        return {n}\n" for n in range(12))


@pytest.fixture
def lived_in(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository with a history, copies, markers, an undefined name, a broken file and a change not yet committed."""
    repo.commit({"pkg/__init__.py": "", "pkg/a.py": f"def f(x):\n{TWIN}"}, day=0)
    repo.commit({"pkg/b.py": f"def g(x):\n{TWIN}    return MISSING  # TODO(ada): by 2026-01-02, see #7\n"}, day=20)
    repo.commit(
        {"pkg/bad.py": "def f(:\n", "pkg/c.py": "class A:\n    def h(self, x: int) -> int:\n        return x\n"}, day=40
    )
    repo.commit({"pkg/a.py": f"def f(x):\n{TWIN}    return 0\n"}, day=90, message="Fix f", author="Bob")
    repo.write({"pkg/new.py": "def p():\n    print(1)\n", "conf/x.yaml": "a: 1\na: 2\n"})
    monkeypatch.chdir(repo.root)
    for name, value in repo.env.items():
        monkeypatch.setenv(name, value)
    return repo


@pytest.mark.parametrize("command", ["check", "survey", "report", "hotspots", "trend", "duplicates", "fix"])
@pytest.mark.usefixtures("lived_in")
def test_the_json_fits_its_schema_and_is_stable(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Two runs write the same bytes, cold and warm, and the schema accepts them."""
    schema = json.loads((SCHEMAS / f"{command}.schema.json").read_text(encoding="utf-8"))

    first, second = (_written(command, capfd) for _ in range(2))

    assert first == second
    Draft202012Validator.check_schema(schema)
    assert [problem.message for problem in Draft202012Validator(schema).iter_errors(json.loads(first))] == []


@pytest.mark.usefixtures("lived_in")
def test_the_schema_refuses_a_finding_without_its_line(capfd: pytest.CaptureFixture[str]) -> None:
    """The schema is no formality: what the contract requires is required."""
    schema = json.loads((SCHEMAS / "check.schema.json").read_text(encoding="utf-8"))
    document = json.loads(_written("check", capfd))

    del document["findings"][0]["line"]

    assert not Draft202012Validator(schema).is_valid(document)


@pytest.mark.usefixtures("lived_in")
def test_the_report_puts_what_is_broken_first(capfd: pytest.CaptureFixture[str]) -> None:
    """A config with a key twice and a name that nothing defines stand before any hotspot; a broken file is listed."""
    document = json.loads(_written("report", capfd))

    places = [(place["path"], place["line"]) for place in document["places"]]

    assert places[:3] == [("conf/x.yaml", 2), ("pkg/b.py", 26), ("pkg/bad.py", 1)]
    assert [skip["path"] for skip in document["skipped"]] == ["pkg/bad.py"]


def _written(command: str, capfd: pytest.CaptureFixture[str]) -> str:
    assert main([command, "--format", "json"]) == (1 if command == "check" else 0)
    return capfd.readouterr().out
