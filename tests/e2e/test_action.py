"""action.yml's steps as a runner takes them: each `run` body by bash, in order, with the environment it declares."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml  # noqa: TID253  this module reads YAML
from markdown_it import MarkdownIt

from platform_stub import platform
from worlds import Repo, script

HOME = Path(__file__).parents[2]
QUIET = "def step(loss):\n    return loss\n"
PRINTS = "def step(loss):\n    print(loss)\n"
TESTED = {"tests/test_step.py": "import other\nimport train\n\n\ndef test_step() -> None:\n    assert train != other\n"}


class Ran(NamedTuple):
    """What the action left behind."""

    code: int
    log: str
    summary: str
    outputs: dict[str, str]


class Runner:
    """A runner with one repository checked out."""

    def __init__(self, repo: Repo, temp: Path) -> None:
        self.repo = repo
        self.temp = temp
        self.temp.mkdir()
        self.action: dict[str, Any] = yaml.safe_load((HOME / "action.yml").read_text(encoding="utf-8"))

    def run(
        self,
        event: str,
        payload: Mapping[str, object] | None = None,
        inputs: Mapping[str, str] | None = None,
        **env: str,
    ) -> Ran:
        """Run the action's steps until one fails; inputs that are not given have their defaults."""
        given = {name: spec["default"] for name, spec in self.action["inputs"].items()}
        given |= {"python": sys.executable, **(inputs or {})}
        event_file = self.temp / "event.json"
        event_file.write_text(json.dumps(payload or {}), encoding="utf-8")
        world = {
            **self.repo.env,
            "GITHUB_ACTION_PATH": str(HOME),
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(event_file),
            "GITHUB_SHA": self.repo.git("rev-parse", "HEAD"),
            "RUNNER_TEMP": str(self.temp),
            **env,
        }
        known = {f"inputs.{name}": value for name, value in given.items()}
        log, summary, code = "", "", 0
        for number, step in enumerate(self.action["runs"]["steps"]):
            if "uses" in step:
                continue  # the cache, which is the platform's
            files = {name: self.temp / f"{number}.{name}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
            for file in files.values():
                file.write_text("", encoding="utf-8")
            declared = {name: filled(value, known) for name, value in step.get("env", {}).items()}
            body = self.temp / f"{number}.sh"
            body.write_text(step["run"], encoding="utf-8")
            done = subprocess.run(
                [step["shell"], "--noprofile", "--norc", "-eo", "pipefail", str(body)],
                cwd=self.repo.root / filled(step.get("working-directory", "."), known),
                env={**world, **declared, **{name: str(file) for name, file in files.items()}},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            log += done.stdout.decode("utf-8", "replace")
            summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
            for name, value in assigned(files["GITHUB_OUTPUT"].read_text(encoding="utf-8")).items():
                known[f"steps.{step['id']}.outputs.{name}"] = value
            code = done.returncode
            if code:
                break
        outputs = {name: filled(spec["value"], known) for name, spec in self.action["outputs"].items()}
        return Ran(code, log, summary, outputs)


def filled(text: str, known: Mapping[str, str]) -> str:
    """The text with its `${{ NAME }}` expressions replaced; there are no others in this action."""
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: known.get(found[1], ""), text)


def assigned(text: str) -> dict[str, str]:
    """The assignments in a file of outputs, `NAME=VALUE` or by a delimiter."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, mark, end = line.partition("<<")
        if mark and "=" not in name:
            value = []
            for part in lines:
                if part == end:
                    break
                value.append(part)
            found[name] = "\n".join(value)
        else:
            name, _, rest = line.partition("=")
            found[name] = rest
    return found


@pytest.fixture
def runner(repo: Repo, tmp_path: Path) -> Runner:
    """A runner whose repository has one commit on main."""
    repo.commit({"train.py": QUIET})
    return Runner(repo, tmp_path / "temp")


def pull_request(repo: Repo, files: Mapping[str, str | bytes | None]) -> None:
    """Check out what the platform checks out: the merge of a branch with these files into main, which has moved on."""
    repo.git("checkout", "--quiet", "-b", "feature")
    repo.commit(files, day=1)
    repo.git("checkout", "--quiet", "main")
    repo.commit({"moved_on.py": PRINTS}, day=2)
    repo.git("merge", "--quiet", "--no-ff", "-m", "merge", "feature")


def test_a_pull_request_that_moves_a_print_passes(runner: Runner) -> None:
    """Neither the moved print nor the one that main got meanwhile is the pull request's."""
    runner.repo.commit({"train.py": PRINTS})
    pull_request(runner.repo, {"train.py": f"import os\n\n\n{PRINTS}", **TESTED})

    ran = runner.run("pull_request", GITHUB_BASE_REF="main")

    assert ran.code == 0, ran.log
    assert (ran.outputs["verdict"], ran.outputs["findings"]) == ("pass", "0")
    assert "::error" not in ran.log


def test_a_pull_request_that_adds_a_print_is_blocked(runner: Runner) -> None:
    """The print is annotated in the log and stands in the summary, above the report."""
    pull_request(runner.repo, {"train.py": PRINTS, **TESTED})

    ran = runner.run("pull_request", GITHUB_BASE_REF="main")

    assert ran.code == 1
    assert "::error file=train.py,line=2,endLine=2,col=5,title=antifoul print-added::" in ran.log
    assert ran.log.count("::error") == 1
    assert (ran.outputs["verdict"], ran.outputs["findings"]) == ("fail", "1")
    assert 0 <= float(ran.outputs["score"]) <= 100
    verdict, report = ran.summary.index("print-added"), ran.summary.index("\n# ")
    assert verdict < report
    assert Path(ran.outputs["report-path"]).read_text(encoding="utf-8") == ran.summary


def test_a_pull_request_whose_head_is_checked_out_is_judged_from_the_fork_point(runner: Runner, tmp_path: Path) -> None:
    """Some workflows check out the branch itself; its last commit may then be a merge of its own."""
    repo = runner.repo
    repo.git("checkout", "--quiet", "-b", "feature")
    repo.commit({"mine.py": PRINTS, **TESTED})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"moved_on.py": PRINTS})
    repo.git("checkout", "--quiet", "feature")
    repo.git("merge", "--quiet", "--no-ff", "-m", "catch up", "main")
    clone = checked_out(repo, tmp_path / "clone", "--branch=feature")

    ran = Runner(clone, tmp_path / "t").run("pull_request", GITHUB_BASE_REF="main", GITHUB_SHA="1" * 40)

    assert ran.code == 1
    assert "file=mine.py" in ran.log
    assert "file=moved_on.py" not in ran.log


