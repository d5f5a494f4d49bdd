"""Judge the name of a branch, or a commit message, by the patterns that the repository asked for."""

from __future__ import annotations

from antifoul.facts.errors import AntifoulError, ReadError, UsageError
from antifoul.facts.paths import visible
from antifoul.gate.change import settings_of
from antifoul.measures.naming import BRANCHES, DEMANDS, MESSAGES, branch_problem, message_of, message_problem
from antifoul.readers.disk import read_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from antifoul.facts.settings import Settings
    from antifoul.readers.git import Git

# What names the branch where none is checked out: a push by a hook manager, a pull request's pipeline, a build.
_NAMED_BY = (
    "PRE_COMMIT_REMOTE_BRANCH",
    "GITHUB_HEAD_REF",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_COMMIT_BRANCH",
    "BUILDKITE_BRANCH",
    "CIRCLE_BRANCH",
)


def judge_branch(git: Git, given: tuple[str, ...], environ: Mapping[str, str]) -> tuple[bool, str]:
    """Whether the branch passes, and the sentence to say; "" where there is nothing to say.

    Raises:
        UsageError: no pattern is asked for, or a wrong one.
    """
    wanted = given or _settings(git).branches
    if not wanted:
        raise _nothing_wanted("branches", BRANCHES)
    name = _branch(git, environ)
    if not name:
        return True, "antifoul: no branch is checked out, so no name was judged"
    problem = branch_problem(name, wanted)
    if not problem:
        return True, ""
    return False, f"branch-name: {visible(name)!r} {problem}\n  git branch -m NEW-NAME"


def judge_message(git: Git, file: str, given: tuple[str, ...]) -> tuple[bool, str]:
    """Whether the commit message in a file passes, and the sentence to say.

    Raises:
        UsageError: no pattern is asked for, or a wrong one, or the file cannot be read.
    """
    wanted = given or _settings(git).messages
    if not wanted:
        raise _nothing_wanted("messages", {**MESSAGES, **DEMANDS})
    try:
        text = read_regular(file).decode("utf-8", "replace")
    except ReadError as problem:
        raise UsageError(f"{file}: {problem}") from None
    message = message_of(text, git.line("config", "core.commentChar")[:1] or "#")
    if not message:
        return True, ""  # git gives such a commit up itself
    problem_found = message_problem(message, wanted)
    if not problem_found:
        return True, ""
    subject = message.partition("\n")[0]
    return False, f"commit-msg: {visible(subject[:100])!r} {problem_found}\n  your message is kept in {file}"


def _branch(git: Git, environ: Mapping[str, str]) -> str:
    pushed = environ.get("PRE_COMMIT_REMOTE_BRANCH", "")
    name = pushed or git.line("symbolic-ref", "--quiet", "HEAD")
    name = name or next((environ[one] for one in _NAMED_BY if environ.get(one)), "")
    if not name and environ.get("GITHUB_REF_TYPE") == "branch":
        name = environ.get("GITHUB_REF_NAME", "")
    return "" if name.startswith("refs/tags/") else name.removeprefix("refs/heads/")


def _settings(git: Git) -> Settings:
    return settings_of(git, "worktree" if git.line("rev-parse", "--is-inside-work-tree") == "true" else "HEAD", None)


def _nothing_wanted(key: str, presets: Iterable[str]) -> AntifoulError:
    return UsageError(f"no pattern is asked for, so there is nothing to judge by: set naming.{key}").with_remedy(
        f"[tool.antifoul.naming] in pyproject.toml, for instance {key} = [{', '.join(repr(one) for one in presets)}]"
    )
