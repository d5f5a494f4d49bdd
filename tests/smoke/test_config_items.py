"""Config files under `--llm-smoke`: one item a rule, without torch."""

import pytest

from antifoul.gate.smoke import laws


def tried(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """A session with the switch."""
    return pytester.runpytest_subprocess("--llm-smoke", "-p", "no:cacheprovider", *args)


def write(pytester: pytest.Pytester, files: dict[str, str]) -> None:
    """Files by their paths."""
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


GOOD = {
    "configs/sft.yaml": "lr: 1.0e-5\nmodel:\n  name: tiny\n",
    "configs/child.yaml": "base: sft.yaml\nlr: 2.0e-5\n",
    "configs/merged.yaml": "usual: &usual {lr: 1}\nthis:\n  <<: *usual\n  lr: 2\n",
    "configs/two.yaml": "---\na: 1\n---\na: 2\n",
    "configs/tagged.yaml": "model: !include other.yaml\n",
    "configs/empty.yaml": "",
    "conf/run.toml": "lr = 1e-5\n[model]\nlr = 2e-5\n",
    "configs/run.json": '{"lr": 1e-5, "model": {"lr": 2e-5}}',
}


def test_a_right_file_passes(pytester: pytest.Pytester) -> None:
    """Three items pass for each of the 8 files; the fourth, types, is skipped: no code says what they take."""
    write(pytester, GOOD)

    tried(pytester).assert_outcomes(passed=3 * 8, skipped=8)


BAD = {
    "configs/open_list.yaml::parses": "lr: [1\n",
    "configs/tab.yaml::parses": "model:\n\tname: x\n",
    "configs/table_twice.toml::parses": "[a]\nb = 1\n[a]\nb = 2\n",
    "configs/comma.json::parses": '{"lr": 1,}',
    "configs/key_twice.yaml::keys": "lr: 1\nlr: 2\n",
    "recipes/nested_twice.yaml::keys": "model:\n  name: a\n  name: b\n",
    "conf/key_twice.json::keys": '{"lr": 1, "lr": 2}',
    "configs/no_base.yaml::resolves": "base: missing.yaml\n",
    "configs/own_base.yaml::resolves": "base: own_base.yaml\n",
}


def test_a_wrong_file_fails_by_one_item(pytester: pytest.Pytester) -> None:
    """One rule fails a file, with its place; what cannot be judged after that is skipped, not passed.

    Of the 9 files 4 do not parse, so that 3 rules are skipped on each; on the other 5, two pass and one is skipped.
    """
    write(pytester, {name.partition("::")[0]: text for name, text in BAD.items()})

    ran = tried(pytester)

    ran.assert_outcomes(failed=9, skipped=4 * 3 + 5, passed=5 * 2)
    for name in BAD:
        file = name.partition("::")[0]
        assert any(line.startswith(f"FAIL {name}   {file}:") for line in ran.outlines)
        assert f"  rerun   : pytest --llm-smoke {name}" in ran.outlines


def test_a_failure_of_a_key_names_its_first_place(pytester: pytest.Pytester) -> None:
    """The second `lr` stands in line 3, the first in line 1, and a loader keeps the second."""
    write(pytester, {"configs/x.yaml": "lr: 1\nseed: 0\nlr: 2\n"})

    tried(pytester).stdout.fnmatch_lines(["*configs/x.yaml:3:1", "*'lr' is set again, first at line 1*", "*lr: 2"])


SCHEMA = """\
from dataclasses import dataclass
from transformers import HfArgumentParser

@dataclass
class Args:
    lr: float
    steps: int
    save: str
    name: str

def load(path):
    return HfArgumentParser(Args).parse_yaml_file(path)
"""


def test_a_config_is_held_against_the_schema_that_loads_it(pytester: pytest.Pytester) -> None:
    """A key that the schema lacks fails `keys`, a word for a number `types`, a file that is not there `resolves`."""
    write(
        pytester,
        {
            "train.py": SCHEMA,
            "configs/good.yaml": "lr: 1.0\nsteps: 1\nsave: x\nname: y\n",
            "configs/key.yaml": "lr: 1.0\nsteps: 1\nsave: x\nname: y\nsed: 1\n",
            "configs/type.yaml": "lr: 1.0\nsteps: many\nsave: x\nname: y\n",
            "configs/file.yaml": "deepspeed: configs/zero.yaml\n",
        },
    )

    ran = tried(pytester)

    assert [line.split()[1] for line in ran.outlines if line.startswith("FAIL ")] == [
        "configs/file.yaml::resolves",
        "configs/key.yaml::keys",
        "configs/type.yaml::types",
    ]


def test_settings_say_where_configs_are(pytester: pytest.Pytester) -> None:
    """`configs` replaces the usual places."""
    write(
        pytester,
        {
            "pyproject.toml": '[tool.antifoul.smoke]\nconfigs = ["settings/*.{yaml,yml}"]\n',
            "settings/a.yml": "a: 1\n",
            "configs/b.yaml": "b: 1\nb: 2\n",
        },
    )

    tried(pytester).assert_outcomes(passed=3, skipped=1)


def test_one_item_can_be_named(pytester: pytest.Pytester) -> None:
    """The id of a failure is an argument of the next run, also from the folder of the file."""
    write(pytester, {"pytest.ini": "[pytest]\n", "configs/x.yaml": "lr: 1\nlr: 2\n", "configs/y.yaml": "a: 1\n"})

    tried(pytester, "configs/x.yaml::keys").assert_outcomes(failed=1)
    tried(pytester, "-k", "y.yaml").assert_outcomes(passed=3, skipped=1, deselected=4)


def test_a_wrong_name_is_an_error_of_use(pytester: pytest.Pytester) -> None:
    """A rule that there is not, a law that there is not and a target without a colon end the run with code 4."""
    write(pytester, {"configs/x.yaml": "lr: 1\n"})

    for args, words in (
        (["configs/x.yaml::kees"], "*no smoke item is named 'configs/x.yaml::kees'*"),
        (["--llm-smoke-laws=finit"], "*there is no law 'finit': did you mean 'finite'?*"),
        (["--llm-smoke-target=train"], "*'train' does not name a target: write MODULE:NAME*"),
    ):
        ran = tried(pytester, *args)
        assert ran.ret == pytest.ExitCode.USAGE_ERROR
        ran.stderr.fnmatch_lines([words])


def test_nothing_to_try_says_what_to_write(pytester: pytest.Pytester) -> None:
    """Without a config, a target and the fixture the run is no pass: pytest's code for no tests, and a hint."""
    ran = tried(pytester)

    assert ran.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    ran.stdout.fnmatch_lines(["llm-smoke: nothing to try: name a target *"])


def test_a_target_that_cannot_be_imported_is_an_error(pytester: pytest.Pytester) -> None:
    """What is not there to be judged has not failed: the first law is an error, the others are skipped."""
    ran = tried(pytester, "--llm-smoke-target=no_such_package.train:make_trainer")

    ran.assert_outcomes(errors=1, skipped=len(laws()) - 1)
    ran.stdout.fnmatch_lines(["ERROR *::*   no_such_package.train cannot be imported: ModuleNotFoundError: *"])


def test_the_tests_of_the_repository_run_only_when_named(pytester: pytest.Pytester) -> None:
    """The switch alone tries smoke items; with a path, that path's tests run too."""
    write(pytester, {"configs/x.yaml": "a: 1\n", "tests/test_one.py": "def test_one() -> None:\n    assert True\n"})

    tried(pytester).assert_outcomes(passed=3, skipped=1)
    tried(pytester, "tests").assert_outcomes(passed=4, skipped=1)