def test_a_clone_without_the_base_is_refused_with_the_line_to_add(runner: Runner, tmp_path: Path) -> None:
    """The checkout action fetches one commit by default: no verdict then, in log and summary, and exit 2."""
    pull_request(runner.repo, {"train.py": PRINTS})
    clone = checked_out(runner.repo, tmp_path / "clone", "--depth=1")

    ran = Runner(clone, tmp_path / "t").run("pull_request", GITHUB_BASE_REF="main")

    assert ran.code == 2
    assert "fetch-depth: 0" in ran.log
    assert "fetch-depth: 0" in ran.summary
    assert ran.outputs["verdict"] == "none"


def test_two_commits_of_depth_are_enough_for_a_verdict_on_a_pull_request(runner: Runner, tmp_path: Path) -> None:
    """The merge commit and its parents hold all of the change."""
    pull_request(runner.repo, {"train.py": PRINTS, **TESTED})
    clone = checked_out(runner.repo, tmp_path / "clone", "--depth=2")

    ran = Runner(clone, tmp_path / "t").run("pull_request", GITHUB_BASE_REF="main")

    assert ran.code == 1
    assert ran.outputs["findings"] == "1"


def test_a_push_is_judged_from_where_the_branch_was(runner: Runner) -> None:
    """All commits of the push count, and nothing before them."""
    before = runner.repo.commit({"old.py": PRINTS})
    runner.repo.commit({"one.py": PRINTS, **TESTED})
    runner.repo.commit({"two.py": QUIET})

    ran = runner.run("push", {"before": before, "ref": "refs/heads/main"})

    assert ran.code == 1
    assert "file=one.py" in ran.log
    assert "file=old.py" not in ran.log


