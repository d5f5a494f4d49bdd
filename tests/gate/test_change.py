"""What counts as the change: every way git has to hold two sides, and the settings that change what it prints."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from antifoul.facts.errors import UsageError
from antifoul.facts.report import CheckReport
from antifoul.gate.change import Range, judge
from antifoul.gate.check import Asked
from worlds import Repo

PRINTS = "def f(x):\n    print(x)\n    return x\n"
QUIET = "def f(x):\n    return x\n"
LONG = "".join(f"def g{n}(x):\n    return x + {n}\n\n\n" for n in range(20))
HOSTILE = (
    ("diff.noprefix", "true"),
    ("diff.mnemonicPrefix", "true"),
    ("diff.renames", "false"),
    ("diff.renames", "copies"),
    ("diff.external", "false"),
    ("diff.orderFile", "order"),
    ("diff.context", "0"),
    ("diff.interHunkContext", "100"),
    ("diff.algorithm", "patience"),
    ("diff.relative", "true"),
    ("diff.ignoreSubmodules", "all"),
    ("diff.submodule", "log"),
    ("diff.suppressBlankEmpty", "true"),
    ("diff.wordRegex", "."),
    ("diff.indentHeuristic", "false"),
    ("diff.colorMoved", "zebra"),
    ("color.ui", "always"),
    ("color.diff", "always"),
    ("core.quotePath", "false"),
    ("core.pager", "false"),
    ("core.fsmonitor", "false"),
    ("core.attributesFile", "attributes"),
    ("diff.srcPrefix", "x/"),
    ("status.renames", "false"),
)


def found(repo: Repo, base: str | None = None, head: str | None = None, **how: bool) -> list[tuple[str, int]]:
    """Where prints are new."""
    return places(report(repo, base, head, **how))


def report(repo: Repo, base: str | None = None, head: str | None = None, **how: bool) -> CheckReport:
    """The verdict of print-added and file-unreadable alone."""
    asked = Asked(select=("print-added", "file-unreadable"))
    return judge(str(repo.root), Range(base, head, staged=how.get("staged", False)), asked, repo.env)


def places(told: CheckReport) -> list[tuple[str, int]]:
    """Path and line of each finding."""
    return [(one.path, one.line) for one in told.findings]


def both(
    repo: Repo, before: Mapping[str, str | bytes | None], after: Mapping[str, str | bytes | None]
) -> list[tuple[str, int]]:
    """Where prints are new, told alike of the index, of the work tree and of the commit made from them."""
    base = repo.commit({**before})
    repo.stage({**after})
    staged = found(repo, staged=True)
    unstaged = found(repo)
    repo.commit()

    assert staged == unstaged == found(repo, base, "HEAD")
    return staged


def test_a_new_file_is_all_new(repo: Repo) -> None:
    """And its lines count from 1."""
    assert both(repo, {"pkg/__init__.py": ""}, {"pkg/a.py": PRINTS}) == [("pkg/a.py", 2)]


def test_an_untouched_print_is_old(repo: Repo) -> None:
    """Another line of the file changes."""
    assert both(repo, {"a.py": PRINTS}, {"a.py": PRINTS.replace("return x", "return x + 1")}) == []


def test_a_file_that_is_renamed_and_edited(repo: Repo) -> None:
    """What it brings along is old, what was edited in is new."""
    new = f"{PRINTS}{LONG}\n\ndef h(x):\n    print(x, 1)\n"

    assert both(repo, {"a.py": PRINTS + LONG}, {"a.py": None, "b/c.py": new}) == [("b/c.py", new.count("\n"))]


def test_a_file_that_is_split(repo: Repo) -> None:
    """Whole definitions that go to two files are old in both."""
    before = f"{PRINTS}\n\n{PRINTS.replace('f(x)', 'g(x)')}"

    assert both(repo, {"a.py": before}, {"a.py": None, "b.py": PRINTS, "c.py": PRINTS.replace("f(x)", "g(x)")}) == []


def test_a_copied_file_is_new(repo: Repo) -> None:
    """Git may call it a copy; the debt is there twice."""
    assert both(repo, {"a.py": PRINTS + LONG}, {"b.py": PRINTS + LONG}) == [("b.py", 2)]


def test_a_mode_change_is_no_change(repo: Repo) -> None:
    """Only the executable bit differs."""
    repo.commit({"a.py": PRINTS})
    repo.root.joinpath("a.py").chmod(0o755)
    repo.git("add", "a.py")

    told = report(repo, staged=True)

    assert (places(told), told.lines) == ([], 0)


def test_a_link_is_not_read(repo: Repo) -> None:
    """What it points at may lie outside, and is judged where it lies."""
    repo.commit({"a.py": QUIET})
    repo.root.joinpath("link.py").symlink_to("a.py")
    repo.root.joinpath("gone.py").symlink_to("/nowhere/x.py")
    repo.git("add", "--all")

    told = report(repo, staged=True)

    assert (told.findings, told.skipped) == ((), ())


def test_a_link_that_becomes_a_file_is_new(repo: Repo) -> None:
    """And a file that becomes a link is gone."""
    repo.commit({"real.py": QUIET, "b.py": PRINTS})
    repo.root.joinpath("a.py").symlink_to("real.py")
    repo.git("add", "a.py")
    base = repo.commit()
    repo.root.joinpath("a.py").unlink()
    repo.root.joinpath("b.py").unlink()
    repo.root.joinpath("b.py").symlink_to("real.py")
    repo.stage({"a.py": PRINTS.replace("print(x)", "print(x, 2)")})
    repo.git("add", "--all")
    repo.commit()

    assert found(repo, base, "HEAD") == [("a.py", 2)]


def test_a_submodule_is_passed_over(repo: Repo, tmp_path: Path) -> None:
    """Its content is judged where it is kept."""
    inner = Repo(tmp_path / "inner")
    inner.commit({"a.py": PRINTS})
    repo.commit({"a.py": QUIET})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "sub.py")

    told = report(repo, staged=True)

    assert (told.findings, told.skipped) == ((), ())


@pytest.mark.parametrize("rule", ["*.py -diff", "*.py binary", "*.py diff=upper", "*.py -text", "*.py export-ignore"])
def test_attributes_do_not_hide_a_change(repo: Repo, rule: str) -> None:
    """What git would not show, or show through a program of the repository's, is judged as it is."""
    repo.git("config", "diff.upper.textconv", "tr a-z A-Z <")
    repo.git("config", "diff.upper.command", "false")

    assert both(repo, {".gitattributes": f"{rule}\n", "a.py": QUIET}, {"a.py": PRINTS}) == [("a.py", 2)]


