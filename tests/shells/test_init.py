"""`antifoul init`: what it proposes, what it writes, and what it leaves alone."""

import os
import tomllib
from pathlib import Path

import pytest
import yaml  # noqa: TID253  this module reads YAML

from antifoul.gate.starting import _host
from worlds import Repo, script

BRANCHY = "def f(x):\n" + "".join(f"    if x == {n}:\n        x += 1\n" for n in range(20)) + "    return x\n"
SOURCE = ("--source=https://github.com/acme/antifoul", "--rev=v9")


def written(repo: Repo, name: str) -> str:
    """The text of a file in the repository."""
    return repo.root.joinpath(name).read_text(encoding="utf-8")


def test_nothing_is_written_until_it_is_asked_for(repo: Repo) -> None:
    """The proposal is the whole text, and the work tree stays as it was."""
    repo.commit({"train.py": "X = 1\n"})

    done = repo.antifoul("init")

    assert done.returncode == 0, done.stderr
    assert "- id: antifoul" in done.stdout
    assert "fetch-depth: 0" in done.stdout
    folder = Path(script("antifoul")).parent
    there, elsewhere = (repo.antifoul("init", env={"PATH": path}) for path in (f"{folder}:{os.defpath}", os.defpath))
    assert "Nothing was written: `antifoul init --write` does it." in there.stdout
    assert f"Nothing was written: `{folder / 'antifoul'} init --write` does it." in elsewhere.stdout
    assert repo.git("status", "--porcelain") == ""


def test_what_is_written_is_valid_and_judges_nothing_old(repo: Repo) -> None:
    """The limit is today's 95th percentile: one function of twenty has 21 paths, so 95 of 100 stay within one."""
    few = "".join(f"def g{n}(x):\n    return x\n\n\n" for n in range(19))
    repo.commit({"train.py": few, "long.py": BRANCHY})

    done = repo.antifoul("init", "--write", *SOURCE)
    settings = tomllib.loads(written(repo, "antifoul.toml"))

    assert done.returncode == 0, done.stderr
    assert settings["thresholds"]["complexity"] == 10
    assert "95th percentile is 1, the most 21" in written(repo, "antifoul.toml")
    hooks = yaml.safe_load(written(repo, ".pre-commit-config.yaml"))
    assert hooks["repos"] == [{"repo": "https://github.com/acme/antifoul", "rev": "v9", "hooks": [{"id": "antifoul"}]}]
    jobs = yaml.safe_load(written(repo, ".github/workflows/antifoul.yml"))["jobs"]
    assert jobs["antifoul"]["steps"][-1]["uses"] == "acme/antifoul@v9"
    assert repo.antifoul("check").returncode == 0
    assert "There is nothing to write." in repo.antifoul("init").stdout


def test_a_clone_is_named_by_its_folder_and_commit(repo: Repo, tmp_path: Path) -> None:
    """So that a hook manager can install from it before there is a public address."""
    clone = Repo(tmp_path / "clone")
    head = clone.commit({"a.py": "X = 1\n"})

    repo.antifoul("init", "--write", "--source", str(clone.root))

    (entry,) = yaml.safe_load(written(repo, ".pre-commit-config.yaml"))["repos"]
    assert (entry["repo"], entry["rev"]) == (str(clone.root.resolve()), head)
    assert "a placeholder" in written(repo, ".github/workflows/antifoul.yml")


def test_a_repository_of_long_functions_is_held_to_its_own_measure(repo: Repo) -> None:
    """Half of its functions have 21 paths: that is the limit."""
    repo.commit({"a.py": BRANCHY, "b.py": BRANCHY.replace("f(", "g("), "c.py": "def h(x):\n    return x\n"})

    repo.antifoul("init", "--write")

    assert tomllib.loads(written(repo, "antifoul.toml"))["thresholds"]["complexity"] == 21


