"""A revision's files laid out in a folder, from an index of our own: nothing is written under `.git`."""

from pathlib import Path

from antifoul.facts.errors import UsageError
from antifoul.readers.git import Git


def commit_of(git: Git, revision: str) -> str:
    """The full name of the commit.

    Raises:
        UsageError: there is no such revision here.
    """
    commit = git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        raise UsageError(f"{revision!r} is no revision of this repository").with_remedy(
            "a shallow clone lacks older ones: git fetch --unshallow (in a workflow: fetch-depth: 0)"
        )
    return commit


def lay_out_commit(git: Git, commit: str, folder: Path, index: Path) -> None:
    """Write the commit's files below the folder; filters (such as LFS) are off, so that none of their programs starts.

    Raises:
        ReadError: git failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    quiet = git.without_filters()
    own = Git(git.root, {**quiet.environ, "GIT_INDEX_FILE": str(index)}).without_filters()
    own.run("read-tree", commit)
    own.run("checkout-index", "--all", "--force", f"--prefix={folder}/")