def test_what_attributes_mark_as_generated_is_not_judged(repo: Repo) -> None:
    """By the last line that speaks of a path, a deeper file's after a higher one's."""
    marks = "*.gen.txt linguist-generated\n# c\n/made/** linguist-generated=true\nlent/** linguist-vendored\n"
    marks += "made/own.py -linguist-generated\nmade/kept/* linguist-generated=false\n"
    before = {".gitattributes": marks, "made/in/.gitattributes": "mine.py !linguist-generated\n"}
    after = dict.fromkeys(
        ("made/a.py", "made/own.py", "made/kept/b.py", "made/in/mine.py", "made/in/c.py", "lent/d.py", "e.py"), PRINTS
    )

    assert both(repo, before, after) == [
        ("e.py", 2),
        ("made/in/mine.py", 2),
        ("made/kept/b.py", 2),
        ("made/own.py", 2),
    ]


def test_a_change_cannot_mark_itself_as_generated_where_the_base_decides(repo: Repo) -> None:
    """The marks come from the side that the settings come from."""
    base = repo.commit({"a.py": QUIET})
    repo.commit({"a.py": PRINTS, ".gitattributes": "a.py linguist-generated\n"})
    asked = Asked(select=("print-added",))

    told = [
        places(judge(str(repo.root), Range(base, "HEAD", base_settings=side), asked, repo.env))
        for side in (True, False)
    ]

    assert told == [[("a.py", 2)], []]


