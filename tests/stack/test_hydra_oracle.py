"""Hydra's defaults lists, resolved without Hydra: the same values as Hydra's own, and a refusal where it refuses."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from antifoul.facts.errors import AntifoulError
from antifoul.facts.stack.nodes import leaves, to_plain
from antifoul.facts.stack.paths import dotted
from antifoul.readers.stack.assembly import Asked, assembled
from antifoul.readers.stack.hydra_compose import compose
from stack.hydra_trees import TREES, Tree

ORACLE = """
import json, sys, warnings
warnings.simplefilter("ignore")
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
answers = {}
for name, (folder, overrides) in json.load(sys.stdin).items():
    try:
        with initialize_config_dir(folder, version_base=None):
            config = compose("config", overrides=overrides)
        whole = {"raw": OmegaConf.to_container(config)}
        try:
            whole["resolved"] = OmegaConf.to_container(config, resolve=True)
        except Exception as problem:
            whole["unresolved"] = str(problem)
        answers[name] = whole
    except BaseException as problem:
        answers[name] = None
print(json.dumps(answers, sort_keys=False))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Any]]:
    """Each tree on disk, and what Hydra makes of it; None where it refuses."""
    asked = {}
    for number, (name, tree) in enumerate(TREES.items()):
        folder = tmp_path_factory.mktemp(f"tree{number}")
        for file, text in tree.files.items():
            place = folder / file
            place.parent.mkdir(exist_ok=True, parents=True)
            place.write_text(text, encoding="utf-8")
        asked[name] = (str(folder), tree.overrides)
    done = subprocess.run(
        [sys.executable, "-c", ORACLE], input=json.dumps(asked), capture_output=True, check=True, text=True
    )
    answers = json.loads(done.stdout)
    return {name: (folder, answers[name]) for name, (folder, _) in asked.items()}


@pytest.mark.parametrize("name", TREES)
def test_it_is_composed_as_hydra_composes_it(name: str, told: dict[str, tuple[str, Any]]) -> None:
    """The tree before and after its references are followed; a refusal where Hydra refuses."""
    folder, answer = told[name]
    tree: Tree = TREES[name]
    file = str(Path(folder) / "config.yaml")
    if answer is None:
        with pytest.raises(AntifoulError):
            assembled(file, Asked(overrides=tree.overrides))
        return

    ours = assembled(file, Asked(overrides=tree.overrides))

    assert json.loads(json.dumps(to_plain(ours.stack.tree))) == answer["raw"]
    assert json.loads(json.dumps(to_plain(ours.tree))) == answer["resolved"]


@pytest.mark.parametrize("name", ["packages", "an experiment over all", "a choice named by another choice"])
def test_each_value_knows_the_file_that_set_it(name: str, told: dict[str, tuple[str, Any]]) -> None:
    """The line that a value names holds its key, whatever package it went to."""
    folder, _ = told[name]

    tree = assembled(str(Path(folder) / "config.yaml"), Asked(overrides=TREES[name].overrides)).tree

    for path, node in leaves(tree):
        line = Path(node.origin.place).read_text(encoding="utf-8").split("\n")[node.origin.line - 1]
        assert f"{path[-1]}:" in line, dotted(path)


def test_hydra_itself_composes_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra: no plugin of the environment or of the repository is imported, and no variable is seen."""
    (tmp_path / "hydra_plugins" / "evil").mkdir(parents=True)
    (tmp_path / "hydra_plugins" / "evil" / "__init__.py").write_text("open('ran', 'w')\n", encoding="utf-8")
    (tmp_path / "config.yaml").write_text("x: ${oc.env:SECRET,none}\ny: 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRET", "s3cret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert compose("config.yaml", ["y=2"]) == {"x": "${oc.env:SECRET,none}", "y": 2}
    assert not (tmp_path / "ran").exists()


def test_hydra_imports_no_package_for_its_search_path(tmp_path: Path) -> None:
    """`pkg://` would run a package's code: it is refused."""
    (tmp_path / "config.yaml").write_text("hydra: {searchpath: ['pkg://json.tool']}\nx: 1\n", encoding="utf-8")

    with pytest.raises(AntifoulError, match="import a package"):
        compose(str(tmp_path / "config.yaml"), [])
