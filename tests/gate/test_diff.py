"""A change named by a unified diff: judged by the blobs that it names, else by the work tree, else listed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from antifoul.facts.errors import UsageError
from antifoul.facts.report import CheckReport
from antifoul.gate.change import Range, judge
from antifoul.gate.check import Asked
from worlds import Repo, script

QUIET = "def f(x):\n    return x\n"
PRINTS = "def f(x):\n    print(x)\n    return x\n"
LONG = "".join(f"def g{n}(x):\n    return x + {n}\n\n\n" for n in range(20))


def judged(repo: Repo, diff: str | bytes) -> CheckReport:
    """The verdict of print-added on a diff."""
    data = diff.encode("utf-8", "surrogateescape") if isinstance(diff, str) else diff
    return judge(str(repo.root), Range(diff=data), Asked(select=("print-added",)), repo.env)


def places(told: CheckReport) -> list[tuple[str, int]]:
    """Path and line of each finding."""
    return [(one.path, one.line) for one in told.findings]


@pytest.fixture
def repo(repo: Repo) -> Repo:
    """Two commits: one without prints, one that adds some, renames and deletes."""
    repo.commit({"pkg/a.py": LONG + QUIET, "old.py": LONG, "gone.py": PRINTS, "sp ü.py": QUIET})
    repo.commit(
        {"pkg/a.py": LONG + PRINTS, "old.py": None, "new.py": f"{LONG}print(1)\n", "gone.py": None, "sp ü.py": PRINTS}
    )
    return repo


EXPECTED = [("new.py", 81), ("pkg/a.py", 82), ("sp ü.py", 2)]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--full-index",),
        ("--no-prefix",),
        ("--src-prefix=i/", "--dst-prefix=w/"),
        ("-U0",),
        ("-U30",),
        ("--no-renames",),
        ("-M", "-C"),
        ("--patience",),
        ("--abbrev=8",),
    ],
)
def test_what_git_diff_prints(repo: Repo, options: tuple[str, ...]) -> None:
    """With any prefix, context and length of names."""
    told = judged(repo, repo.git("diff", *options, "HEAD~1", "HEAD") + "\n")

    assert (places(told), told.skipped) == (EXPECTED, ())


def test_a_mailed_patch(repo: Repo) -> None:
    """What stands around the diff, head and signature, is passed over."""
    assert places(judged(repo, repo.git("format-patch", "--stdout", "-1") + "\n")) == EXPECTED


def test_blobs_are_judged_whatever_lies_in_the_work_tree(repo: Repo) -> None:
    """The index lines name them."""
    diff = repo.git("diff", "HEAD~1", "HEAD") + "\n"
    repo.write({"pkg/a.py": "x = 1\n", "new.py": None, "sp ü.py": "\0"})

    assert places(judged(repo, diff)) == EXPECTED


def test_what_is_not_added_yet_is_judged_from_the_work_tree(repo: Repo) -> None:
    """Its blob is nowhere; the lines of the diff stand in the file."""
    repo.write({"pkg/a.py": f"{LONG}{PRINTS}print(2)\n"})
    diff = repo.git("diff") + "\n"

    assert places(judged(repo, diff)) == [("pkg/a.py", 84)]


def test_the_old_side_alone_is_enough(repo: Repo) -> None:
    """The new side is made from it."""
    repo.write({"pkg/a.py": f"{LONG}{PRINTS}print(2)\n"})
    diff = repo.git("diff") + "\n"
    repo.git("checkout", "--quiet", "--", "pkg/a.py")

    assert places(judged(repo, diff)) == [("pkg/a.py", 84)]


def test_plain_diff_without_git(repo: Repo) -> None:
    """Names with dates behind a tab, and no index line: the work tree it is."""
    diff = (
        "--- pkg/a.py\t2026-01-01 00:00:00\n+++ pkg/a.py\t2026-01-02 00:00:00\n"
        "@@ -81,2 +81,3 @@\n def f(x):\n+    print(x)\n     return x\n"
    )

    assert places(judged(repo, diff)) == [("pkg/a.py", 82)]


def test_what_fits_nothing_is_listed(repo: Repo) -> None:
    """Neither a blob nor the work tree has what the diff shows."""
    diff = "--- a/pkg/a.py\n+++ b/pkg/a.py\n@@ -1,1 +1,2 @@\n other\n+print(1)\n"

    told = judged(repo, diff)

    assert [skip.path for skip in told.skipped] == ["pkg/a.py"]
    assert "not judged" in told.skipped[0].reason


BROKEN: dict[str, Callable[[str], str]] = {
    "nothing": lambda _: "",
    "cut off": lambda diff: diff[: len(diff) // 2],
    "crlf": lambda diff: diff.replace("\n", "\r\n"),
    "wrong counts": lambda diff: diff.replace("@@ -", "@@ -9"),
    "outside": lambda _: "--- /dev/null\n+++ b/../../etc/x.py\n@@ -0,0 +1 @@\n+print(1)\n",
    "nul": lambda diff: diff.replace("def", "d\0f"),
    "combined": lambda _: "diff --cc pkg/a.py\nindex 1,2..3\n--- a/pkg/a.py\n+++ b/pkg/a.py\n@@@ -1 -1 +1 @@@\n++x\n",
    "binary": lambda _: (
        "diff --git a/x.py b/x.py\nindex 1234567..89abcde 100644\nBinary files a/x.py and b/x.py differ\n"
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_diff_is_no_crash(repo: Repo, case: str) -> None:
    """It is judged as far as it goes, and the rest is listed."""
    diff = BROKEN[case](repo.git("diff", "HEAD~1", "HEAD") + "\n")

    told = judged(repo, diff)

    assert all(skip.reason for skip in told.skipped)


def test_from_standard_input_and_from_a_file(repo: Repo, tmp_path: Path) -> None:
    """Both say the same; a file that is not there is wrong usage."""
    diff = repo.git("diff", "HEAD~1", "HEAD") + "\n"
    file = tmp_path / "x.diff"
    file.write_text(diff, encoding="utf-8")

    piped = repo.run(script("antifoul"), "check", "--select", "print-added", "--diff", "-", stdin=diff)
    named = repo.antifoul("check", "--select", "print-added", "--diff", str(file))
    missing = repo.antifoul("check", "--diff", str(tmp_path / "none"))

    assert (piped.returncode, piped.stdout) == (named.returncode, named.stdout)
    assert named.returncode == 1
    assert named.stdout.count("print-added") == 3
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("text", ["fatal: bad revision\n", "@@ -1 +1 @@\n-a\n+b\n"])
def test_text_without_a_diff_is_refused(repo: Repo, text: str) -> None:
    """Nothing was judged then, which no green run may say."""
    with pytest.raises(UsageError, match="no unified diff"):
        judged(repo, text)
