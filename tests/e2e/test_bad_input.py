"""What is wrong with the input is said in a clear line; the rest is still judged and told in full."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from worlds import Repo, script

GOOD = "def step(loss):\n    # TODO: scale it\n    return loss\n"
PRINTS = "def step(loss):\n    print(loss)\n"
TREE = ("survey", "report", "duplicates")
HISTORY = ("hotspots", "trend")
DEEP = 10_000

# name -> content and what the reason says
UNREADABLE: dict[str, tuple[str | bytes, str]] = {
    "brackets.py": ("x = " + "(" * DEEP + ")" * DEEP + "\n", "nested"),
    "minuses.py": ("x = " + "-" * DEEP * 10 + "1\n", "deeper"),
    "syntax.py": ("def f(:\n", "does not parse"),
    "nul.py": (b"x = 1\0\n", "NUL bytes"),
    "utf16.py": ("x = 1\n".encode("utf-16"), "NUL bytes"),
    "latin.py": (b"x = '\xe9'\n", "utf-8"),
    "cookie.py": (b"# -*- coding: klingon -*-\nx = 1\n", "klingon"),
    "rot13.py": (b"# -*- coding: rot13 -*-\nk = 1\n", "rot13"),
    "digits.py": (f"x = {'9' * 5000}\n", "digits"),
    "large.py": (b"#" * 6_000_000, "limit"),
}
ODD_BUT_FINE: dict[str, str | bytes] = {
    "sum.py": "x = " + "+".join(["1"] * DEEP) + "\n",
    "attribute.py": "x = a" + ".b" * DEEP + "\n",
    "elif.py": "def f(x):\n    if x:\n        pass\n" + "    elif x > 1:\n        pass\n" * 2000,
    "one_line.py": "x = 1  # " + "a" * 1_000_000 + "\n",
    "carriage.py": "def f():\r    return 1\r",
    "bom.py": b"\xef\xbb\xbfx = 1\n",
    "empty.py": "",
}


def lay(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files into a folder, which is made."""
    folder.mkdir()
    for name, content in files.items():
        folder.joinpath(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def look(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run antifoul in a folder that belongs to no repository."""
    env = {**os.environ, "ANTIFOUL_CACHE": "", "GIT_CEILING_DIRECTORIES": str(place.parent)}
    return subprocess.run(
        [script("antifoul"), *arguments], cwd=place, env=env, capture_output=True, check=False, encoding="utf-8"
    )


def surveyed(done: subprocess.CompletedProcess[str]) -> tuple[set[str], dict[str, str]]:
    """The files of a survey's JSON, and the reason for each that was skipped."""
    assert (done.returncode, done.stderr) == (0, "")
    told: dict[str, Any] = json.loads(done.stdout)
    return {file["path"] for file in told["files"]}, {skip["path"]: skip["reason"] for skip in told["skipped"]}


def said_once(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit 2, one sentence with these words, nothing on standard output."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("antifoul: ")
    assert [word for word in words if word not in done.stderr] == []
    assert done.stderr.count("\n") <= 2


@pytest.mark.parametrize("command", [*TREE, *HISTORY])
def test_a_folder_that_is_not_there(tmp_path: Path, command: str) -> None:
    """It is named."""
    said_once(look(tmp_path, command, "gone"), "'gone'")


@pytest.mark.parametrize("command", [*HISTORY, "check"])
def test_a_folder_without_a_repository_has_no_history(tmp_path: Path, command: str) -> None:
    """What needs git says so, and what does not need it."""
    said_once(look(lay(tmp_path / "plain", {"a.py": GOOD}), command), "not in a git repository", "antifoul survey")


@pytest.mark.parametrize("command", TREE)
def test_a_folder_without_a_repository_is_surveyed(tmp_path: Path, command: str) -> None:
    """The tree is there all the same."""
    done = look(lay(tmp_path / "plain", {"a.py": GOOD}), command)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_report_without_a_repository_says_what_is_missing(tmp_path: Path) -> None:
    """And gives the rest."""
    done = look(lay(tmp_path / "plain", {"a.py": GOOD}), "report")

    assert "git" in done.stdout
    assert "a.py" in done.stdout


@pytest.mark.parametrize("command", [*TREE, "check"])
def test_an_empty_repository_is_clean(repo: Repo, command: str) -> None:
    """No commit and no file: a report that says so."""
    done = repo.antifoul(command)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize("command", HISTORY)
def test_an_empty_repository_has_no_history(repo: Repo, command: str) -> None:
    """It is said in one line."""
    said_once(repo.antifoul(command), "commit")


def test_before_the_first_commit_all_that_is_staged_is_new(repo: Repo) -> None:
    """The index is judged against an empty tree, and the tree is surveyed."""
    repo.stage({"train.py": PRINTS})

    checked, told = repo.antifoul("check", "--staged"), repo.antifoul("survey", "--format", "json")

    assert checked.returncode == 1
    assert "train.py:2:5: print-added" in checked.stdout
    assert surveyed(told)[0] == {"train.py"}


@pytest.mark.parametrize("command", ["survey", "report", "check"])
def test_a_bare_repository(repo: Repo, tmp_path: Path, command: str) -> None:
    """It has no files to look at, and no work tree to judge."""
    repo.commit({"a.py": GOOD})
    repo.git("clone", "--quiet", "--bare", str(repo.root), str(tmp_path / "bare"))

    said_once(look(tmp_path / "bare", command), "bare")


def test_each_unreadable_content_is_a_skip_and_the_rest_is_counted(tmp_path: Path) -> None:
    """Nothing ends the survey; each reason says what is wrong with that file."""
    contents = {name: content for name, (content, _) in UNREADABLE.items()}
    place = lay(tmp_path / "plain", {**contents, **ODD_BUT_FINE, "good.py": GOOD})

    files, skipped = surveyed(look(place, "survey", "--format", "json"))

    assert set(skipped) - set(ODD_BUT_FINE) == set(UNREADABLE)
    assert [name for name, (_, word) in UNREADABLE.items() if word not in skipped[name]] == []
    assert files | set(skipped) == {*UNREADABLE, *ODD_BUT_FINE, "good.py"}
    assert "good.py" in files


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_report_lists_what_it_could_not_read(tmp_path: Path, form: str) -> None:
    """Every skip stands in it, and the place of the marker in the one good file too."""
    place = lay(tmp_path / "plain", {**{name: content for name, (content, _) in UNREADABLE.items()}, "good.py": GOOD})

    done = look(place, "report", "--format", form)

    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in (*UNREADABLE, "good.py") if name not in done.stdout] == []


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_file_blocks_the_change_that_adds_it(repo: Repo, name: str) -> None:
    """What cannot be judged is no pass: a finding at the file, and the other file is judged as well."""
    repo.stage({name: UNREADABLE[name][0], "train.py": PRINTS})

    done = repo.antifoul("check", "--staged")

    assert done.returncode == 1
    assert f"{name}:1:1: file-unreadable " in done.stdout
    assert "train.py:2:5: print-added" in done.stdout


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """50 MB are over the limit; the setting that raises it is named."""
    place = lay(tmp_path / "plain", {"good.py": GOOD})
    with place.joinpath("huge.py").open("wb") as file:
        file.truncate(50 * 2**20)

    files, skipped = surveyed(look(place, "survey", "--format", "json"))

    assert files == {"good.py"}
    assert "52,428,800 bytes" in skipped["huge.py"]
    assert "thresholds.file-bytes" in skipped["huge.py"]


def unprivileged() -> list[str]:
    """What to put before a command so that it minds file permissions; skips the test where that cannot be had."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root reads every file, and setpriv is not here to take that from it")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


@pytest.mark.parametrize("in_repository", [False, True])
def test_what_may_not_be_read_is_a_skip(tmp_path: Path, repo: Repo, *, in_repository: bool) -> None:
    """A file and a folder without permission are listed; the survey goes on."""
    place = repo.root if in_repository else tmp_path / "plain"
    for folder in (place, place / "sub"):
        folder.mkdir(exist_ok=True)
        folder.joinpath("good.py").write_text(GOOD, encoding="utf-8")
        folder.joinpath("secret.py").write_text(GOOD, encoding="utf-8")
    if in_repository:
        repo.commit(dict.fromkeys(("good.py", "secret.py", "sub/good.py", "sub/secret.py"), GOOD))
    place.joinpath("secret.py").chmod(0)
    place.joinpath("sub").chmod(0)
    try:
        done = subprocess.run(
            [*unprivileged(), script("antifoul"), "survey", "--format", "json"],
            cwd=place,
            env={**repo.env, "GIT_CEILING_DIRECTORIES": str(tmp_path)},
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
    finally:
        place.joinpath("sub").chmod(0o755)
    files, skipped = surveyed(done)

    assert files == {"good.py"}
    assert "ermission denied" in skipped["secret.py"]
    assert any(path.startswith("sub") for path in skipped)


def test_links_pipes_and_folders_are_not_opened(tmp_path: Path) -> None:
    """A loop of links ends, a pipe that nobody writes to is not waited for, a folder may be called x.py."""
    place = lay(tmp_path / "plain", {"good.py": GOOD})
    place.joinpath("loop.py").symlink_to("loop.py")
    place.joinpath("up").symlink_to("..")
    place.joinpath("here.py").symlink_to(".")
    place.joinpath("folder.py").mkdir()
    os.mkfifo(place / "pipe.py")
    os.mkfifo(place / "pipe")

    files, skipped = surveyed(look(place, "survey", "--format", "json"))

    assert files == {"good.py"}
    assert skipped == {"pipe.py": "it is a pipe (FIFO), not a regular file"}


def test_links_and_pipes_in_a_repository(repo: Repo) -> None:
    """The same for what git tracks; git itself cannot compare a pipe, and `check` says so."""
    repo.commit({"good.py": GOOD, "was.py": GOOD})
    repo.root.joinpath("loop.py").symlink_to("loop.py")
    repo.git("add", "loop.py")
    repo.write({"was.py": None})
    os.mkfifo(repo.root / "was.py")

    files, skipped = surveyed(repo.antifoul("survey", "--format", "json"))
    checked = repo.antifoul("check")

    assert files == {"good.py"}
    assert "pipe" in skipped["was.py"]
    said_once(checked, "was.py")


# Bytes, as a name may be anything but a slash and a NUL.
ODD_NAMES = (
    b"with space.py",
    b"quote'.py",
    b'double".py',
    b"new\nline.py",
    b"re\rturn.py",
    b"tab\t.py",
    b"esc\x1b[31mred.py",
    b"bell\x07.py",
    b"csi\xc2\x9b31m.py",
    b"\xe2\x80\xaeright to left.py",
    b"latin\xe9.py",
    b"<script>alert(1)<.py",
    b"[link](https:x).py",
    b"pi|pe.py",
    b"ba`ck``tick.py",
    b"*star*.py",
    b"#1 @ada.py",
    b"-q.py",
    b":(glob)**.py",
    b"a, b:c=d%0A.py",
    b"::error::x.py",
    b"back\\slash.py",
    "ünïcode-日本.py".encode(),
)


@pytest.fixture
def odd(repo: Repo) -> Repo:
    """A repository in which every odd name is staged, with a print and a marker in it."""
    for number, name in enumerate(ODD_NAMES):
        folder = os.fsencode(repo.root)
        Path(os.fsdecode(folder + b"/" + name)).write_text(
            f"# TODO: one\ndef f{number}(x):\n    print({number})\n", encoding="utf-8"
        )
    repo.git("add", "--all")
    return repo


def test_odd_names_are_judged_one_by_one(odd: Repo) -> None:
    """JSON has each name: as it is when it is UTF-8, quoted as git does when not."""
    done = odd.antifoul("check", "--staged", "--select", "print-added", "--format", "json")
    told = json.loads(done.stdout)

    assert done.returncode == 1
    names = {finding["path"] for finding in told["findings"]}
    expected = {name.decode() for name in ODD_NAMES if name != b"latin\xe9.py"} | {'"latin\\351.py"'}
    assert names == expected
    assert len(told["findings"]) == len(ODD_NAMES)
    assert surveyed(odd.antifoul("survey", "--format", "json"))[0] == expected


def controls(text: str) -> list[str]:
    """The characters by which a text could steer a terminal or hide what it says, line feeds aside."""
    return [one for one in text if one != "\n" and (not one.isprintable()) and not one.isspace()]


COMMANDS: tuple[tuple[str, ...], ...] = (("check", "--staged"), ("survey",), ("report",), ("duplicates",))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_odd_names_steer_nothing(odd: Repo, command: tuple[str, ...], form: str) -> None:
    """No control character of a name reaches the output, nor a carriage return."""
    done = odd.antifoul(*command, "--format", form)

    assert done.returncode in {0, 1}
    assert controls(done.stdout) == []
    assert "\r" not in done.stdout
    assert "Traceback" not in done.stderr


def test_odd_names_have_a_line_each(odd: Repo) -> None:
    """In text, a line a finding; for GitHub, ten annotations and no other command."""
    text = odd.antifoul("check", "--staged", "--select", "print-added")
    annotations = odd.antifoul("check", "--staged", "--select", "print-added", "--format", "github").stdout.splitlines()

    assert text.stdout.count("\n") == len(ODD_NAMES) + 1
    assert sum(line.startswith("::error file=") for line in annotations) == 10
    assert [
        line for line in annotations if line.startswith("::") and not line.startswith(("::error file=", "::notice"))
    ] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_odd_names_are_not_markup(odd: Repo, command: tuple[str, ...]) -> None:
    """In Markdown they make no tag, no emphasis, and no link but the one to the file."""
    page = odd.antifoul(*command, "--format", "markdown").stdout

    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(page)

    assert "<script" not in html
    assert "<em>star" not in html
    assert 'href="https:x"' not in html


def test_names_that_are_not_utf_8_survive_every_locale(odd: Repo) -> None:
    """Also where the terminal's encoding is ASCII."""
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    done = odd.antifoul("check", "--staged", "--select", "print-added", env=locale)

    assert done.returncode == 1
    assert done.stdout.count("\n") == len(ODD_NAMES) + 1


BROKEN: dict[str, Callable[[Repo], object]] = {
    "HEAD is garbage": lambda repo: repo.write({".git/HEAD": "garbage\n"}),
    "HEAD names a missing commit": lambda repo: repo.write({".git/refs/heads/main": "1" * 40 + "\n"}),
    "the index is garbage": lambda repo: repo.write({".git/index": "garbage"}),
    "the objects are gone": lambda repo: shutil.rmtree(repo.root / ".git" / "objects"),
}


@pytest.mark.parametrize("command", ["check", "survey", "report", "hotspots", "trend"])
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_repository_is_no_fault_of_ours(repo: Repo, how: str, command: str) -> None:
    """A clear line or what can still be told, never a traceback and never exit 3."""
    repo.commit({"a.py": GOOD})
    BROKEN[how](repo)

    done = repo.antifoul(command)

    assert done.returncode in {0, 2}, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout or done.stderr.startswith("antifoul: ")
