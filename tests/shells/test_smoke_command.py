"""`antifoul smoke` on this machine, without torch."""

import json
from pathlib import Path

import pytest

from antifoul.shells.cli import main

TARGETS = '[tool.antifoul.smoke]\ntargets = ["gone.train:make"]\nlaws = ["finite", "seed"]\n'


def write(folder: Path, files: dict[str, str]) -> None:
    """Files by their paths."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_targets_and_configs_are_told_together(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A target that cannot be imported is an error for each law, a key set twice is broken: exit 1, JSON by targets."""
    write(tmp_path, {"pyproject.toml": TARGETS, "configs/a.yaml": "lr: 1\nlr: 2\n"})

    assert main(["smoke", "-C", str(tmp_path), "--format", "json"]) == 1
    found = json.loads(capfd.readouterr().out)

    outcomes = {target["name"]: {law["law"]: law["outcome"] for law in target["laws"]} for target in found["targets"]}
    assert outcomes["gone.train:make"] == {"finite": "error", "seed": "error"}
    assert outcomes["configs/a.yaml"]["keys"] == "fail"
    assert outcomes["configs/a.yaml"]["parses"] == "pass"
    assert found["verdict"] == "fail"


def test_a_law_that_is_broken_is_a_block_with_its_rerun(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The text says what pytest says, and counts."""
    write(tmp_path, {"configs/a.yaml": "lr: 1\nlr: 2\n"})

    assert main(["smoke", "-C", str(tmp_path), "configs/a.yaml"]) == 1
    out = capfd.readouterr().out
    assert "FAIL configs/a.yaml::keys   configs/a.yaml:2:1\n" in out
    assert "  rerun   : pytest --llm-smoke configs/a.yaml::keys\n" in out
    assert "1 broken" in out.splitlines()[-1]


def test_nothing_to_try_and_a_wrong_law_are_errors_of_use(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """An empty repository is no pass; a law that there is not is named with what was meant."""
    assert main(["smoke", "-C", str(tmp_path)]) == 2
    assert "there is nothing to try" in capfd.readouterr().err

    write(tmp_path, {"configs/a.yaml": "lr: 1\n"})
    assert main(["smoke", "-C", str(tmp_path), "--laws", "finit"]) == 2
    assert "there is no law 'finit': did you mean 'finite'?" in capfd.readouterr().err