def test_the_commit_hook_reads_the_marks_of_the_index(repo: Repo) -> None:
    """Also those in the folder of the file."""
    repo.commit({"pkg/.gitattributes": "made.py linguist-generated\n"})
    repo.stage({"pkg/made.py": PRINTS, "pkg/own.py": PRINTS})

    done = repo.antifoul("check", "--staged", "--select", "print-added")

    assert [line.partition(":")[0] for line in done.stdout.splitlines() if "print()" in line] == ["pkg/own.py"]


def test_a_filter_is_not_run_on_what_is_judged(repo: Repo) -> None:
    """A smudge filter that would write a print, and a clean one that would hide it."""
    repo.git("config", "filter.evil.clean", f"touch {repo.root}/ran; cat")
    repo.git("config", "filter.evil.smudge", f"touch {repo.root}/ran; sed s/return/print/")
    repo.git("config", "filter.evil.required", "true")
    base = repo.commit({"a.py": QUIET})
    repo.commit({"a.py": PRINTS})
    repo.write({".gitattributes": "*.py filter=evil\n"})

    assert found(repo, base, "HEAD") == [("a.py", 2)]
    assert found(repo, base) == [("a.py", 2)]
    assert not repo.root.joinpath("ran").exists()


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (b"x = 1\r\ny = 2\r\n", b"x = 1\r\nprint(x)\r\ny = 2\r\n", 2),
        (b"x = 1\ry = 2\r", b"x = 1\rprint(x)\ry = 2\r", 1),
        (b"x = 1\n\x0c\ny = 2\n", b"x = 1\n\x0c\nprint(x)\ny = 2\n", 3),
        (b"x = '\xe2\x80\xa8'\ny = 2\n", b"x = '\xe2\x80\xa8'\nprint(x)\ny = 2\n", 2),
        (b"x = 1", b"x = 1\nprint(x)", 2),
        (b"x = 1\n", b"x = 1\nprint(x)", 2),
        (b"\xef\xbb\xbfx = 1\n", b"\xef\xbb\xbfx = 1\nprint(x)\n", 2),
        (b"# coding: latin-1\nx = '\xe4'\n", b"# coding: latin-1\nx = '\xe4'\nprint(x)\n", 3),
        (b"x = 1\n\n\n\n", b"\n\n\nprint(1)\nx = 1\n", 4),
        (b"", b"print(1)\n", 1),
    ],
)
def test_lines_are_counted_as_git_counts_them(repo: Repo, before: bytes, after: bytes, line: int) -> None:
    """Only LF ends a line, whatever else Python or a terminal takes for an end."""
    assert both(repo, {"pkg/__init__.py": "", "pkg/a.py": before}, {"pkg/a.py": after}) == [("pkg/a.py", line)]


@pytest.mark.parametrize("ends", [("\n", "\r\n"), ("\r\n", "\n")])
def test_converted_line_ends_make_nothing_new(repo: Repo, ends: tuple[str, str]) -> None:
    """Every line differs, and none of them is new code."""
    old, new = ((PRINTS + LONG).replace("\n", end) for end in ends)

    assert both(repo, {"a.py": old}, {"a.py": new}) == []


def test_line_ends_that_git_converts_on_checkout(repo: Repo) -> None:
    """The work tree has CRLF, the blob LF: the same lines."""
    repo.git("config", "core.autocrlf", "true")
    repo.commit({"a.py": QUIET.replace("\n", "\r\n")})
    repo.write({"a.py": PRINTS.replace("\n", "\r\n")})

    assert found(repo) == [("a.py", 2)]


@pytest.mark.parametrize(
    "name",
    ["a b.py", 'q"uote.py', "new\nline.py", "tab\t.py", "ü.py", "-n.py", "a{b}.py", ":(top)x.py", "*.py", "\\x.py"],
)
def test_names_with_any_signs(repo: Repo, name: str) -> None:
    """A path is bytes."""
    assert both(repo, {name: QUIET}, {name: PRINTS}) == [(name, 2)]


