"""What Markdown tells of a change besides its findings."""

import json
from pathlib import Path
from typing import Any

import pytest

from worlds import Repo

PLAIN = "def step(x):\n    return x\n"
BRANCHY = "def step(x):\n    if x:\n        return 1\n    return x\n"
LONG = "def big(a, b):\n" + "".join(f"    a = a + b * {n}\n" for n in range(12)) + "    return a\n"


def page(repo: Repo, base: str, *options: str) -> str:
    """The Markdown of the change since a revision."""
    done = repo.antifoul("check", "--base", base, "--head", "HEAD", "--format", "markdown", *options)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def test_a_change_that_alters_nothing_says_nothing(repo: Repo) -> None:
    """A comment is neither a path nor a copy."""
    base = repo.commit({"a.py": PLAIN})
    repo.commit({"a.py": f"# a step\n{PLAIN}"})

    assert "What this change alters" not in page(repo, base)


def test_paths_are_told_with_what_they_were(repo: Repo) -> None:
    """A branch more in one, a new one with one path: +2 in two functions; a moved function is not new."""
    base = repo.commit({"a.py": PLAIN, "b.py": BRANCHY.replace("step", "moved")})
    repo.commit(
        {"a.py": f"{BRANCHY}\n\ndef new():\n    return 0\n\n\n{BRANCHY.replace('step', 'moved')}", "b.py": None}
    )

    text = page(repo, base)

    assert "complexity +2 in 2 functions" in text
    assert "`step` [`a.py:1`](a.py#L1) 1 → 2" in text
    assert "new → 1" in text


def test_copies_are_counted_in_lines(repo: Repo) -> None:
    """The function that now stands twice has fourteen lines."""
    base = repo.commit({"a.py": LONG})
    repo.commit({"b.py": LONG})

    assert "14 lines of copies: 1 place stands elsewhere already" in page(repo, base)


def test_values_in_effect_are_told_with_what_set_them(repo: Repo) -> None:
    """A base that changes alters what is built on it; a new config and one that says the same alter nothing."""
    base = repo.commit(
        {
            "configs/base.yaml": "lr: 1.0e-5\nbatch: 8\n",
            "configs/dpo.yaml": "_base_: base.yaml\nbatch: 4\nbeta: 0.1\n",
            "configs/alone.yaml": "lr: 3\nold: 1\n",
        }
    )
    repo.commit(
        {
            "configs/base.yaml": "# a note\nlr: 1.0e-6\nbatch: 16\n",
            "configs/alone.yaml": "new: [1, 2]\nlr: 3.0\n",
            "configs/fresh.yaml": "lr: 1\n",
        }
    )

    text = page(repo, base)

    assert (
        "[`configs/base.yaml`](configs/base.yaml): 2 values in effect: `lr` 1.0e-05 → 1.0e-06; `batch` 8 → 16" in text
    )
    assert (
        "[`configs/dpo.yaml`](configs/dpo.yaml): 1 value in effect by [`configs/base.yaml`](configs/base.yaml): "
        "`lr` 1.0e-05 → 1.0e-06" in text
    )
    assert "`old` 1 → (none)" in text
    assert "fresh.yaml`](configs/fresh.yaml): " not in text


def test_a_config_cannot_show_what_lies_elsewhere_on_the_machine(repo: Repo) -> None:
    """A base outside of the repository, by path or by link, is not resolved: its values would stand in a comment."""
    secret = repo.root.parent / "secret.json"
    secret.write_text('{"token": "hf_secret"}', encoding="utf-8")
    base = repo.commit({"configs/a.yaml": "x: 1\n", "configs/b.yaml": "x: 1\n", "configs/c.yaml": "x: 1\n"})
    repo.root.joinpath("configs", "link.json").symlink_to(secret)
    repo.git("add", "configs/link.json")
    repo.commit(
        {
            "configs/a.yaml": f"_base_: {secret}\nx: 2\n",
            "configs/b.yaml": "_base_: ../../../../../../../../../secret.json\nx: 2\n",
            "configs/c.yaml": "_base_: link.json\nx: 2\n",
        }
    )

    text = page(repo, base)

    assert "hf_secret" not in text
    assert "token" not in text


