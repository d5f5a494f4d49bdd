"""Templates of the user's: from where they are taken, from where never, and what they cannot do."""

from pathlib import Path

import pytest

from worlds import Repo

MINE = "{{ blocks[0].text }} by mine\n"


def check(repo: Repo, *options: str) -> tuple[int, str]:
    """The Markdown of the last commit; the exit status and what was said."""
    done = repo.antifoul("check", "--base", "HEAD^", "--head", "HEAD", "--format", "markdown", *options)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def repo(repo: Repo) -> Repo:
    """A change that also brings a template of its own and settings that name it."""
    repo.commit({"a.py": "X = 1\n"})
    repo.commit({"a.py": "X = 2\n", "t.j2": MINE, "antifoul.toml": '[report]\nmarkdown = "t.j2"\n'})
    return repo


def test_a_template_of_the_judged_side_is_not_used(repo: Repo) -> None:
    """Neither from its settings nor by its place; it decides what a page says."""
    assert check(repo)[1].startswith("# antifoul")
    assert check(repo, "--settings-from", "base")[1].startswith("# antifoul")
    assert repo.antifoul("report", "--format", "markdown").stdout.startswith("# antifoul")


def test_a_template_is_taken_from_the_command_line(repo: Repo) -> None:
    """Named itself, or by the settings that are named there, beside which it lies."""
    assert check(repo, "--template", "markdown=t.j2") == (0, "antifoul: passed by mine\n")
    assert check(repo, "--config", "antifoul.toml") == (0, "antifoul: passed by mine\n")
    assert "by mine" in repo.antifoul("report", "--format=markdown", "--config=antifoul.toml").stdout


def test_a_template_of_the_base_is_used_where_the_base_judges(repo: Repo) -> None:
    """As it was there, whatever the change made of it."""
    repo.commit({"a.py": "X = 3\n", "t.j2": "theirs\n"})

    assert check(repo, "--settings-from", "base") == (0, "antifoul: passed by mine\n")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% if %}", "line 1"),
        ("{{ blocks.__class__.__mro__ }}", "unsafe"),
        ("{{ ''.__class__.__base__.__subclasses__() }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "no loader"),
        ("{% for n in range(10 ** 9) %}{% endfor %}", "range"),
        ("{{ 1 // 0 }}", "zero"),
        ("{{ blocks.append(1) }}", "unsafe"),
        ("{{ cycler.__init__.__globals__.os.system('touch pwned') }}", "unsafe"),
    ],
)
def test_a_template_that_reaches_out_is_stopped(repo: Repo, tmp_path: Path, template: str, said: str) -> None:
    """It sees the page's data and nothing else; exit 2 with the reason, never a traceback."""
    file = tmp_path / "t.j2"
    file.write_text(template, encoding="utf-8")

    code, out = check(repo, "--template", f"markdown={file}")

    assert code == 2, out
    assert said in out
    assert "Traceback" not in out
    assert not repo.root.joinpath("pwned").exists()


@pytest.mark.parametrize("value", ["../t.j2", "/etc/passwd", "a/../../t.j2"])
def test_settings_name_templates_below_themselves_only(repo: Repo, value: str) -> None:
    """A path that leaves the folder is an error with its line."""
    repo.write({"s.toml": f'[report]\nmarkdown = "{value}"\n'})

    code, out = check(repo, "--config", "s.toml")

    assert code == 2
    assert "s.toml:2" in out


@pytest.mark.parametrize("option", ["markdown", "text=t.j2", "markdown=none.j2"])
def test_a_template_that_cannot_be_had_is_said(repo: Repo, option: str) -> None:
    """A kind that has none, or a file that is not there."""
    assert check(repo, "--template", option)[0] == 2
