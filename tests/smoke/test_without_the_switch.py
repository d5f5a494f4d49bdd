"""Every pytest of an environment loads the plugin: without the switch it costs next to nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"torch", "yaml", "transformers", "libcst", "jinja2", "pathspec", "numpy"}
SESSION = "import sys, pytest; pytest.main(sys.argv[1:]); print('MODULES', *sys.modules)"


def imported(folder: Path, *args: str) -> set[str]:
    """Every module that a pytest session has imported when it is over."""
    alone = ["-p", "no:cacheprovider", "-p", "no:hydra_pytest"]  # hydra's plugin imports yaml by itself
    command = [sys.executable, "-c", SESSION, *alone, "--collect-only", *args]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("MODULES ")[2].split())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a test and a config."""
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "x.yaml").write_text("a: 1\n")
    (tmp_path / "test_one.py").write_text("def test_one():\n    pass\n")
    return tmp_path


def test_nothing_heavy_is_imported_without_the_switch(project: Path) -> None:
    """Of antifoul, the plugin's own module is all that a session without the switch imports."""
    found = imported(project)

    assert not found & HEAVY
    assert {name for name in found if name.startswith("antifoul")} == {
        "antifoul",
        "antifoul.shells",
        "antifoul.shells.pytest_plugin",
    }


def test_configs_are_collected_without_torch(project: Path) -> None:
    """With the switch and no target, neither torch nor a library on top of it is imported."""
    found = imported(project, "--llm-smoke")

    assert "antifoul.shells.smoke_session" in found
    assert not found & (HEAVY - {"yaml", "pathspec"})


def test_items_are_added_under_the_switch_alone(pytester: pytest.Pytester) -> None:
    """A config file is an item under the switch, and unknown to pytest without it."""
    (pytester.path / "configs").mkdir()
    (pytester.path / "configs" / "x.yaml").write_text("a: 1\n")
    pytester.makepyfile(test_one="def test_one():\n    pass\n")

    assert pytester.runpytest_inprocess("-p", "no:cacheprovider").parseoutcomes() == {"passed": 1}


def test_an_option_without_the_switch_is_an_error_of_use(pytester: pytest.Pytester) -> None:
    """Who names a target and forgets the switch is told, instead of thinking that it passed."""
    ran = pytester.runpytest_inprocess("--llm-smoke-target=train:make_trainer")

    assert ran.ret == pytest.ExitCode.USAGE_ERROR
