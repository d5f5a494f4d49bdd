"""Read the history with one `git log --raw`: renames followed, no blob opened, nothing checked out."""

from collections.abc import Iterator

from antifoul.facts.errors import UsageError
from antifoul.facts.finding import Skip
from antifoul.facts.history import Commit, History, Touch
from antifoul.facts.paths import RepoPath, from_bytes
from antifoul.readers.disk import read_regular
from antifoul.readers.git import Git, split_z

_WEEK = 7 * 24 * 3600
_FORMAT = "%x01%H%x00%ct%x00%aN%x00%aE%x00%s"
_FILES = (b"100644", b"100755", b"100664")


def read_history(git: Git, as_of: str | None, weeks: int) -> History:
    """The first-parent line of a revision (HEAD when None), the last `weeks` before it, 0 for all.

    Raises:
        UsageError: nothing is committed yet, or there is no such revision or date.
    """
    head = _head(git, as_of)
    at = int(git.run("log", "-1", "--format=%ct", head, "--"))
    since = [f"--since-as-filter=@{at - weeks * _WEEK}"] if weeks else []
    log = [
        "log",
        "--first-parent",
        "-m",
        "-z",
        "--raw",
        "-M",
        "--no-abbrev",
        "--full-history",
        f"--format={_FORMAT}",
    ]
    notes: list[Skip] = []
    outcome = git.try_run(*log, *since, head, "--", "*.py")
    if outcome.code != 0:  # a rename between blobs that a partial clone lacks cannot be weighed: follow exact ones
        log[5] = "-M100%"
        outcome = git.try_run(*log, *since, head, "--", "*.py")
        notes.append(Skip("", "blobs are missing from this clone: only renames without an edit were followed"))
    if outcome.code != 0:
        said = outcome.err.decode("utf-8", "replace").strip().splitlines() or ["git gave no reason"]
        raise UsageError(f"the history cannot be read: {said[-1].removeprefix('fatal: ')}")
    cut = _boundaries(git)
    commits = tuple(commit for commit in _commits(outcome.out) if commit.id not in cut)
    if cut:
        notes.append(
            Skip(
                "",
                "this clone is shallow: what came before its boundary is not known (git fetch --unshallow)",
            )
        )
    return History(head, at, tuple(one for one in commits if one.at <= at + _WEEK), weeks, tuple(notes))


def files_at(git: Git, revision: str) -> dict[RepoPath, str]:
    """The regular Python files of a commit, with their blobs."""
    rows = {}
    for row in split_z(git.run("ls-tree", "-r", "-z", "--full-tree", revision)):
        head, _, name = row.partition(b"\t")
        mode, _, blob = head.split(b" ")
        if mode in _FILES and name.endswith(b".py"):
            rows[from_bytes(name)] = blob.decode()
    return rows


def _head(git: Git, as_of: str | None) -> str:
    if as_of is None:
        head = git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if not head:
            raise UsageError("nothing is committed yet, so there is no history").with_remedy("git commit")
        return head
    if as_of[:4].isdigit() and as_of[4:5] == "-":
        day = as_of if ":" in as_of else f"{as_of} 23:59:59 +0000"
        head = git.line("rev-list", "-1", "--first-parent", f"--before={day}", "HEAD", "--")
    else:
        head = git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{as_of}^{{commit}}")
    if not head:
        raise UsageError(f"there is no revision or commit before {as_of!r}").with_remedy(
            "--as-of REV or --as-of 2026-01-31"
        )
    return head


def _boundaries(git: Git) -> frozenset[str]:
    """The commits at which a shallow clone is cut: they seem to add every file."""
    place = git.line("rev-parse", "--path-format=absolute", "--git-path", "shallow")
    if git.line("rev-parse", "--is-shallow-repository") != "true" or not place:
        return frozenset()
    return frozenset(read_regular(place).decode("ascii", "replace").split())


def _commits(raw: bytes) -> Iterator[Commit]:
    for record in raw.split(b"\x01")[1:]:
        fields = record.split(b"\0")
        if len(fields) < 5 or not fields[1].isdigit():
            continue
        identity, when, author, email, title = (field.decode("utf-8", "replace") for field in fields[:5])
        rows = [field.lstrip(b"\n") for field in fields[5:]]
        yield Commit(identity, int(when), author, email, title, tuple(_touches(rows)))


def _touches(rows: list[bytes]) -> Iterator[Touch]:
    at = 0
    while at < len(rows):
        row = rows[at]
        if not row.startswith(b":"):
            at += 1
            continue
        old_mode, new_mode, old_blob, new_blob, status = row[1:].split(b" ")
        renamed = status[:1] in b"RC"
        names = rows[at + 1 : at + 2 + renamed]
        at += 2 + renamed
        if len(names) < 1 + renamed or (old_mode not in _FILES and new_mode not in _FILES):
            continue
        old = from_bytes(names[0])
        yield Touch(
            from_bytes(names[-1]),
            old,
            new_blob.decode() if new_mode in _FILES else "",
            old_blob.decode() if old_mode in _FILES else "",
        )