def test_a_name_that_is_not_utf8(repo: Repo) -> None:
    """The byte comes through as it is."""
    name = os.fsdecode(b"\xff.py")
    repo.commit({"a.py": QUIET})
    repo.write({name: PRINTS})
    repo.git("add", "--all")

    assert found(repo, staged=True) == [(name, 2)]


@pytest.mark.parametrize(("key", "value"), HOSTILE, ids=str)
def test_settings_of_the_user_change_nothing(repo: Repo, key: str, value: str) -> None:
    """What git prints for people is not what is judged."""
    repo.write({"order": "*.txt\n", "attributes": "*.py -diff\n"})
    repo.git("config", key, str(repo.root / value) if value in {"order", "attributes"} else value)
    before: dict[str, str | bytes | None] = {"pkg/a.py": LONG + PRINTS, "b.py": QUIET, "sp ü.py": QUIET}
    after: dict[str, str | bytes | None] = {"pkg/a.py": None, "c.py": LONG + PRINTS, "b.py": PRINTS, "sp ü.py": PRINTS}

    assert both(repo, before, after) == [("b.py", 2), ("sp ü.py", 2)]


@pytest.mark.parametrize(
    "name", ["GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_DIFF_OPTS", "GIT_CONFIG_PARAMETERS", "GIT_DIR"]
)
def test_what_the_environment_asks_of_git_changes_nothing(repo: Repo, name: str) -> None:
    """A hook inherits them, and so may anyone's shell."""
    base = repo.commit({"a.py": QUIET})
    repo.commit({"a.py": PRINTS})
    value = {"GIT_DIFF_OPTS": "-u0", "GIT_CONFIG_PARAMETERS": "'diff.noprefix=true'", "GIT_DIR": "/nowhere"}.get(
        name, "false"
    )

    asked = Asked(select=("print-added",))
    told = judge(str(repo.root), Range(base, "HEAD"), asked, {**repo.env, name: value})

    assert places(told) == [("a.py", 2)]


def test_the_first_commit_and_the_empty_tree(repo: Repo) -> None:
    """Everything is new against nothing, by either name of nothing."""
    repo.commit({"a.py": PRINTS})

    assert found(repo, "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "HEAD") == [("a.py", 2)]
    assert found(repo, "0" * 40, "HEAD") == [("a.py", 2)]


def test_before_the_first_commit(repo: Repo) -> None:
    """The index and the work tree are held against nothing."""
    repo.stage({"a.py": PRINTS})
    repo.write({"b.py": PRINTS})

    assert found(repo, staged=True) == [("a.py", 2)]
    assert found(repo) == [("a.py", 2), ("b.py", 2)]


def test_the_index_is_judged_not_the_disk(repo: Repo) -> None:
    """What is staged counts, whatever was done since."""
    repo.commit({"a.py": QUIET, "b.py": QUIET})
    repo.stage({"a.py": PRINTS})
    repo.write({"a.py": QUIET, "b.py": PRINTS})

    assert found(repo, staged=True) == [("a.py", 2)]
    assert found(repo) == [("b.py", 2)]


def test_a_commit_is_judged_not_the_disk(repo: Repo) -> None:
    """Nor the index."""
    base = repo.commit({"a.py": QUIET})
    repo.commit({"a.py": PRINTS})
    repo.stage({"a.py": None})

    assert found(repo, base, "HEAD") == [("a.py", 2)]


def test_an_intended_file_is_part_of_the_work_tree_only(repo: Repo) -> None:
    """`git add -N` puts a name into the index, and no content."""
    repo.commit({"a.py": QUIET})
    repo.write({"b.py": PRINTS})
    repo.git("add", "-N", "b.py")

    assert found(repo, staged=True) == []
    assert found(repo) == [("b.py", 2)]


def test_ignored_files_are_no_part_of_the_work_tree(repo: Repo) -> None:
    """Untracked ones are."""
    repo.commit({".gitignore": "out/\n"})
    repo.write({"out/a.py": PRINTS, "b.py": PRINTS})

    assert found(repo) == [("b.py", 2)]


def test_only_what_the_branch_did_is_judged(repo: Repo) -> None:
    """What the base gained meanwhile is not the branch's change, neither its prints nor their removal."""
    repo.commit({"a.py": QUIET, "b.py": PRINTS})
    repo.git("checkout", "--quiet", "-b", "branch")
    repo.commit({"c.py": PRINTS})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"a.py": PRINTS, "b.py": QUIET})

    assert found(repo, "main", "branch") == [("c.py", 2)]


