"""Which base a change is judged against, and what to say when there is none."""

from collections.abc import Mapping
from typing import NamedTuple

from antifoul.facts.errors import UsageError
from antifoul.readers.git import Git

_ZERO = "0" * 40
EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # the empty tree by its SHA-1 name, as people write it


class Base(NamedTuple):
    """A resolved base and head. `head` is a commit, "index" or "worktree"; `how` says how the base was found."""

    base: str
    head: str
    how: str


def tip(git: Git) -> str:
    """The commit that HEAD names, or the empty tree where nothing is committed yet."""
    return git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}") or empty_tree(git)


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
        return Base(tip(git), "index", "the last commit") if base is None else Base(_commit(git, base), "index", base)
    pushed = environ.get("PRE_COMMIT_FROM_REF"), environ.get("PRE_COMMIT_TO_REF")
    if base is None and head is None and all(pushed):
        base, head = pushed
    if base is None and head is not None:
        raise UsageError("--head needs --base").with_remedy("name the revision to compare with: --base main")
    if base is None:
        return Base(tip(git), "worktree", "the last commit")
    side = _commit(git, head) if head is not None else None
    if base == _ZERO:
        return Base(empty_tree(git), side or "worktree", "an empty tree")
    return Base(_fork_point(git, base, side), side or "worktree", f"the merge base with {base}")


def _commit(git: Git, name: str) -> str:
    commit = git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if commit:
        return commit
    if _is_shallow(git):
        raise UsageError(f"there is no revision {name!r} in this shallow clone").with_remedy(
            "git fetch --unshallow  (in a workflow: actions/checkout with fetch-depth: 0)"
        )
    plain = name.replace("/", "").replace("-", "").replace("_", "").replace(".", "").isalnum()
    remedy = f"git fetch origin {name.removeprefix('origin/')}" if plain else "git log --oneline  (shows what there is)"
    raise UsageError(f"there is no revision {name!r} in this repository").with_remedy(remedy)


def _fork_point(git: Git, base: str, head: str | None) -> str:
    if base == EMPTY:
        return empty_tree(git)
    commit = _commit(git, base)
    side = head or tip(git)
    found = git.line("merge-base", commit, side)
    if found:
        return found
    if _is_shallow(git):
        raise UsageError(f"this shallow clone does not reach the merge base with {base!r}").with_remedy(
            "git fetch --unshallow  (in a workflow: actions/checkout with fetch-depth: 0)"
        )
    raise UsageError(f"{base!r} and the judged side share no history").with_remedy(
        "name a base that the branch was cut from"
    )


def _is_shallow(git: Git) -> bool:
    return git.line("rev-parse", "--is-shallow-repository") == "true"
