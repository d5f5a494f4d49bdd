"""The installed `antifoul` in a process of its own: exit codes, colour, and what it leaves on the two streams."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from worlds import Repo, script

QUIET = "def step(loss):\n    return loss\n"
PRINTS = "def step(loss):\n    print(loss)\n"
COMMANDS = ("check", "survey", "report", "hotspots", "trend", "duplicates", "explain", "rules")
LOOKS = ("survey", "report", "hotspots", "trend", "duplicates")


@pytest.fixture
def repo(repo: Repo) -> Repo:
    """A repository with some history, one marker, and a print that is staged."""
    repo.commit({"train.py": QUIET, "data.py": "# TODO: shuffle\nX = 1\n"}, day=0)
    repo.commit({"train.py": f"X = 2\n{QUIET}"}, day=8)
    repo.stage(
        {"train.py": PRINTS, "tests/test_step.py": "import train\n\n\ndef test_step() -> None:\n    assert train\n"}
    )
    return repo


@pytest.mark.parametrize("command", LOOKS)
def test_what_informs_exits_with_0(repo: Repo, command: str) -> None:
    """A look at the tree or its history blocks nothing, and says nothing beside the report."""
    done = repo.antifoul(command)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\n")


def test_a_clean_change_exits_with_0(repo: Repo) -> None:
    """One line says what was judged."""
    repo.stage({"train.py": f"X = 3\n{QUIET}"})

    done = repo.antifoul("check", "--staged")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("antifoul: clean")
    assert done.stdout.count("\n") == 1


def test_a_finding_that_blocks_exits_with_1(repo: Repo) -> None:
    """The findings go to standard output, how to go on to standard error."""
    done = repo.antifoul("check", "--staged")

    assert done.returncode == 1
    assert done.stdout.startswith("train.py:2:5: print-added ")
    assert "antifoul explain print-added" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chek",), "chek"),
        (("check", "--stagd"), "--stagd"),
        (("check", "--staged", "--base", "HEAD"), "--base"),
        (("check", "--head", "HEAD"), "--base"),
        (("check", "--base", "nowhere"), "'nowhere'"),
        (("check", "--base", "--help-me"), "--base"),
        (("check", "--select", "print-aded"), "print-added"),
        (("check", "--format", "sarf"), "'sarf'"),
        (("survey", "--format", "github"), "'github'"),
        (("survey", "--format", "json=nowhere/x.json"), "nowhere"),
        (("check", "--format", "json", "--format", "text"), "--format"),
        (("check", "--fail-on", "never"), "--fail-on"),
        (("check", "-C", "nowhere"), "'nowhere'"),
        (("survey", "nowhere"), "'nowhere'"),
        (("survey", "--config", "nowhere.toml"), "nowhere.toml"),
        (("hotspots", "--as-of", "nowhere"), "nowhere"),
        (("explain", "print-aded"), "print-added"),
        (("explain",), "RULE"),
    ],
)
def test_wrong_usage_exits_with_2(repo: Repo, arguments: tuple[str, ...], said: str) -> None:
    """One sentence that names what is wrong, perhaps a remedy, and nothing on standard output."""
    done = repo.antifoul(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("antifoul: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") <= 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[tool.antifoul]\nselct = ["print-added"]\n', "pyproject.toml:2: unknown key 'selct': did you mean 'select'?"),
        ("[tool.antifoul]\n\nexclude = 3\n", "pyproject.toml:3: 'exclude' must be a list of strings"),
        ("[tool.antifoul\n", "pyproject.toml: it is not valid TOML"),
        ('[tool.antifoul.rules.print-added]\nallow-on = ["x"]\n', "pyproject.toml:2: "),
    ],
)
def test_wrong_settings_exit_with_2(repo: Repo, settings: str, said: str) -> None:
    """The file and the line are named, and the key that was meant."""
    repo.stage({"pyproject.toml": settings})

    done = repo.antifoul("check", "--staged")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"antifoul: {said}")


def test_a_fault_of_its_own_exits_with_3(repo: Repo, tmp_path: Path) -> None:
    """One line that says so; the traceback only with -v. Here a library is broken."""
    tmp_path.joinpath("jinja2.py").write_text("raise RuntimeError('broken')\n", encoding="utf-8")
    broken = {"PYTHONPATH": str(tmp_path)}

    short = repo.antifoul("report", "--format", "markdown", env=broken)
    long = repo.antifoul("-v", "report", "--format", "markdown", env=broken)

    assert (short.returncode, short.stdout) == (3, "")
    assert short.stderr.startswith("antifoul: this is a fault of antifoul's own: RuntimeError: broken")
    assert "Traceback" not in short.stderr
    assert long.returncode == 3
    assert "Traceback" in long.stderr
    assert long.stdout == ""


def test_it_says_its_version_and_its_commands(repo: Repo) -> None:
    """--version is one line; --help, and no command at all, list every command."""
    version, told, nothing = repo.antifoul("--version"), repo.antifoul("--help"), repo.antifoul()

    assert (version.returncode, version.stdout.count("\n")) == (0, 1)
    assert version.stdout.startswith("antifoul ")
    assert (told.returncode, told.stderr) == (0, "")
    assert (nothing.returncode, nothing.stdout) == (0, told.stdout)
    assert [command for command in COMMANDS if f"\n    {command} " not in told.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(repo: Repo, command: str) -> None:
    """Each option in it has a word of explanation."""
    done = repo.antifoul(command, "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: antifoul {command}")


@pytest.mark.parametrize("arguments", [("-q", "check", "--staged"), ("check", "--staged", "-q")])
def test_quiet_leaves_the_findings(repo: Repo, arguments: tuple[str, ...]) -> None:
    """Before or after the command, -q drops the line that sums up, not what was found."""
    done = repo.antifoul(*arguments)

    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["train.py"]


def on_terminal(repo: Repo, *arguments: str, env: dict[str, str]) -> str:
    """What the command shows on a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [script("antifoul"), *arguments],
        cwd=repo.root,
        env={"TERM": "xterm", **repo.env, **env},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        process.wait()
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other side has closed
        return b""