def test_a_criss_cross_history(repo: Repo) -> None:
    """Two merge bases: what either of them has is not new."""
    repo.commit({"a.py": QUIET, "b.py": QUIET})
    repo.git("checkout", "--quiet", "-b", "left")
    repo.commit({"a.py": PRINTS})
    repo.git("checkout", "--quiet", "-b", "right", "main")
    repo.commit({"b.py": PRINTS})
    repo.git("merge", "--quiet", "--no-ff", "-m", "m", "left")
    repo.git("checkout", "--quiet", "left")
    repo.git("merge", "--quiet", "--no-ff", "-m", "m", "right~1")
    repo.commit({"c.py": PRINTS})

    told = report(repo, "right", "left")

    assert places(told) == [("c.py", 2)]
    assert "more merge base" in told.how


def test_a_linked_work_tree(repo: Repo, tmp_path: Path) -> None:
    """It has an index and a HEAD of its own."""
    repo.commit({"a.py": QUIET})
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "linked")
    tmp_path.joinpath("linked", "a.py").write_text(PRINTS, encoding="utf-8")

    told = judge(str(tmp_path / "linked"), Range(), Asked(select=("print-added",)), repo.env)

    assert places(told) == [("a.py", 2)]
    assert found(repo) == []


def test_a_folder_below_the_top(repo: Repo) -> None:
    """The whole repository is judged, its paths told from the top."""
    repo.commit({"pkg/a.py": QUIET, "b.py": QUIET})
    repo.stage({"pkg/a.py": PRINTS, "b.py": PRINTS})

    told = judge(str(repo.root / "pkg"), Range(staged=True), Asked(select=("print-added",)), repo.env)

    assert places(told) == [("b.py", 2), ("pkg/a.py", 2)]


def test_a_file_in_conflict_is_not_passed(repo: Repo) -> None:
    """The index has no one content of it: it is listed, and blocks."""
    repo.commit({"a.py": "x = 1\n"})
    repo.git("checkout", "--quiet", "-b", "other")
    repo.commit({"a.py": "x = 2\n"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"a.py": "x = 3\n"})
    repo.run("git", "merge", "other")

    told = report(repo, staged=True)

    assert [skip.path for skip in told.skipped] == ["a.py"]
    assert told.verdict == "fail"


def test_a_python_2_file_and_a_template(repo: Repo) -> None:
    """What is no Python of ours is said to be unreadable; a template is out of scope."""
    base = repo.commit({"a.py": QUIET})
    repo.commit({"old.py": "print 'x'\n", "t.py.j2": "{% if x %}print(1)", "{{name}}/a.py": "print({{ x }})\n"})

    told = report(repo, base, "HEAD")

    assert [(one.rule, one.path) for one in told.findings] == [("file-unreadable", "old.py")]


def test_a_print_under_newer_syntax(repo: Repo) -> None:
    """A file that this interpreter cannot parse is read by another parser outside the hook."""
    base = repo.commit({"a.py": QUIET})
    repo.commit({"a.py": "type X[T] = list[T]\n\n\ndef f[T](x: T) -> T:\n    print(x)\n    return x\n"})

    assert ("a.py", 5) in found(repo, base, "HEAD")


def unrelated(repo: Repo) -> None:
    """A branch that starts from nothing."""
    repo.git("checkout", "--quiet", "--orphan", "other")
    repo.commit({"b.py": QUIET})


def nothing(_: Repo) -> None:
    """As it is."""