def grown(repo: Repo, worse: str) -> str:
    """Twenty files, a commit a week for twenty weeks, then one that makes a file worse; the base's id."""
    repo.commit({f"m{n}.py": PLAIN for n in range(20)}, day=0)
    base = ""
    for week in range(1, 20):
        base = repo.commit({"m3.py": f"{PLAIN}\n\ndef more{week}(x):\n    return x + {week}\n"}, day=7 * week)
    repo.commit({"m3.py": worse}, day=7 * 20)
    return base


def test_a_hot_file_is_told_with_its_rank(repo: Repo) -> None:
    """Of twenty files the first two are worth a word; this one changed every week."""
    text = page(repo, grown(repo, BRANCHY))

    assert "[`m3.py`](m3.py) is number 1 of 20 hotspots: 20 commits" in text


def test_health_is_told_only_beyond_its_weekly_noise(repo: Repo) -> None:
    """Forty nested branches move it; what moves it by as much as a week does is not told."""
    deep = "def step(x):\n" + "".join(f"{'    ' * n}if x > {n}:\n" for n in range(1, 15)) + "    " * 15 + "return 1\n"
    base = grown(repo, deep * 3)
    worse = page(repo, base)
    repo.git("reset", "--quiet", "--hard", base)
    repo.commit({"m3.py": f"{PLAIN}\n\ndef other(x):\n    return x + 1\n"}, day=7 * 20)

    assert "health of the code" in worse
    assert "health of the code" not in page(repo, base)


def compared(*laws: dict[str, Any]) -> str:
    """What the smoke plugin writes for one target, as far as it is read here."""
    return json.dumps({"schema": 1, "targets": [{"name": "train:make", "kind": "target", "laws": list(laws)}]})


def test_a_comparison_tells_from_which_step_training_parts(repo: Repo, tmp_path: Path) -> None:
    """Its first line and its losses, as text; laws that are no comparison are told elsewhere."""
    base = repo.commit({"a.py": PLAIN})
    repo.commit({"b.py": PLAIN})
    said = "this change alters training from step 1: label count 812 -> 640\nlosses now: 3, <b>2</b>"
    warned = {"law": "compare", "outcome": "warn", "findings": [{"message": said}], "reason": None}
    other = {"law": "finite", "outcome": "fail", "findings": [{"message": "a loss of nan"}], "reason": None}
    refused = {"law": "compare", "outcome": "skip", "findings": [], "reason": "two runs differ"}
    file = tmp_path / "smoke.json"

    file.write_text(compared(warned, other), encoding="utf-8")
    text = page(repo, base, "--smoke", str(file))
    told = "this change alters training from step 1: label count 812 -\\> 640; losses now: 3, \\<b\\>2"
    assert f"`train:make`: {told}" in text
    assert "nan" not in text
    file.write_text(compared(refused), encoding="utf-8")
    assert "`train:make`: not compared: two runs differ" in page(repo, base, "--smoke", str(file))


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"targets": [{"laws": [{}]}]}', "[" * 100_000])
def test_a_comparison_that_is_none_is_refused(repo: Repo, tmp_path: Path, text: str | None) -> None:
    """Exit 2, and the command that writes one."""
    base = repo.commit({"a.py": PLAIN})
    file = tmp_path / "smoke.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")

    done = repo.antifoul("check", "--base", base, "--format", "markdown", "--smoke", str(file))

    assert done.returncode == 2
    assert "--smoke" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_history_the_rest_is_still_told(repo: Repo) -> None:
    """The first commit has no history to rank by."""
    repo.commit({"a.py": BRANCHY})

    assert "complexity +2 in 1 function" in page(repo, "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