def test_a_new_branch_is_judged_from_the_default_branch(runner: Runner, tmp_path: Path) -> None:
    """The platform gives zeros for where a new branch was before."""
    runner.repo.git("checkout", "--quiet", "-b", "feature")
    runner.repo.commit({"mine.py": PRINTS, **TESTED})
    clone = checked_out(runner.repo, tmp_path / "clone", "--branch=feature")
    event = {"before": "0" * 40, "ref": "refs/heads/feature", "repository": {"default_branch": "main"}}

    ran = Runner(clone, tmp_path / "t").run("push", event, inputs={"select": "print-added"})

    assert ran.code == 1
    assert ran.outputs["findings"] == "1"


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("schedule", {}),
        ("workflow_dispatch", {}),
        ("push", {"before": "0" * 40, "ref": "refs/heads/main", "repository": {"default_branch": "main"}}),
    ],
)
def test_an_event_without_a_change_gets_the_report_alone(
    runner: Runner, event: str, payload: Mapping[str, object]
) -> None:
    """That nothing was judged is said; it is not called a pass."""
    ran = runner.run(event, payload)

    assert ran.code == 0
    assert ran.outputs["verdict"] == "none"
    assert ran.outputs["score"]
    assert "o change was judged" in ran.log
    assert ran.summary.startswith("No change was judged: ")


def test_the_inputs_reach_the_check(runner: Runner) -> None:
    """base, select, fail-on and report do what they say."""
    base = runner.repo.git("rev-parse", "HEAD")
    runner.repo.commit({"train.py": PRINTS})

    both = runner.run("schedule", inputs={"base": base, "report": "false", "fail-on": "note"})
    one = runner.run("schedule", inputs={"base": base, "report": "false", "select": "tests-untouched"})
    none = runner.run("schedule", inputs={"base": base, "report": "false", "ignore": "print-added,tests-untouched"})

    assert (both.code, both.outputs["score"]) == (1, "")
    assert "print-added" in both.log
    assert "tests-untouched" in both.log
    assert "print-added" not in one.log
    assert (none.code, none.outputs["findings"]) == (0, "0")


def test_a_comparison_of_training_reaches_the_summary(runner: Runner) -> None:
    """The file is one that an earlier step wrote into the checkout."""
    base = runner.repo.git("rev-parse", "HEAD")
    runner.repo.commit({"train.py": f"X = 1\n\n\n{QUIET}", **TESTED})
    law = {"law": "compare", "outcome": "warn", "reason": None, "findings": [{"message": "parts from step 2: loss"}]}
    runner.repo.write({"smoke.json": json.dumps({"targets": [{"name": "train:make", "laws": [law]}]})})

    ran = runner.run("schedule", inputs={"base": base, "report": "false", "smoke": "smoke.json"})

    assert ran.code == 0, ran.log
    assert "- `train:make`: parts from step 2: loss" in ran.summary


def test_a_wrong_input_is_said_in_log_and_summary(runner: Runner) -> None:
    """Exit 2, the name that is meant, and no verdict."""
    ran = runner.run("schedule", inputs={"base": "HEAD", "select": "print-aded"})

    assert ran.code == 2
    assert "print-added" in ran.log
    assert "print-aded" in ran.summary
    assert ran.outputs["verdict"] == "none"


def test_what_is_outside_a_repository_is_refused(runner: Runner) -> None:
    """Without a checkout there is nothing to look at."""
    ran = runner.run("push", inputs={"working-directory": ".."})

    assert ran.code == 2
    assert "actions/checkout" in ran.log


def test_the_judged_repository_cannot_speak_to_the_runner(runner: Runner) -> None:
    """File names that look like workflow commands or HTML reach neither the log nor the summary as such."""
    names = ("a\n::error::pwned.py", "b%0A::set-output name=x::y.py", "<img src=x onerror=alert(1)>.py", "`|.py")
    pull_request(runner.repo, {**dict.fromkeys(names, PRINTS), "c.py": "def (:\n"})

    ran = runner.run("pull_request", GITHUB_BASE_REF="main")

    assert ran.code == 1
    assert int(ran.outputs["findings"]) >= len(names)
    lines = ran.log.splitlines()
    commands = [line for line in lines if line.startswith("::")]
    assert all(re.match(r"::(error|warning|notice|stop-commands|[0-9a-f]{32})\b", line) for line in commands)
    assert not [line for line in commands if line.startswith(("::error::", "::set-output"))]
    assert "<img" not in MarkdownIt("commonmark", {"html": True}).enable("table").render(ran.summary)


def test_modules_of_the_judged_repository_are_not_imported(runner: Runner, tmp_path: Path) -> None:
    """A module that is named as one of Python's, ours or our libraries' stays a file that is judged."""
    ran_code = tmp_path / "ran"
    trap = f"open({str(ran_code)!r}, 'w').close()\n"
    names = ("json.py", "ast.py", "sqlite3.py", "multiprocessing.py", "jinja2.py", "yaml.py", "antifoul/__init__.py")
    pull_request(runner.repo, dict.fromkeys((*names, "sitecustomize.py", "conftest.py"), trap))

    ran = runner.run("pull_request", GITHUB_BASE_REF="main")

    assert ran.code == 0, ran.log
    assert not ran_code.exists()


