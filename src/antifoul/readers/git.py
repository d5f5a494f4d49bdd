"""The only door to git: plain `git`, deaf to the user's configuration, read only."""

from __future__ import annotations

from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.paths import RepoPath, from_bytes, to_bytes
from antifoul.readers.environment import environment
from antifoul.readers.spawn import Outcome, spawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


# After so many deaths at missing blobs the rest counts as missing too.
_DEATHS = 40


# Settings that change what git prints, or start programs of the user's (or the repository's) choosing.
_DEAF = {
    "blame.ignoreRevsFile": "",
    "blame.markIgnoredLines": "false",
    "blame.markUnblamableLines": "false",
    "blame.showEmail": "false",
    "color.ui": "false",
    "core.attributesFile": "/dev/null",
    "core.fsmonitor": "false",
    "core.pager": "cat",
    "core.quotePath": "true",
    "core.untrackedCache": "false",
    "diff.algorithm": "myers",
    "diff.context": "3",
    "diff.external": "",
    "diff.ignoreSubmodules": "none",
    "diff.indentHeuristic": "true",
    "diff.interHunkContext": "0",
    "diff.mnemonicPrefix": "false",
    "diff.noprefix": "false",
    "diff.orderFile": "/dev/null",
    "diff.relative": "false",
    "diff.renameLimit": "3000",
    "diff.renames": "true",
    "diff.submodule": "short",
    "diff.suppressBlankEmpty": "false",
    "diff.wordRegex": "",
    "log.diffMerges": "separate",
    "log.follow": "false",
    "log.mailmap": "true",
    "log.showRoot": "true",
    "log.showSignature": "false",
}


# How a change is asked for: rows and patch at once, whatever the attributes and the user's settings say.
DIFF = (
    "--raw",
    "-p",
    "-U0",
    "-z",
    "-M",
    "--full-index",
    "--no-abbrev",
    "--text",
    "--no-ext-diff",
    "--no-textconv",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)


class Git:
    """One repository's work tree (or bare repository), asked by plumbing commands only."""

    def __init__(self, root: str, environ: Mapping[str, str]) -> None:
        self.root = root
        self.environ = environment(environ)
        self._extra: list[str] = []
        self._kept: dict[str, bytes | None] = {}
        self.head: str | None = None  # the commit of HEAD, "" before the first; None until it was asked

    def try_run(self, *args: str, feed: bytes = b"") -> Outcome:
        """What git says, whatever its exit status.

        Raises:
            UsageError: git is not installed.
        """
        try:
            return spawn(self.argv(*args), self.environ, feed)
        except FileNotFoundError:
            raise UsageError("git is not installed, or not on PATH").with_remedy("install git") from None

    def argv(self, *args: str) -> list[str]:
        """The whole command line, for who must talk to git while it runs; `environ` goes with it."""
        settings = [part for name, value in _DEAF.items() for part in ("-c", f"{name}={value}")]
        return ["git", "-C", self.root, *settings, *self._extra, *args]

    def run(self, *args: str, feed: bytes = b"") -> bytes:
        """What git prints.

        Raises:
            ReadError: git failed; the sentence is git's own.
        """
        outcome = self.try_run(*args, feed=feed)
        if outcome.code != 0:
            said = outcome.err.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
            raise ReadError(f"git {args[0]} failed: {said[-1].removeprefix('fatal: ')}")
        return outcome.out

    def line(self, *args: str) -> str:
        """The one line that git prints, without its end; "" when git fails."""
        outcome = self.try_run(*args)
        return from_bytes(outcome.out).rstrip("\n") if outcome.code == 0 else ""

    def without_filters(self) -> Git:
        """The same repository, with every clean and smudge filter switched off: none of its programs is started."""
        names = self.try_run(
            "config", "--name-only", "-z", "--get-regexp", r"^filter\..*\.(clean|smudge|process|required)$"
        )
        quiet = Git(self.root, self.environ)
        for raw in names.out.split(b"\0"):
            name = from_bytes(raw)
            if name:
                value = "false" if name.endswith("required") else ""
                quiet._extra += ["-c", f"{name}={value}"]
        return quiet

    def keep(self, names: Iterable[str]) -> None:
        """Read these contents now, in one go: ids of blobs, or `:0:PATH` and `REV:PATH` in plain ASCII names."""
        wanted = [name for name in names if name not in self._kept]
        outcome = self.try_run("cat-file", "--batch", "--buffer", feed="".join(f"{one}\n" for one in wanted).encode())
        if outcome.code == 0:
            contents = [content for _, content in _batch(outcome.out)]
            self._kept |= dict(zip(wanted, contents, strict=False))

    def content(self, name: str) -> bytes | None:
        """The content that `REV:PATH` or `:0:PATH` names; None where there is none."""
        if name in self._kept:
            return self._kept[name]
        outcome = self.try_run("cat-file", "blob", name)
        return outcome.out if outcome.code == 0 else None

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes | None]:
        """The content of each blob; None for one that is missing from this clone."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, bytes | None] = {one: self._kept[one] for one in wanted if one in self._kept}
        for _ in range(_DEATHS):
            left = [one for one in wanted if one not in found]
            if not left:
                break
            outcome = self.try_run("cat-file", "--batch", "--buffer", feed="".join(f"{one}\n" for one in left).encode())
            found |= _batch(outcome.out)
            if outcome.code == 0:
                break
            # An older git dies at the first blob that a partial clone lacks: note it and go on after it.
            dead = next((one for one in left if one not in found), None)
            if dead is not None:
                found[dead] = None
        return {one: found.get(one) for one in wanted}


def _batch(out: bytes) -> Iterator[tuple[str, bytes | None]]:
    at = 0
    while at < len(out):
        end = out.find(b"\n", at)
        if end < 0:
            return
        name, *rest = out[at:end].decode("ascii", "replace").split(" ")
        at = end + 1
        if len(rest) == 2 and rest[1].isdigit():
            size = int(rest[1])
            if at + size > len(out):
                return
            yield name, out[at : at + size]
            at += size + 1
        else:
            yield name, None


def open_repository(place: str, environ: Mapping[str, str]) -> Git | None:
    """The repository around a folder, its root being the work tree's top (the folder itself when bare); None without.

    Raises:
        UsageError: git refuses to look, for instance because someone else owns the folder.
    """
    git = Git(place, environ)
    outcome = git.try_run("rev-parse", "--show-toplevel", "HEAD^{commit}")
    if outcome.out and outcome.code == 0:
        top, _, commit = outcome.out[:-1].rpartition(b"\n")
        found = Git(from_bytes(top), environ)
        found.head = commit.decode()
        return found
    if outcome.out:  # it fails at HEAD alone: nothing is committed yet
        top = outcome.out.removesuffix(b"HEAD^{commit}\n")[:-1]
        return Git(from_bytes(top), environ)
    said = outcome.err.decode("utf-8", "replace")
    if "dubious ownership" in said:
        raise UsageError(f"git does not trust {place}: another user owns it").with_remedy(
            f"git config --global --add safe.directory {place}"
        )
    if "must be run in a work tree" in said:
        return git
    return None


def split_z(raw: bytes) -> Sequence[bytes]:
    """The fields of a `-z` listing."""
    return raw.split(b"\0")[:-1]


def pathspec(paths: Iterable[RepoPath]) -> bytes:
    """The paths as `--pathspec-from-file` or `--stdin -z` reads them."""
    return b"".join(to_bytes(path) + b"\0" for path in paths)