@pytest.mark.parametrize(
    "before",
    [
        "repos:\n  - repo: local\n    hooks:\n      - {id: x, name: x, entry: x, language: system}\n",
        "# mine\nrepos:   # all\n- repo: https://a/b\n  rev: v1\n  hooks: [{id: x}]\n\nci:\n  autofix_prs: false\n",
        "default_stages: [pre-commit]\nrepos:\n-   repo: https://a/b\n    rev: v1\n    hooks:\n    -   id: x  # kept",
    ],
)
def test_an_existing_configuration_is_added_to_only_with_a_yes(repo: Repo, before: str) -> None:
    """Where nobody can be asked it is left alone; with --yes it keeps every line that it had."""
    repo.commit({".pre-commit-config.yaml": before})

    asked = repo.antifoul("init", "--write", *SOURCE)
    left = written(repo, ".pre-commit-config.yaml")
    repo.antifoul("init", "--write", "--yes", *SOURCE)
    after = written(repo, ".pre-commit-config.yaml")

    assert left == before
    assert ".pre-commit-config.yaml: left alone: it is yours" in asked.stdout
    assert "Next: add the lines above to .pre-commit-config.yaml yourself, or `" in asked.stdout
    assert set(before.splitlines()) <= set(after.splitlines())
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    assert new["repos"][:-1] == old["repos"]
    assert new["repos"][-1]["hooks"] == [{"id": "antifoul"}]
    assert {**new, "repos": 0} == {**old, "repos": 0}


@pytest.mark.parametrize("before", ["repos: []\n", "repos: [\n", "{repos: [{repo: meta, hooks: []}]}\n", "\t- x\n", ""])
def test_a_configuration_of_another_shape_is_left_alone_with_the_lines_to_add(repo: Repo, before: str) -> None:
    """Broken YAML and flow style are not edited, even with --yes."""
    repo.commit({".pre-commit-config.yaml": before})

    done = repo.antifoul("init", "--write", "--yes")

    assert done.returncode == 0, done.stderr
    assert "add by hand" in done.stdout
    assert "- id: antifoul" in done.stdout
    assert written(repo, ".pre-commit-config.yaml") == before


def test_settings_that_are_there_stay(repo: Repo) -> None:
    """In pyproject.toml too."""
    repo.commit({"pyproject.toml": "[tool.antifoul]\nfail-on = 'note'\n"})

    done = repo.antifoul("init", "--write")

    assert "antifoul.toml: left alone: pyproject.toml has settings" in done.stdout
    assert not repo.root.joinpath("antifoul.toml").exists()


def test_a_function_that_gives_a_trainer_becomes_a_target(repo: Repo) -> None:
    """Where its text tells: a class's name, no arguments that the plugin does not give, an importable module."""
    factory = "def make(output_dir, steps=1):\n    trainer = DPOTrainer(output_dir)\n    return trainer\n"
    others = (
        "def asks(model):\n    return Trainer(model)\n\n\ndef sometimes(x=0):\n    if x:\n        return None\n"
        "    return Trainer()\n\n\ndef _private():\n    return Trainer()\n"
    )
    repo.commit({"pkg/__init__.py": "", "pkg/train.py": factory, "pkg/other.py": others, "my-script.py": factory})

    repo.antifoul("init", "--write")

    assert tomllib.loads(written(repo, "antifoul.toml"))["smoke"]["targets"] == ["pkg.train:make"]