REFUSED: dict[str, tuple[Callable[[Repo], None], Range, str, str]] = {
    "a revision that is not there": (nothing, Range("nothere", "HEAD"), "no revision 'nothere'", "git fetch"),
    "the parent of the first commit": (nothing, Range("HEAD^", "HEAD"), "no revision 'HEAD^'", "4b825dc"),
    "a head without a base": (nothing, Range(None, "HEAD"), "--head needs --base", "--base main"),
    "an empty name": (nothing, Range("", "HEAD"), "no revision ''", "git log"),
    "an option": (nothing, Range("--all", "HEAD"), "no revision '--all'", "git log"),
    "unrelated histories": (unrelated, Range("other", "main"), "share no history", "--base 4b825dc642cb6eb9a060e5"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_base_that_cannot_be_is_refused(repo: Repo, case: str) -> None:
    """One line with the cause, and what mends it."""
    arrange, wanted, cause, remedy = REFUSED[case]
    repo.commit({"a.py": QUIET})
    arrange(repo)

    with pytest.raises(UsageError, match=cause.replace("^", r"\^")) as refused:
        judge(str(repo.root), wanted, Asked(), repo.env)

    assert remedy in " ".join(refused.value.remedies)


def test_a_shallow_clone_without_the_base(repo: Repo, tmp_path: Path) -> None:
    """The remedy fetches what is missing."""
    repo.commit({"a.py": QUIET})
    repo.commit({"a.py": PRINTS}, day=1)
    repo.git("clone", "--quiet", "--depth=1", repo.root.as_uri(), str(tmp_path / "clone"))

    with pytest.raises(UsageError, match="shallow clone") as refused:
        judge(str(tmp_path / "clone"), Range("HEAD~1", "HEAD"), Asked(), repo.env)

    assert "git fetch --unshallow" in refused.value.remedies[0]


def test_the_base_that_a_pull_request_names(repo: Repo) -> None:
    """The merge that the platform checked out is held against its first parent, another head against the merge base."""
    repo.commit({"a.py": QUIET})
    repo.git("checkout", "--quiet", "-b", "branch")
    repo.commit({"b.py": PRINTS})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"c.py": PRINTS})
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repo.git("merge", "--quiet", "--no-ff", "-m", "merge", "branch")
    merge = repo.git("rev-parse", "HEAD")
    env = {**repo.env, "GITHUB_BASE_REF": "main", "GITHUB_SHA": merge}
    asked = Asked(select=("print-added",))

    merged = judge(str(repo.root), Range(), asked, env)
    repo.git("checkout", "--quiet", "branch")
    alone = judge(str(repo.root), Range(), asked, env)

    assert places(merged) == places(alone) == [("b.py", 2)]


def test_the_base_that_gitlab_names(repo: Repo) -> None:
    """Its pipelines of a merge request give the base of the difference."""
    base = repo.commit({"a.py": QUIET})
    repo.commit({"a.py": PRINTS})

    told = judge(
        str(repo.root), Range(), Asked(select=("print-added",)), {**repo.env, "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    )

    assert places(told) == [("a.py", 2)]


def test_nothing_to_judge_is_said(repo: Repo) -> None:
    """An empty change passes, and says that nothing was judged."""
    repo.commit({"a.py": PRINTS})

    done = repo.antifoul("check", "--base", "HEAD", "--head", "HEAD")

    assert done.returncode == 0
    assert done.stdout.startswith("antifoul: nothing to judge")


def test_a_blob_that_a_partial_clone_lacks(repo: Repo, tmp_path: Path) -> None:
    """It is listed, never passed."""
    repo.commit({"a.py": QUIET})
    repo.commit({"a.py": PRINTS}, day=1)
    clone = tmp_path / "clone"
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", repo.root.as_uri(), str(clone))
    shutil.rmtree(repo.root)

    told = judge(str(clone), Range("HEAD~1", "HEAD"), Asked(select=("print-added",)), repo.env)

    assert [skip.path for skip in told.skipped] == ["a.py"]
