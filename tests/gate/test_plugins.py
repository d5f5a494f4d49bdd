import json
from pathlib import Path

import pytest

from worlds import Repo

RULE = '''
from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule


@rule("no-cuda", severity="error", triggers=(b".cuda()",))
def no_cuda(source):
    """A hard-coded device."""
    for number, line in enumerate(source.lines, 1):
        if ".cuda()" in line:
            yield Hit(line=number, message="a hard-coded device", anchor=line.strip())


@rule("always-stops", severity="error")
def always_stops(source):
    """A rule with a fault of its own."""
    raise KeyError("lost")
    yield
'''
SETTINGS = '[tool.antifoul]\nplugins = ["our-rules"]\n'


def install(folder: Path, text: str = RULE) -> dict[str, str]:
    """Lay a distribution `our-rules` into a folder; the environment in which it is importable."""
    info = folder / "our_rules-1.0.dist-info"
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: our-rules\nVersion: 1.0\n", encoding="utf-8")
    info.joinpath("entry_points.txt").write_text("[antifoul.rules]\nrules = our_rules\n", encoding="utf-8")
    folder.joinpath("our_rules.py").write_text(text, encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


@pytest.fixture
def changed(repo: Repo) -> Repo:
    """A repository that names the plugin, with one hard-coded device that is old and one that is staged."""
    repo.commit({"pyproject.toml": SETTINGS, "train.py": "def run(model, batch):\n    model.cuda()\n"})
    repo.stage({"train.py": "def run(model, batch):\n    model.cuda()\n    batch.cuda()\n"})
    return repo


def test_a_plugins_rule_judges_what_is_new(changed: Repo, tmp_path: Path) -> None:
    """It is asked as antifoul's own rules are; one that stops is skipped with its error."""
    done = changed.antifoul("check", "--staged", "--format", "json", env=install(tmp_path / "site"))

    told = json.loads(done.stdout)
    rules = {one["id"]: one for one in told["rules"]}
    assert [(one["rule"], one["line"]) for one in told["findings"] if one["blocking"]] == [("no-cuda", 3)]
    assert rules["always-stops"]["verdict"] == "skipped"
    assert "KeyError: 'lost'" in rules["always-stops"]["reason"]
    assert done.returncode == 1


def test_a_plugins_rule_can_be_chosen_and_explained(changed: Repo, tmp_path: Path) -> None:
    """`--select`, `explain` and `rules` know it."""
    env = install(tmp_path / "site")

    assert changed.antifoul("check", "--staged", "--select", "no-cuda", env=env).returncode == 1
    assert "A hard-coded device." in changed.antifoul("explain", "no-cuda", env=env).stdout
    assert "no-cuda" in changed.antifoul("rules", env=env).stdout


def test_a_plugin_that_is_not_installed_is_said(changed: Repo) -> None:
    """It is one line with the remedy."""
    done = changed.antifoul("check", "--staged")

    assert done.returncode == 2
    assert "not installed beside antifoul" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plugin_in_the_judged_repository_is_not_run(changed: Repo) -> None:
    """Its module, which would write a file, is not imported."""
    env = install(changed.root / "site", text="open('ran', 'w')\n")

    done = changed.antifoul("check", "--staged", env=env)

    assert done.returncode == 2
    assert "lies in the repository that is judged" in done.stderr
    assert not changed.root.joinpath("ran").exists()


def test_a_plugin_that_does_not_import_is_said(changed: Repo, tmp_path: Path) -> None:
    """Its error is one line."""
    done = changed.antifoul("check", "--staged", env=install(tmp_path / "site", text="import nowhere_at_all\n"))

    assert done.returncode == 2
    assert "cannot be imported: ModuleNotFoundError" in done.stderr


def test_source_roots_say_what_package_code_is(repo: Repo) -> None:
    """A print counts below a root, in a folder named scripts too, and code outside is a script."""
    text = "def f(x):\n    print(x)\n"
    repo.commit({"pyproject.toml": '[tool.antifoul]\nsource = ["scripts"]\n'})
    repo.stage({"scripts/train.py": text, "other/a.py": text, "scripts/tests/test_a.py": text})

    done = repo.antifoul("check", "--staged", "--select", "print-added", "--format", "json")

    assert [one["path"] for one in json.loads(done.stdout)["findings"]] == ["scripts/train.py"]
