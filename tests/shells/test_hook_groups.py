"""`antifoul-hook` alone, by groups, in merges, over all files, and on names."""

from pathlib import Path

import pytest
import yaml  # noqa: TID253  this module reads YAML

from antifoul.rules.groups import GROUPS, rules_of
from antifoul.rules.registry import index
from worlds import Repo, script

HOME = Path(__file__).parents[2]
QUIET = "def step(loss):\n    return loss\n"
PRINTS = "def step(loss):\n    print(loss)\n"


def hook(repo: Repo, *arguments: str, **env: str) -> tuple[int, str]:
    """The hook's exit status and all that it says."""
    done = repo.run(script("antifoul-hook"), *arguments, env=env)
    return done.returncode, done.stdout + done.stderr


def test_every_group_names_rules_that_there_are() -> None:
    """And every group has a hook id, whose entry names it."""
    names = {entry.name for entry in index()}
    hooks = yaml.safe_load((HOME / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    entries = {one["id"]: one["entry"] for one in hooks}

    assert all(rules_of(group) and names.issuperset(rules_of(group)) for group in GROUPS)
    assert all(entries[f"antifoul-{group}"] == f"antifoul-hook {group}" for group in GROUPS)
    assert {one for one in entries if one.startswith("antifoul-")} == {
        *(f"antifoul-{group}" for group in GROUPS),
        "antifoul-branch-name",
        "antifoul-commit-msg",
        "antifoul-smoke",
    }


def test_a_group_says_what_is_its_own_and_nothing_else(repo: Repo) -> None:
    """Each group finds its own in a change that has something for all; the remedy names its hook id."""
    repo.commit({"train.py": QUIET})
    repo.stage({"train.py": f"{PRINTS}\n\ndef late(x):  # TODO: drop\n    return x\n", "a.yaml": "a: 1\na: 2\n"})
    said = {group: hook(repo, group) for group in GROUPS}

    assert {group for group, (code, _) in said.items() if code} == {"prints", "configs"}
    assert "print-added" in said["prints"][1]
    assert "SKIP=antifoul-prints" in said["prints"][1]
    assert "hints-missing" not in said["prints"][1]
    assert "hints-missing" in said["hints"][1]
    assert "marker-added" in said["debt"][1]
    assert "tests-untouched" in said["tests"][1]
    assert "config-key-duplicate" in said["configs"][1]
    assert said["complexity"] == said["duplicates"] == (0, "")


def test_options_of_the_check_can_be_added(repo: Repo) -> None:
    """They hold for the group; a clean change stays silent."""
    repo.commit({"train.py": QUIET})
    repo.stage({"train.py": QUIET.replace("loss):", "loss, x):")})

    assert hook(repo, "prints", "--fail-on=note") == (0, "")
    assert hook(repo, "hints", "--fail-on=note")[0] == 1
    assert hook(repo, "--select=prints") == (0, "")


def test_options_do_not_turn_a_push_into_a_commit(repo: Repo) -> None:
    """At pre-push the range that is pushed is judged, with options too."""
    start = repo.commit({"train.py": QUIET})
    repo.commit({"train.py": PRINTS})

    code, said = hook(repo, "prints", "--fail-on=note", PRE_COMMIT_FROM_REF=start, PRE_COMMIT_TO_REF="HEAD")

    assert code == 1
    assert "train.py:2:5: print-added" in said


def test_a_group_that_there_is_not_is_said(repo: Repo) -> None:
    """With those that there are; exit 2."""
    code, said = hook(repo, "prnts")

    assert code == 2
    assert "prints" in said


def test_with_nothing_staged_it_is_said_that_nothing_was_judged(repo: Repo) -> None:
    """A run over all files in a clean clone is no verdict."""
    repo.commit({"train.py": PRINTS})

    code, said = hook(repo)

    assert code == 0
    assert "nothing was judged" in said


def test_over_all_files_in_a_pull_requests_pipeline_its_change_is_judged(repo: Repo) -> None:
    """The platform names the base; where this clone does not have it, that is said and blocks nobody."""
    repo.commit({"train.py": QUIET})
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repo.commit({"train.py": PRINTS})

    assert "print-added" in hook(repo, GITHUB_BASE_REF="main")[1]
    code, said = hook(repo, GITHUB_BASE_REF="gone")
    assert code == 0
    assert "the change was not judged: there is no revision 'origin/gone'" in said


def merging(repo: Repo, theirs: str, ours: str, resolved: str) -> None:
    """A merge of main, which got `theirs`, into a branch that has `ours`; resolved and staged."""
    repo.commit({"train.py": QUIET, "x.txt": "0\n"})
    repo.git("checkout", "--quiet", "-b", "feature")
    repo.commit({"ours.py": ours, "x.txt": "1\n"}, day=1)
    repo.git("checkout", "--quiet", "main")
    repo.commit({"theirs.py": theirs, "x.txt": "2\n"}, day=2)
    repo.git("checkout", "--quiet", "feature")
    assert repo.run("git", "merge", "--quiet", "main").returncode == 1
    repo.stage({"x.txt": "3\n", "resolved.py": resolved})


def test_a_merge_does_not_answer_for_what_it_merges(repo: Repo) -> None:
    """The print that main got was judged there; to the index it looks new."""
    merging(repo, theirs=PRINTS, ours=PRINTS, resolved=QUIET)

    code, said = hook(repo, "prints")

    assert (code, said) == (0, "")


def test_what_a_merge_adds_of_its_own_is_judged(repo: Repo) -> None:
    """A print that neither side had came with the resolution."""
    merging(repo, theirs=PRINTS, ours=QUIET, resolved=PRINTS)

    code, said = hook(repo, "prints")

    assert code == 1
    assert "resolved.py:2:5: print-added" in said
    assert "theirs.py" not in said


def test_a_merge_in_a_work_tree_of_its_own_is_known_as_one(repo: Repo, tmp_path: Path) -> None:
    """There `.git` is a file."""
    repo.commit({"train.py": QUIET, "x.txt": "0\n"})
    repo.git("worktree", "add", "--quiet", "-b", "feature", str(tmp_path / "other"))
    other = Repo(tmp_path / "unused")
    other.root = tmp_path / "other"
    repo.commit({"theirs.py": PRINTS, "x.txt": "1\n"})
    other.commit({"x.txt": "2\n"})
    other.run("git", "merge", "--quiet", "main")
    other.stage({"x.txt": "3\n"})

    assert hook(other) == (0, "")


@pytest.mark.parametrize(
    ("branch", "arguments", "env", "code"),
    [
        ("feature/x", ("feature",), {}, 0),
        ("my-thing", ("feature",), {}, 1),
        ("main", ("feature",), {}, 0),
        ("feature/x", ("feature",), {"PRE_COMMIT_REMOTE_BRANCH": "refs/heads/other"}, 1),
        ("my-thing", ("feature",), {"PRE_COMMIT_REMOTE_BRANCH": "refs/tags/v1"}, 0),
        ("my-thing", (), {}, 1),
        ("research/x", (), {}, 0),
    ],
)
def test_a_branch_is_judged_by_its_name(
    repo: Repo, branch: str, arguments: tuple[str, ...], env: dict[str, str], code: int
) -> None:
    """Patterns come from the arguments, else from the settings; what is pushed comes before what is checked out."""
    repo.commit({"antifoul.toml": '[naming]\nbranches = ["research"]\n'})
    repo.git("checkout", "--quiet", "-B", branch)

    assert hook(repo, "branch-name", *arguments, **env)[0] == code


def test_a_detached_head_has_no_name_to_judge(repo: Repo) -> None:
    """Said, and passed; a pipeline's variables name the branch where there are some."""
    repo.commit({"a.py": QUIET})
    repo.git("checkout", "--quiet", "--detach")

    assert hook(repo, "branch-name", "feature") == (0, "antifoul: no branch is checked out, so no name was judged\n")
    assert hook(repo, "branch-name", "feature", GITHUB_HEAD_REF="wip")[0] == 1


def test_names_are_judged_only_by_patterns_that_someone_asked_for(repo: Repo) -> None:
    """A hook without any is a mistake in the settings, and says what to write."""
    code, said = hook(repo, "branch-name")

    assert code == 2
    assert "naming.branches" in said
    assert hook(repo, "commit-msg", str(repo.root / "none"))[0] == 2


def test_a_message_is_judged_from_its_file(repo: Repo) -> None:
    """With git's own comment sign, and a sentence that says where the message is kept."""
    repo.git("config", "core.commentChar", ";")
    message = repo.root / "message"
    message.write_text("; help\nfeat: packed loss\n", encoding="utf-8")
    wrong = repo.root / "wrong"
    wrong.write_text("\x1b[31mwip\n", encoding="utf-8")

    assert hook(repo, "commit-msg", "conventional", str(message)) == (0, "")
    code, said = hook(repo, "commit-msg", "conventional", str(wrong))
    assert code == 1
    assert str(wrong) in said
    assert "\x1b" not in said