@pytest.mark.parametrize(
    ("options", "env", "coloured"),
    [
        ((), {}, True),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"NO_COLOR": ""}, True),
        ((), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ((), {"TERM": "dumb"}, False),
        (("--color", "never"), {}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_on_a_terminal(repo: Repo, options: tuple[str, ...], env: dict[str, str], *, coloured: bool) -> None:
    """A terminal has colour unless NO_COLOR, set to something, or --color says otherwise."""
    shown = on_terminal(repo, "check", "--staged", *options, env=env)

    assert "print-added" in shown
    assert ("\x1b[" in shown) == coloured


@pytest.mark.parametrize(
    ("options", "env", "coloured"),
    [((), {}, False), ((), {"FORCE_COLOR": "1"}, True), (("--color", "always"), {}, True)],
)
def test_colour_in_a_pipe(repo: Repo, options: tuple[str, ...], env: dict[str, str], *, coloured: bool) -> None:
    """A pipe has none unless it is asked for."""
    done = repo.antifoul("check", "--staged", *options, env=env)

    assert ("\x1b[" in done.stdout) == coloured


@pytest.mark.parametrize("command", ["rules", "survey", "report", "check"])
def test_a_reader_that_has_gone_is_no_fault(repo: Repo, command: str) -> None:
    """`antifoul rules | head -1`: nothing on standard error, and the status of a broken pipe."""
    ours, theirs = os.pipe()
    os.close(ours)
    with subprocess.Popen(
        [script("antifoul"), command], cwd=repo.root, env=repo.env, stdout=theirs, stderr=subprocess.PIPE
    ) as process:
        os.close(theirs)
        said = process.communicate()[1]

    assert (process.returncode, said) == (128 + signal.SIGPIPE, b"")


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """What a background job starts is deaf to Ctrl-C, and so are its children; here they hear it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _is_gone(process: int) -> bool:
    """The process has ended; who has to bury it is the machine, and may be slow."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{process}/stat")
        if state.exists() and state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_while_git_works(repo: Repo, tmp_path: Path) -> None:
    """130, one line, and the git that it started is gone too."""
    marker, slow = tmp_path / "started", tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(f"#!/bin/sh\necho $$ >{marker}.part\nmv {marker}.part {marker}\nexec sleep 600\n", encoding="utf-8")
    slow.chmod(0o755)
    path = f"{slow.parent}{os.pathsep}{repo.env['PATH']}"
    with subprocess.Popen(
        [script("antifoul"), "survey"],
        cwd=repo.root,
        env={**repo.env, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        while not marker.exists():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=60)

    assert (process.returncode, out, said) == (130, b"", b"antifoul: interrupted\n")
    assert _is_gone(int(marker.read_text(encoding="utf-8")))


@pytest.mark.usefixtures("hears_ctrl_c")
@pytest.mark.skipif(sys.platform != "linux", reason="it sees the worker processes in /proc")
def test_ctrl_c_while_all_cores_measure(tmp_path: Path) -> None:
    """A terminal interrupts every process of the group: still one line, and no traceback of a worker."""
    folder = tmp_path / "large"
    folder.mkdir()
    body = "".join(f"def f{n}(x):\n    return [y for y in x if y > {n} and y]\n" for n in range(8000))
    for number in range(12):
        folder.joinpath(f"m{number}.py").write_text(f"N = {number}\n{body}", encoding="utf-8")
    env = {**os.environ, "ANTIFOUL_CACHE": ""}
    with subprocess.Popen(
        [script("antifoul"), "survey", str(folder)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        while process.poll() is None and not _workers(process.pid):
            pass
        if process.poll() is None and len(os.sched_getaffinity(0)) > 1:
            os.killpg(process.pid, signal.SIGINT)
        said = process.communicate()[1]

    assert (process.returncode, said) in {(130, b"antifoul: interrupted\n"), (0, b"")}


def _workers(pid: int) -> bool:
    """Whether the process has forked one that is still antifoul, not git."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
        return any(b"antifoul" in Path(f"/proc/{child}/cmdline").read_bytes() for child in children)
    except OSError:
        return False


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("command", LOOKS)
def test_output_is_the_same_from_run_to_run(repo: Repo, command: str, form: str) -> None:
    """With another hash seed, without and with what was measured before, the bytes are equal."""
    repo.commit({f"m{n}.py": f"# FIXME: {n}\ndef f{n}(x):\n    return x if x else {n}\n" for n in range(30)}, day=20)

    runs = [repo.antifoul(command, "--format", form, env={"PYTHONHASHSEED": seed}) for seed in ("1", "2", "3")]

    assert {run.returncode for run in runs} == {0}
    assert len({run.stdout for run in runs}) == 1


def test_several_formats_at_once(repo: Repo, tmp_path: Path) -> None:
    """Each with its file; standard output has the one without."""
    json_file, page = tmp_path / "check.json", tmp_path / "check.md"

    done = repo.antifoul(
        "check", "--staged", "--format", "github", "--format", f"json={json_file}", "--format", f"markdown={page}"
    )

    assert done.returncode == 1
    assert done.stdout.startswith("::error ")
    assert json_file.read_text(encoding="utf-8").startswith("{")
    assert page.read_text(encoding="utf-8").startswith("# ")


def test_the_hook_is_silent_when_it_has_nothing_to_say(repo: Repo) -> None:
    """Not a word on either stream, for a clean change, and for none where git calls it; a finding is told."""
    blocked = repo.run(script("antifoul-hook"))
    repo.stage({"train.py": f"X = 3\n{QUIET}"})
    clean = repo.run(script("antifoul-hook"))
    repo.commit()
    nothing = repo.run(script("antifoul-hook"), env={"GIT_INDEX_FILE": ".git/index"})  # as `git commit` sets it

    assert blocked.returncode == 1
    assert "train.py:2:5: print-added" in blocked.stdout
    assert (clean.returncode, clean.stdout, clean.stderr) == (0, "", "")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "", "")
