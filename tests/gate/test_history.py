"""Histories read from blobs: exact at every commit, whatever the history went through."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from antifoul.facts.errors import ReadError
from antifoul.facts.settings import MARKERS
from antifoul.facts.source import Source
from antifoul.measures.code import measure
from antifoul.measures.whole import tally_of
from worlds import Repo

METRICS = ("markers", "complexity", "mean_complexity", "loc", "annotation_coverage")
BRANCHY = "def f(x: int, y):\n    if x and y:\n        return 1  # TODO: z\n    return 2\n"
PLAIN = "def f(x: int) -> int:\n    return x\n"


def told(repo: Repo, *arguments: str, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a command says in JSON."""
    done = repo.antifoul(*arguments, "--format", "json", env=env)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def measured(repo: Repo, commit: str) -> dict[str, float]:
    """The numbers of a commit's tree, each file read for itself."""
    tallies = []
    for row in repo.git("ls-tree", "-r", "-z", commit).split("\0")[:-1]:
        head, _, name = row.partition("\t")
        if head.startswith("100") and name.endswith(".py"):
            data = repo.git("cat-file", "blob", head.split()[2]) + "\n"
            try:
                tallies.append(tally_of(measure(Source("a.py", data.encode("utf-8", "surrogateescape")), MARKERS)))
            except ReadError:
                continue
    functions, slots = sum(one.functions for one in tallies), sum(one.hint_slots for one in tallies)
    return {
        "markers": sum(one.markers for one in tallies),
        "complexity": sum(one.complexity for one in tallies),
        "mean_complexity": sum(one.in_functions for one in tallies) / functions if functions else 0.0,
        "loc": sum(one.loc for one in tallies),
        "annotation_coverage": sum(one.hints for one in tallies) / slots if slots else 0.0,
    }


def assert_exact(repo: Repo, document: dict[str, Any]) -> None:
    """Every value of every series is that of its commit's tree."""
    assert document["series"]["loc"]
    for at, point in enumerate(document["series"]["loc"]):
        truth = measured(repo, point["commit"])
        for metric in METRICS:
            value = document["series"][metric][at]["value"]
            assert value == pytest.approx(truth[metric]), (metric, point)


@pytest.fixture
def eventful(repo: Repo) -> Repo:
    """Renames, a folder renamed, a case-only rename, swaps, odd names, links, breakage, merges, an octopus."""
    repo.commit({"pkg/a.py": BRANCHY, "pkg/b.py": PLAIN, "{x => y}/c => d.py": PLAIN}, day=0)
    repo.git("mv", "pkg", "lib")
    repo.commit(day=1, message="a folder renamed")
    repo.git("mv", "lib/a.py", "lib/A.py")
    repo.commit({"lib/b.py": BRANCHY + PLAIN}, day=2, message="only the case, and an edit")
    repo.git("mv", "lib/A.py", "t")
    repo.git("mv", "lib/b.py", "lib/A.py")
    repo.git("mv", "t", "lib/b.py")
    repo.commit(day=3, message="swapped")
    repo.commit(
        {"lib/b.py": "def f(:\n", "bad\udcff.py".encode("utf-8", "surrogateescape").decode("latin-1"): PLAIN}, day=4
    )
    repo.commit({"lib/b.py": None, "lib/py2.py": "print 'x'\n"}, day=5)
    (repo.root / "link.py").symlink_to("lib/A.py")
    repo.git("add", "link.py")
    repo.commit(day=6, message="a link is no file")
    (repo.root / "link.py").unlink()
    repo.commit({"link.py": BRANCHY}, day=7, message="and now it is")
    for name in ("one", "two", "three"):
        repo.git("checkout", "--quiet", "-b", name, "main")
        repo.commit({f"{name}.py": BRANCHY}, day=8, author=name.title())
    repo.git("checkout", "--quiet", "main")
    repo.commit({"main.py": PLAIN}, day=9)
    when = repo.day(10).isoformat()
    repo.git("merge", "--quiet", "-m", "octopus", "one", "two", "three", env={"GIT_COMMITTER_DATE": when})
    repo.commit({"main.py": None, "lib/A.py": PLAIN}, day=11, message="lib/A.py is shorter")
    return repo


def test_every_value_is_that_of_its_commits_tree(eventful: Repo) -> None:
    """On a first-parent line of eleven commits with all that a history can go through."""
    document = told(eventful, "trend")

    assert len(document["series"]["loc"]) == 11
    assert_exact(eventful, document)


def test_a_second_run_says_the_same_and_one_more_commit_is_read(eventful: Repo) -> None:
    """The cache changes nothing but the time."""
    first = told(eventful, "trend")
    again = told(eventful, "trend")
    eventful.commit({"lib/A.py": BRANCHY}, day=12)
    later = told(eventful, "trend")

    assert first == again
    assert later["series"]["loc"][:-1] == first["series"]["loc"]
    assert_exact(eventful, later)
    assert told(eventful, "trend", env={"ANTIFOUL_CACHE": ""}) == later


