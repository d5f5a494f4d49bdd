"""Which base a change is judged against, and what to say when there is none."""

from __future__ import annotations

import os

from antifoul.facts.errors import UsageError
from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from antifoul.readers.git import Git


EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # the empty tree by its SHA-1 name, as people write it


class Base(NamedTuple):
    """A resolved base and head. `head` is a commit, "index" or "worktree"; `how` says how the base was found."""

    base: str
    head: str
    how: str
    others: tuple[str, ...] = ()  # the further merge bases of a criss-cross history: what one of them has is not new


def tip(git: Git) -> str:
    """The commit that HEAD names, or the empty tree where nothing is committed yet."""
    if git.head is None:
        git.head = git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return git.head or empty_tree(git)


def empty_tree(git: Git) -> str:
    """The id of the empty tree in this repository's hash."""
    return git.run("hash-object", "-t", "tree", "--stdin").decode().strip()


def resolve(git: Git, base: str | None, head: str | None, *, staged: bool, environ: Mapping[str, str]) -> Base:
    """The two sides of the change that was asked for.

    Without `--base` the index or the work tree is held against HEAD; a hook manager's pushed range and a
    pull-request checkout name their own base.

    Raises:
        UsageError: a revision is not there, or the two have no common ancestor.
    """
    if staged:
        return _against_tip(git, "index")
    if base is None and head is None:
        base, head = _named_by(git, environ)
    if base is None and head is not None:
        raise UsageError("--head needs --base").with_remedy("name the revision to compare with: --base main")
    if base is None:
        return _against_tip(git, "worktree")
    side = _commit(git, head) if head is not None else None
    if base and not base.strip("0"):  # what git names the old side of a new branch
        return Base(empty_tree(git), side or "worktree", "an empty tree")
    first, *others = _fork_points(git, base, side)
    return Base(first, side or "worktree", f"the merge base with {base}", tuple(others))


def _named_by(git: Git, environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The base and head that a hook manager or a pull request's pipeline names; None for each where nothing does."""
    pushed = environ.get("PRE_COMMIT_FROM_REF"), environ.get("PRE_COMMIT_TO_REF")
    if all(pushed):
        return pushed
    if target := environ.get("GITHUB_BASE_REF"):
        # The platform checks out the merge of the request: its first parent is the tip of the target branch.
        merged = len(parents(git)) == 2 and git.line("rev-parse", "HEAD") == environ.get("GITHUB_SHA", "")
        return "HEAD^1" if merged else f"origin/{target}", "HEAD"
    if start := environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        return start, "HEAD"
    return None, None


def _against_tip(git: Git, side: str) -> Base:
    plain = os.path.isdir(os.path.join(git.root, ".git"))  # noqa: PTH112, PTH118  hot path
    if not plain and git.line("rev-parse", "--is-bare-repository") == "true":
        raise UsageError("a bare repository has no work tree to judge").with_remedy(
            "name a range: --base main --head BRANCH"
        )
    merged = _merged(git)
    return Base(tip(git), side, "the last commit and what is merged into it" if merged else "the last commit", merged)


def _merged(git: Git) -> tuple[str, ...]:
    """The commits that are being merged into HEAD: what one of them has was judged on its own branch."""
    folder = os.path.join(git.root, ".git")  # noqa: PTH118  hot path
    if not os.path.isdir(folder):  # noqa: PTH112  a work tree of its own, a submodule, a bare repository
        folder = git.line("rev-parse", "--absolute-git-dir")
    try:
        with open(os.path.join(folder, "MERGE_HEAD"), encoding="ascii", errors="replace") as file:  # noqa: PTH118, PTH123
            return tuple(file.read().split())
    except OSError:
        return ()


def parents(git: Git) -> list[str]:
    """The parents that the checked-out commit was made with, also where a shallow clone does not have them."""
    head = git.try_run("cat-file", "commit", "HEAD").out.split(b"\n\n", 1)[0]
    return [line[7:].decode() for line in head.split(b"\n") if line.startswith(b"parent ")]


def _commit(git: Git, name: str) -> str:
    commit = git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if commit:
        return commit
    if _is_shallow(git):
        raise UsageError(f"there is no revision {name!r} in this shallow clone").with_remedy(
            "git fetch --unshallow  (in a workflow: actions/checkout with fetch-depth: 0)"
        )
    plain = (
        not name.startswith("-") and name.replace("/", "").replace("-", "").replace("_", "").replace(".", "").isalnum()
    )
    remedy = f"git fetch origin {name.removeprefix('origin/')}" if plain else "git log --oneline  (shows what there is)"
    if name.endswith(("^", "~", "^1", "~1")):
        remedy = f"judge the first commit against nothing: --base {EMPTY}"
    raise UsageError(f"there is no revision {name!r} in this repository").with_remedy(remedy)


def _fork_points(git: Git, base: str, head: str | None) -> list[str]:
    """Every merge base of the two; a criss-cross history has several."""
    if base == EMPTY or base == empty_tree(git):
        return [empty_tree(git)]
    commit = _commit(git, base)
    side = head or tip(git)
    found = git.line("merge-base", "--all", commit, side).split()
    if found:
        return sorted(found)
    if _is_shallow(git):
        raise UsageError(f"this shallow clone does not reach the merge base with {base!r}").with_remedy(
            "git fetch --unshallow  (in a workflow: actions/checkout with fetch-depth: 0)"
        )
    raise UsageError(f"{base!r} and the judged side share no history").with_remedy(
        f"name a base that the branch was cut from, or judge all of it: --base {EMPTY}"
    )


def _is_shallow(git: Git) -> bool:
    return git.line("rev-parse", "--is-shallow-repository") == "true"
