"""A workflow's step: the commands that it runs, the files that they leave, and how the log is spoken to."""

import json
import re
import secrets
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from antifoul.facts.errors import UsageError
from antifoul.shells.cli import main as antifoul

_FILE = re.compile(r"\w[\w.-]{0,100}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_OURS = re.compile(r"(check|report|comment|antifoul)\.(md|json|html)")


class Workplace:
    """A folder of the runner's for the reports, and the commands that write them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.folder = Path(environ.get("RUNNER_TEMP", "."), "antifoul-report")
        self.folder.mkdir(exist_ok=True)
        self._sarif = self._below(environ.get("ANTIFOUL_SARIF", "false"), "antifoul.sarif")
        html = environ.get("ANTIFOUL_REPORT", "") == "html"
        self._files = {"sarif": self._sarif, "html": self.folder / "antifoul.html" if html else None}
        for file in self.folder.iterdir():
            if file.is_file():
                file.unlink()  # of an earlier step: an output must not name a file that this one did not write

    def check(self, base: str) -> tuple[int, str]:
        """Judge the change: the exit status, and the page for the summary."""
        named = {"select": "SELECT", "ignore": "IGNORE", "fail-on": "FAIL_ON", "paths": "PATHS", "smoke": "SMOKE"}
        options = [f"--{option}={value}" for option, name in named.items() if (value := self._input(name))]
        options += [f"--base={base}", f"--head={self._input('HEAD') or 'HEAD'}"]
        options += [f"--settings-from={self._input('SETTINGS_FROM') or 'base'}"]
        options += ["--format", "github", f"--format=comment={self.folder / 'comment.md'}"]
        if self._sarif:
            options.append(f"--format=sarif={self._sarif}")
        return self._run("check", *options)

    def report(self) -> tuple[int, str]:
        """Report on the tree: the exit status, and the page for the summary."""
        history = self._input("HISTORY")
        options = ["--all-history"] if history == "all" else [f"--weeks={history}"] if history else []
        if html := self._files["html"]:
            options.append(f"--format=html={html}")
        return self._run("report", *options)

    def result(self, command: str) -> Any:  # noqa: ANN401  JSON
        """What the command found; None where it stopped before."""
        file = self.folder / f"{command}.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    def written(self, kind: str) -> str:
        """The path of a file that was asked for and written, else ""."""
        file = self._files[kind]
        return str(file) if file and file.exists() else ""

    def comment(self, size: int) -> str:
        """The text for the pull request, of at most so many characters."""
        return (self.folder / "comment.md").read_text(encoding="utf-8", errors="replace")[:size]

    def _input(self, name: str) -> str:
        return self._environ.get(f"ANTIFOUL_{name}", "").strip()

    def _below(self, given: str, usual: str) -> Path | None:
        """The file that an input names, below the folder of the reports.

        Raises:
            UsageError: it lies elsewhere.
        """
        if given in {"", "false"}:
            return None
        name = usual if given == "true" else given
        if not _FILE.fullmatch(name) or _OURS.fullmatch(name):
            raise UsageError(f"{given!r} is no name for a file in the folder of the reports: letters, digits, . _ -")
        return self.folder / name

    def _run(self, name: str, *options: str) -> tuple[int, str]:
        """Run one command; its exit status and its page, or what it said where it made none."""
        page = self.folder / f"{name}.md"
        files = {"markdown": page, "json": self.folder / f"{name}.json"}
        said = StringIO()
        head = self._input("HEAD") if name == "check" else ""
        given = (*options, *_links(self._environ, head), *(f"--format={kind}={file}" for kind, file in files.items()))
        with redirect_stderr(said):
            code = antifoul([name, *given])
        log(said.getvalue())
        if page.exists():
            return code, page.read_text(encoding="utf-8", errors="replace")
        indented = "".join(f"    {line}\n" for line in said.getvalue().splitlines())
        return code, f"# antifoul: no {name}\n\n{indented}\n"


def _links(environ: Mapping[str, str], head: str) -> tuple[str, ...]:
    """Where the links lead: a summary has no folder that relative ones could start from; a named commit to itself."""
    server, name, commit = (environ.get(f"GITHUB_{key}", "") for key in ("SERVER_URL", "REPOSITORY", "SHA"))
    commit = head if _COMMIT.fullmatch(head) else commit
    return (f"--link-base={server}/{name}/blob/{commit}/",) if server and name and commit else ()


def log(text: str) -> None:
    """To the log as plain text: a line that looks like a workflow command is none."""
    if text:
        token = secrets.token_hex(16)
        sys.stdout.write(f"::stop-commands::{token}\n{text}\n::{token}::\n")
        sys.stdout.flush()


def notice(text: str) -> None:
    """A notice beside the step."""
    told = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    sys.stdout.write(f"::notice title=antifoul::{told}\n")
    sys.stdout.flush()


def assignments(outputs: Mapping[str, str]) -> str:
    """Outputs as the runner reads them: no value can end itself."""
    end = secrets.token_hex(16)
    return "".join(f"{name}<<{end}\n{value}\n{end}\n" for name, value in outputs.items())


def append(place: str | None, text: str) -> None:
    """Add to a file that the runner named, if it did."""
    if place:
        with open(place, "a", encoding="utf-8") as file:  # noqa: PTH123  as the runner gives it
            file.write(text)