def test_nothing_is_written_through_a_link(repo: Repo, tmp_path: Path) -> None:
    """Neither a file nor a folder that leads out of the repository is followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    repo.commit({"train.py": "X = 1\n"})
    repo.root.joinpath(".github").symlink_to(outside)

    through_a_folder = repo.antifoul("init", "--write")
    repo.root.joinpath("antifoul.toml").symlink_to(outside / "target")
    through_a_file = repo.antifoul("init", "--write")

    assert (through_a_folder.returncode, through_a_file.returncode) == (2, 2)
    assert "outside of the repository" in through_a_folder.stderr
    assert not list(outside.iterdir())


def test_another_host_gets_no_workflow(repo: Repo) -> None:
    """It is told where its recipe is."""
    repo.commit({"train.py": "X = 1\n"})
    repo.git("remote", "add", "origin", "git@gitlab.example.org:a/b.git")

    assert "lies on gitlab.example.org" in repo.antifoul("init").stdout


@pytest.mark.parametrize(
    ("remote", "host"),
    [
        ("https://github.com/a/b", "github.com"),
        ("https://user@gitlab.com/a/b.git", "gitlab.com"),
        ("git@github.com:a/b.git", "github.com"),
        ("ssh://git@host.example:22/a", "host.example"),
        ("/srv/git/a", ""),
        ("file:///srv/a", ""),
        ("../a", ""),
        ("C:/a", ""),
        ("", ""),
    ],
)
def test_the_host_of_a_remote_is_told_from_its_address(remote: str, host: str) -> None:
    """A folder has none."""
    assert _host(remote) == host


def hooked(repo: Repo, *arguments: str) -> str:
    """What `init --git-hooks` says."""
    return repo.antifoul("init", "--git-hooks", *arguments).stdout


def test_native_hooks_are_shown_then_written_then_used(repo: Repo) -> None:
    """They are programs, they refuse a print, and a second run has nothing to do."""
    repo.commit({"train.py": "X = 1\n"})
    path = {"PATH": f"{Path(script('antifoul')).parent}:{repo.env['PATH']}"}

    assert "would be written" in hooked(repo)
    assert not repo.root.joinpath(".git/hooks/pre-commit").exists()
    assert "To undo it, delete them." in hooked(repo, "--write")
    repo.stage({"train.py": "def f(x):\n    print(x)\n"})

    assert repo.run("git", "commit", "-m", "x", env=path).returncode == 1
    assert "There is nothing to write." in hooked(repo)


def test_a_hook_that_is_there_is_left_alone_with_the_line_to_add(repo: Repo) -> None:
    """The user's own is not touched; one of a hook manager gets the better advice."""
    mine = repo.root / ".git" / "hooks" / "pre-commit"
    mine.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    managed = repo.root / ".git" / "hooks" / "pre-push"
    managed.write_text("#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n", encoding="utf-8")

    said = hooked(repo, "--write", "--yes")

    assert "there is a hook of yours: add to it: antifoul-hook || exit" in said
    assert "add the hook `antifoul` to .pre-commit-config.yaml instead" in said
    assert mine.read_text(encoding="utf-8") == "#!/bin/sh\nexit 0\n"


def test_hooks_go_where_git_looks_for_them(repo: Repo) -> None:
    """core.hooksPath of the repository is followed; commit-msg comes with the patterns that it needs."""
    repo.commit({"antifoul.toml": '[naming]\nmessages = ["conventional"]\n'})
    repo.git("config", "core.hooksPath", ".githooks")

    hooked(repo, "--write")

    assert sorted(path.name for path in repo.root.joinpath(".githooks").iterdir()) == [
        "commit-msg", "pre-commit", "pre-push",
    ]  # fmt: skip


def test_a_folder_of_hooks_for_every_repository_is_left_alone(repo: Repo, tmp_path: Path) -> None:
    """A hook there would run in repositories that never asked for it."""
    config = tmp_path / "gitconfig"
    config.write_text(f"[core]\n\thooksPath = {tmp_path / 'shared'}\n", encoding="utf-8")

    done = repo.antifoul("init", "--git-hooks", "--write", env={"GIT_CONFIG_GLOBAL": str(config)})

    assert "would run in every repository" in done.stdout
    assert not tmp_path.joinpath("shared").exists()


def test_a_plain_folder_gets_files_and_no_git_hooks(tmp_path: Path, repo: Repo) -> None:
    """Without git there is nothing to hook into."""
    plain = tmp_path / "plain"
    plain.mkdir()

    assert "not in a git repository" in repo.antifoul("init", str(plain), "--git-hooks").stdout
    assert repo.antifoul("init", str(plain), "--write").returncode == 0
    assert plain.joinpath("antifoul.toml").is_file()
