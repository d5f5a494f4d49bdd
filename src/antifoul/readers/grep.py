"""Find words in a repository by git itself: fast, and in the index or a commit as well as on disk."""

from __future__ import annotations

from antifoul.facts.paths import from_bytes
from antifoul.readers.git import split_z

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from antifoul.facts.paths import RepoPath
    from antifoul.readers.git import Git

_HOW = ("-l", "-z", "-w", "-F", "-a", "--full-name", "--no-color", "--no-textconv", "--no-recurse-submodules")


def python_files_with(git: Git, words: Iterable[str], head: str) -> tuple[RepoPath, ...]:
    """The Python files of a commit, the "index" or the "worktree" that hold one of the words, in order of path.

    None where git cannot look: in a partial clone the contents may be missing.
    """
    patterns = [part for word in words for part in ("-e", word)]
    if not patterns:
        return ()
    where = {"index": ["--cached"], "worktree": ["--untracked"]}.get(head, [])
    commit = [] if head in {"index", "worktree"} else [head]
    outcome = git.try_run("grep", *_HOW, *where, *patterns, *commit, "--", "*.py", "*.pyi")
    prefix = f"{head}:" if commit else ""
    names = (from_bytes(name).removeprefix(prefix) for name in split_z(outcome.out)) if outcome.code == 0 else ()
    return tuple(sorted(names))