def test_the_summary_stays_under_the_platforms_limit(runner: Runner) -> None:
    """A summary over 1 MiB is dropped whole, so it ends before, at a whole line, and says where the rest is."""
    body = "".join(f"    print('a line that says a little, number {n}')\n" for n in range(9000))
    pull_request(runner.repo, {"loud.py": f"def loud():\n{body}", **TESTED})

    ran = runner.run("pull_request", inputs={"select": "print-added"}, GITHUB_BASE_REF="main")

    whole = Path(ran.outputs["report-path"])
    assert (ran.code, ran.outputs["findings"]) == (1, "9000")
    assert whole.stat().st_size > 900 * 1024 > len(ran.summary.encode()) - 200
    assert ran.summary.splitlines()[-1].startswith("truncated: ")
    assert ran.log.count("::error") == 10


@pytest.mark.parametrize("tool", ["uv", "pip"])
def test_the_action_sets_itself_up(runner: Runner, tmp_path: Path, tool: str) -> None:
    """With uv where there is one, else with venv and pip, antifoul is installed from the action's own folder."""
    path = path_with(tmp_path / "bin", python3=Path(sys.executable).resolve())
    if tool == "uv":
        path = path_with(tmp_path / "uv", uv=Path(script("uv"))) + os.pathsep + path
    pull_request(runner.repo, {"train.py": PRINTS, **TESTED})

    ran = runner.run("pull_request", inputs={"python": ""}, GITHUB_BASE_REF="main", PATH=path)

    assert ran.code == 1, ran.log
    assert ran.outputs["findings"] == "1"
    assert (runner.temp / "antifoul-venv" / "bin" / "pip").exists() == (tool == "pip")


def test_a_python_that_is_too_old_is_said(runner: Runner, tmp_path: Path) -> None:
    """The remedy is a step that sets up a newer one."""
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)

    ran = runner.run("push", inputs={"python": ""}, PATH=path_with(tmp_path / "bin", python3=old))

    assert ran.code == 2
    assert "::error title=antifoul::antifoul needs Python 3.11 or newer: put actions/setup-python before it" in ran.log


def path_with(folder: Path, **programs: Path) -> str:
    """A PATH with these programs first and the system's after them."""
    folder.mkdir()
    for name, place in programs.items():
        folder.joinpath(name).symlink_to(place)
    return f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"


def checked_out(repo: Repo, place: Path, *options: str) -> Repo:
    """A clone as the checkout action makes one."""
    clone = Repo(place)
    clone.git("clone", "--quiet", *options, f"file://{repo.root}", "fresh")
    clone.root = place / "fresh"
    return clone


