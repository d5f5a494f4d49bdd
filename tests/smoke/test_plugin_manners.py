"""How `--llm-smoke` behaves as a guest of pytest: settings, JSON, selection, reports. All of it without torch."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest
from jsonschema import Draft202012Validator

from antifoul.facts.errors import UsageError
from antifoul.readers.smoke_settings import ScriptSettings, smoke_settings

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "smoke.schema.json"
TWICE = "lr: 1\nlr: 2\n"


def tried(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """A session with the switch over one right and one wrong config."""
    folder = pytester.path / "configs"
    folder.mkdir(exist_ok=True)
    (folder / "right.yaml").write_text("lr: 1\n")
    (folder / "wrong.yaml").write_text(TWICE)
    return pytester.runpytest_subprocess("--llm-smoke", *args)


def test_a_session_is_told_as_json_as_junit_and_in_a_line(pytester: pytest.Pytester) -> None:
    """Two files with three rules each that can be judged: five hold, one is broken, at line 2."""
    ran = tried(pytester, "--llm-smoke-json=out.json", "--junitxml=out.xml")
    document = json.loads((pytester.path / "out.json").read_text())
    schema = json.loads(SCHEMA.read_text())
    cases = list(parse(pytester.path / "out.xml").iter("testcase"))  # noqa: S314  see above

    Draft202012Validator.check_schema(schema)
    assert [problem.message for problem in Draft202012Validator(schema).iter_errors(document)] == []
    outcomes = [law["outcome"] for target in document["targets"] for law in target["laws"]]
    assert (document["verdict"], outcomes.count("pass"), outcomes.count("fail")) == ("fail", 5, 1)
    assert ["configs/wrong.yaml:2:1" in (case.findtext("failure") or "") for case in cases] == [
        *[False] * 5,
        True,
        False,
        False,
    ]
    assert any(line.startswith("llm-smoke: 5 held, 1 broken") for line in ran.outlines)


def test_the_json_is_the_same_under_workers(pytester: pytest.Pytester) -> None:
    """What the workers found is told by the controller; only times differ."""
    tried(pytester, "--llm-smoke-json=alone.json")
    tried(pytester, "--llm-smoke-json=spread.json", "-n", "1")

    assert timeless(pytester.path / "alone.json") == timeless(pytester.path / "spread.json")


def timeless(file: Path) -> list[dict[str, Any]]:
    """The laws of a JSON report by their ids, without times."""
    document = json.loads(file.read_text())
    laws = [{**law, "seconds": 0} for target in document["targets"] for law in target["laws"]]
    return sorted(laws, key=lambda law: str(law["id"]))


def test_the_printed_rerun_command_runs_the_failed_item_alone(pytester: pytest.Pytester) -> None:
    """The command is a shell line: what stands after `pytest` are the arguments of a session with one failure."""
    ran = tried(pytester)
    line = next(line for line in ran.outlines if line.strip().startswith("rerun"))
    program, *args = shlex.split(line.partition(" : ")[2])

    assert program == "pytest"
    pytester.runpytest_subprocess(*args).assert_outcomes(failed=1)


@pytest.mark.parametrize("workers", [(), ("-n", "1", "--dist=loadgroup")], ids=["alone", "group"])
def test_the_last_failure_is_found_again(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """`--lf` runs what failed, whether or not workers ran it."""
    tried(pytester, *workers)

    tried(pytester, "--lf").assert_outcomes(failed=1, deselected=7)


def test_a_session_stops_at_the_first_failure(pytester: pytest.Pytester) -> None:
    """The wrong file is first by name here: `-x` leaves the rest."""
    (pytester.path / "configs").mkdir()
    (pytester.path / "configs" / "first.yaml").write_text(TWICE)

    tried(pytester, "-x").assert_outcomes(passed=1, failed=1)


def test_what_was_not_judged_is_listed_with_its_reason(pytester: pytest.Pytester) -> None:
    """A file that does not parse has three rules that could not be judged: one line, without -rs."""
    (pytester.path / "configs").mkdir()
    (pytester.path / "configs" / "open.yaml").write_text("lr: [1\n")

    tried(pytester).stdout.fnmatch_lines(["configs/open.yaml: keys, types, resolves: it cannot be read"])


def test_the_marker_selects_smoke_items(pytester: pytest.Pytester) -> None:
    """`-m llm_smoke` beside a path of tests leaves those out."""
    pytester.makepyfile(test_one="def test_one():\n    pass\n")

    tried(pytester, ".", "-m", "llm_smoke").assert_outcomes(passed=5, failed=1, skipped=2, deselected=1)


def test_a_json_file_without_a_folder_is_an_error_of_use(pytester: pytest.Pytester) -> None:
    """It is said before anything is tried, and nothing is made."""
    ran = tried(pytester, "--llm-smoke-json=no/out.json")

    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(["*--llm-smoke-json=no/out.json: there is no folder*"])


def settings(text: str) -> Any:  # noqa: ANN401  read field by field
    """The settings of a pyproject.toml with this table."""
    return smoke_settings(f"[tool.antifoul.smoke]\n{text}".encode(), "pyproject.toml")


def test_settings_are_read_with_dashes_or_underscores() -> None:
    """`train-on` and `train_on` are one key."""
    assert settings('train-on = "all"').declared == settings('train_on = "all"').declared == {"train_on": "all"}


def test_scripts_are_commands_or_tables() -> None:
    """`script` is one command; `scripts` are commands or tables with more."""
    table = '[[tool.antifoul.smoke.scripts]]\ncommand = "b.py"\nsteps = 2\noverrides = {"a.b" = "{tiny_model}"}\n'

    assert settings('script = "a.py --x 1"').scripts == (ScriptSettings("a.py --x 1"),)
    assert settings(table).scripts == (ScriptSettings("b.py", steps=2, overrides={"a.b": "{tiny_model}"}),)


WRONG: Mapping[str, str] = {
    'targts = ["a:b"]': "pyproject.toml:2: unknown key 'smoke.targts': did you mean 'targets'?",
    "seed = -1": "'smoke.seed' must be a whole number of at least 0",
    "seed = true": "'smoke.seed' must be a whole number of at least 0",
    "budget = 0": "'smoke.budget' must be a number of seconds above 0",
    'targets = "a:b"': "'smoke.targets' must be a list of strings",
    'train_on = "everything"': '\'smoke.train_on\' must be one of "completion", "assistant", "all"',
    "names = {model = 1}": "'smoke.names' must be a table of names",
    "script = 1": "'smoke.script' must be a string",
    'scripts = [{name = "x"}]': "a script has no 'command'",
    'scripts = [{command = "x", step = 1}]': "unknown key 'smoke.scripts.step': did you mean 'steps'?",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_setting_says_where_and_what(text: str) -> None:
    """An unknown key or a wrong type is an error of use with the line and what was meant."""
    with pytest.raises(UsageError) as raised:
        settings(text)

    assert WRONG[text] in str(raised.value)
    assert str(raised.value).startswith("pyproject.toml:2: ")
