"""Real git repositories for tests, the same bytes and the same commit ids each time, apart from the user's settings."""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

_START = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
_KEPT = ("PATH", "TMPDIR", "LANG", "LC_", "SYSTEMROOT", "PIP_", "SSL_")  # how a name may begin: PIP_ where pip asks


class Repo:
    """A git repository in a folder of its own; day 0 is 5 January 2026, noon, UTC."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root.parent / f"{root.name}.home"
        self.root.mkdir(parents=True)
        self.home.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    @property
    def env(self) -> dict[str, str]:
        """An environment for programs that look at this repository: no settings of the user, a cache of its own."""
        return {
            **{name: value for name, value in os.environ.items() if name.startswith(_KEPT)},
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "ANTIFOUL_CACHE": str(self.home / "cache" / "antifoul"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
        }

    @staticmethod
    def day(number: float) -> datetime:
        """Noon of that day, UTC."""
        return _START + timedelta(days=number)

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Lay the files in the work tree; None removes one."""
        for name, text in files.items():
            path = self.root / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)

    def stage(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write the files and put them, and nothing else, into the index."""
        self.write(files)
        if files:
            self.git("--literal-pathspecs", "add", "--all", "--", *files)

    def commit(
        self,
        files: Mapping[str, str | bytes | None] | None = None,
        *,
        day: float = 0,
        message: str = "change",
        author: str = "Ada",
    ) -> str:
        """Commit the index and these files, as of that day; return the commit's id."""
        self.stage(files or {})
        when = self.day(day).isoformat()
        who = {
            "GIT_AUTHOR_NAME": author,
            "GIT_AUTHOR_EMAIL": f"{author.lower()}@example.org",
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_DATE": when,
        }
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", "-m", message, env=who)
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """What git prints, without the last newline.

        Raises:
            AssertionError: git failed.
        """
        done = self.run("git", *arguments, env=env)
        assert done.returncode == 0, f"git {arguments}: {done.stderr}"
        return done.stdout.removesuffix("\n")

    def run(
        self, *command: str, env: Mapping[str, str] | None = None, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a program in the repository's folder; bytes that are not UTF-8 come back as surrogates."""
        return subprocess.run(
            command,
            cwd=self.root,
            env={**self.env, **(env or {})},
            input=stdin,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="surrogateescape",
        )

    def antifoul(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run the installed `antifoul` in the repository's folder, in a process of its own."""
        return self.run(script("antifoul"), *arguments, env=env)


def script(name: str) -> str:
    """The path of a console script beside the running interpreter: the one that is under test, not PATH's."""
    return str(Path(sys.executable).with_name(name))