def test_the_metadata_is_complete() -> None:
    """Every input says what it is and has a default; no expression stands in a `run` body."""
    action = yaml.safe_load((HOME / "action.yml").read_text(encoding="utf-8"))

    assert all(set(spec) == {"description", "required", "default"} for spec in action["inputs"].values())
    steps = action["runs"]["steps"]
    assert all(step["shell"] == "bash" and "${{" not in step["run"] for step in steps if "run" in step)
    assert all(re.fullmatch(r"actions/[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)


def test_the_comment_says_what_was_found_and_that_it_is_gone(runner: Runner) -> None:
    """One comment: added, then edited to resolved; the exit status stays the check's when the platform refuses."""
    pull_request(runner.repo, {"train.py": PRINTS, **TESTED})
    sides = {side: {"repo": {"full_name": "acme/repo"}} for side in ("head", "base")}
    event = {"pull_request": {"number": 7, **sides}}
    inputs = {"comment": "true", "token": "secret", "report": "false"}
    with platform() as stub:
        env = {"GITHUB_API_URL": stub.url, "GITHUB_REPOSITORY": "acme/repo", "GITHUB_BASE_REF": "main"}

        dirty = runner.run("pull_request", event, inputs, **env)
        first = stub.comments[0]["body"]
        runner.repo.commit({"train.py": QUIET, "tests/test_step.py": None})
        clean = runner.run("pull_request", event, {**inputs, "base": "HEAD^1^1"}, **env)
        last = stub.comments[0]["body"]
        stub.refuse["GET"] = 403
        refused = runner.run("pull_request", event, {**inputs, "base": "HEAD^1^1"}, **env)

    assert (dirty.code, clean.code, refused.code) == (1, 0, 0), dirty.log + clean.log + refused.log
    assert "# antifoul: 1 finding to mend" in first
    assert "resolved, nothing is found any more" in last
    assert len(stub.comments) == 1
    assert "no comment, the token may not write one" in refused.log


def test_a_comment_on_ten_thousand_findings_fits(runner: Runner) -> None:
    """The platform refuses more than 65,536 characters; what is left out is counted."""
    body = "".join(f"    print('line {n}')\n" for n in range(10_000))
    pull_request(runner.repo, {"loud.py": f"def loud():\n{body}", **TESTED})

    runner.run("pull_request", inputs={"select": "print-added", "report": "false"}, GITHUB_BASE_REF="main")

    text = runner.temp.joinpath("antifoul-report", "comment.md").read_text(encoding="utf-8")
    assert 60_000 < len(text) <= 64_000
    shown = text.count("| `print-added` |")
    assert f"{10_000 - shown:,} more are left out here" in text


def test_a_sarif_file_is_written_where_the_output_says(runner: Runner) -> None:
    """Its name can be chosen, its folder cannot."""
    pull_request(runner.repo, {"train.py": PRINTS, **TESTED})
    inputs = {"report": "false", "select": "print-added"}

    usual = runner.run("pull_request", inputs=inputs, GITHUB_BASE_REF="main")
    sarif = Path(usual.outputs["sarif-path"])
    found = json.loads(sarif.read_text(encoding="utf-8"))["runs"][0]["results"]
    named = runner.run("pull_request", inputs={**inputs, "sarif": "mine.sarif"}, GITHUB_BASE_REF="main")
    none = runner.run("pull_request", inputs={**inputs, "sarif": "false"}, GITHUB_BASE_REF="main")

    assert [one["ruleId"] for one in found] == ["print-added"]
    assert named.outputs["sarif-path"] == str(sarif.with_name("mine.sarif"))
    assert none.outputs["sarif-path"] == ""


@pytest.mark.parametrize("name", ["../x.sarif", "/x.sarif", "a/b.sarif", "C:x", "..\\x", "..", ".", "comment.md"])
def test_a_report_cannot_be_written_outside_of_its_folder(runner: Runner, name: str) -> None:
    """A name that leads elsewhere, or to another report, is refused before anything is judged."""
    ran = runner.run("push", inputs={"sarif": name, "base": "HEAD"})

    assert ran.code == 2
    assert "is no name for a file" in ran.log


def test_only_the_paths_that_are_asked_for_are_judged(runner: Runner) -> None:
    """Globs, by commas or lines."""
    base = runner.repo.git("rev-parse", "HEAD")
    runner.repo.commit({"a/x.py": PRINTS, "b/x.py": PRINTS, "c/x.py": PRINTS})

    ran = runner.run("schedule", inputs={"base": base, "paths": "a/\nb/*.py", "report": "false", "select": "prints"})

    assert ran.outputs["findings"] == "2"
    assert "file=c/x.py" not in ran.log


def test_what_is_not_checked_out_can_be_judged(runner: Runner) -> None:
    """Its objects suffice: that is how a fork's branch is judged in a trusted workflow."""
    runner.repo.git("checkout", "--quiet", "-b", "theirs")
    head = runner.repo.commit({"train.py": PRINTS})
    runner.repo.git("checkout", "--quiet", "main")

    ran = runner.run("workflow_run", {}, {"base": "main", "head": head, "report": "false"})

    assert ran.code == 1
    assert "file=train.py,line=2" in ran.log


def test_the_base_decides_by_default_whose_settings_judge(runner: Runner) -> None:
    """A pull request cannot switch its own gate off; `head` lets it."""
    pull_request(runner.repo, {"train.py": PRINTS, "antifoul.toml": '[rules.print-added]\nseverity = "off"\n'})
    inputs = {"report": "false", "select": "print-added"}

    assert runner.run("pull_request", inputs=inputs, GITHUB_BASE_REF="main").code == 1
    asked = runner.run("pull_request", inputs={**inputs, "settings-from": "head"}, GITHUB_BASE_REF="main")
    assert asked.code == 0


@pytest.mark.parametrize("version", ["v1; rm -rf /", "-x", "v1 --index-url=http://x", "$(id)"])
def test_a_version_that_is_none_is_refused(runner: Runner, version: str) -> None:
    """It reaches no installer."""
    ran = runner.run("push", inputs={"python": "", "version": version}, PATH="/usr/bin:/bin")

    assert ran.code == 2
    assert "version must be a tag or a commit of antifoul" in ran.log