def test_a_shallow_clone_leaves_its_boundary_out_and_says_so(eventful: Repo, tmp_path: Path) -> None:
    """The boundary's commit seems to add every file; nothing of it is a step or a hotspot."""
    shallow = Repo(tmp_path / "shallow")
    shutil.rmtree(shallow.root)
    eventful.git("clone", "--quiet", "--depth", "3", f"file://{eventful.root}", str(shallow.root))

    document = told(shallow, "trend")
    ranked = told(shallow, "hotspots")

    assert len(document["series"]["loc"]) == 2
    assert any("shallow" in note for note in document["notes"])
    assert any("shallow" in note for note in ranked["notes"])
    assert_exact(shallow, document)


def test_a_clone_without_blobs_reads_what_there_is(eventful: Repo, tmp_path: Path) -> None:
    """A blob-less clone has those of its checkout: the last commit is exact, older versions are said to be missing."""
    eventful.git("config", "uploadpack.allowFilter", "true")
    partial = Repo(tmp_path / "partial")
    shutil.rmtree(partial.root)
    eventful.git("clone", "--quiet", "--filter=blob:none", f"file://{eventful.root}", str(partial.root))

    document = told(partial, "trend")
    ranked = told(partial, "hotspots")

    truth = measured(eventful, "HEAD")
    assert document["series"]["loc"][-1]["value"] == truth["loc"]
    assert any("missing from this clone" in note for note in document["notes"])
    assert {row["path"] for row in ranked["files"]} >= {"lib/A.py", "link.py"}

    partial.git("config", "--unset", "remote.origin.partialclonefilter")
    partial.git("fetch", "--quiet", "--refetch", "origin")

    assert told(partial, "trend") == told(eventful, "trend")


def test_a_wrong_clock_costs_one_commit_its_time(repo: Repo) -> None:
    """One commit dated 1970, one in 2040: the others keep their dates, and the last commit is the clock."""
    repo.commit({"a.py": PLAIN}, day=0)
    repo.commit({"a.py": PLAIN + PLAIN}, day=-20_000)
    repo.commit({"a.py": PLAIN + BRANCHY}, day=5_000)
    repo.commit({"a.py": BRANCHY}, day=3)

    document = told(repo, "trend")

    assert [point["date"][:10] for point in document["series"]["loc"]] == [
        "2026-01-05", "2026-01-05", "2026-01-05", "2026-01-08",
    ]  # fmt: skip
    assert any("2 commits bear dates out of order" in note for note in document["notes"])
    assert_exact(repo, document)


def test_as_of_sees_nothing_later(repo: Repo) -> None:
    """By revision or by day, the numbers are those that the run of that day gave."""
    first = repo.commit({"a.py": BRANCHY}, day=0)
    then = told(repo, "hotspots"), told(repo, "trend")
    repo.commit({"a.py": PLAIN, "b.py": BRANCHY}, day=9)

    repo.git("branch", "2026-01-old", first)

    for name in (first, "2026-01-06", "2026-01-old"):
        assert (told(repo, "hotspots", "--as-of", name), told(repo, "trend", "--as-of", name)) == then
    assert repo.antifoul("trend", "--as-of", "2026-13-45").returncode == 2


def test_commits_that_no_porcelain_writes_are_read(repo: Repo) -> None:
    """A date behind the calendar's end, a commit without its people, and a name that looks like a commit's id."""
    first = repo.commit({"a.py": PLAIN, "\x01" + "a" * 40: "x", "z.py": PLAIN}, day=0)
    repo.stage({"a.py": BRANCHY, "\x01" + "a" * 40: "y", "z.py": BRANCHY})
    tree, parent = repo.git("write-tree"), first
    for who in ("A <a@example.org> 99999999999999 +0000", "nobody"):
        body = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nodd\n"
        made = repo.run("git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=body)
        parent = made.stdout.strip()
        repo.git("update-ref", "refs/heads/main", parent)
        assert repo.antifoul("trend").returncode == repo.antifoul("hotspots").returncode == 0
    repo.commit({"a.py": PLAIN}, day=3)

    document = told(repo, "trend")

    assert len(document["series"]["loc"]) == 4
    assert_exact(repo, document)
    assert {row["path"]: row["commits"] for row in told(repo, "hotspots")["files"]} == {"a.py": 3, "z.py": 2}


def test_a_graft_is_said_and_its_commit_left_out(repo: Repo) -> None:
    """Without its parent it seems to add every file."""
    repo.commit({"a.py": PLAIN}, day=0)
    cut = repo.commit({"a.py": BRANCHY}, day=1)
    repo.commit({"a.py": PLAIN}, day=2)
    (repo.root / ".git" / "info" / "grafts").write_text(f"# cut\n{cut}\n")

    document = told(repo, "hotspots")

    assert [(row["path"], row["commits"]) for row in document["files"]] == [("a.py", 1)]
    assert any("grafts" in note for note in document["notes"])


def test_before_the_first_commit_there_is_no_history(repo: Repo) -> None:
    """It is said in a sentence, as wrong usage."""
    for command in ("hotspots", "trend"):
        done = repo.antifoul(command)
        assert done.returncode == 2
        assert "nothing is committed yet" in done.stderr


def test_a_history_without_python_is_an_empty_series(repo: Repo) -> None:
    """Nothing to rank, nothing to forecast, no fault."""
    repo.commit({"readme.md": "x"}, day=0)

    assert told(repo, "trend")["series"]["loc"][0]["value"] == 0
    assert told(repo, "hotspots")["files"] == []
    assert repo.antifoul("trend").returncode == 0
    assert repo.antifoul("hotspots").returncode == 0
