"""The GitHub Action's door: find the base from the event, run `check` and `report`, fill summary and outputs."""

import json
import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from antifoul.facts.errors import UsageError
from antifoul.readers.bases import parents
from antifoul.readers.git import Git, open_repository
from antifoul.shells import exits
from antifoul.shells.cli import main as antifoul

_ZERO = "0" * 40
_SUMMARY_BYTES = 900 * 1024  # at 1 MiB the platform drops the whole summary


class Base(NamedTuple):
    """The revision to judge against; "" when the event brings no change, and then `why`."""

    revision: str
    why: str = ""


def main() -> int:
    """Judge and report; the exit status is that of `antifoul check`, 0 when there is no change to judge."""
    return exits.guarded(lambda: _run(os.environ), verbose=os.environ.get("RUNNER_DEBUG") == "1")


def find_base(git: Git, environ: Mapping[str, str], event: Mapping[str, Any]) -> Base:
    """What the checked-out commit is judged against, the first of: the input, the event's own base, none."""
    kind = environ.get("GITHUB_EVENT_NAME", "")
    if environ.get("ANTIFOUL_BASE"):
        return Base(environ["ANTIFOUL_BASE"])
    if kind.startswith("pull_request"):
        # Never the event's `pull_request.base.sha`: the merge commit may have been made from a later one.
        merged = git.line("rev-parse", "HEAD") == environ.get("GITHUB_SHA") and len(parents(git)) == 2
        return Base("HEAD^1" if merged else f"origin/{environ.get('GITHUB_BASE_REF', '')}")
    if kind == "merge_group":
        return Base(str(event["merge_group"]["base_sha"]))
    if kind == "push":
        return _before_push(git, event)
    return Base("", f"the event {kind or 'without a name'} brings no change; the input `base` names one")


def _before_push(git: Git, event: Mapping[str, Any]) -> Base:
    """The branch before the push; for a new branch, or one that a forced push replaced, the default branch."""
    before = str(event.get("before", _ZERO))
    if before != _ZERO and (git.line("cat-file", "-t", before) or not event.get("forced")):
        return Base(before)
    main_branch = str(event.get("repository", {}).get("default_branch", ""))
    if main_branch and event.get("ref") != f"refs/heads/{main_branch}":
        return Base(f"origin/{main_branch}")
    return Base("", "what was here before this push is not known; the input `base` names what to judge against")


def _run(environ: Mapping[str, str]) -> int:
    git = open_repository(".", environ)
    if git is None:
        raise UsageError("the working directory is not in a git repository").with_remedy(
            "put actions/checkout with fetch-depth: 0 before this action"
        )
    folder = Path(environ.get("RUNNER_TEMP", "."), "antifoul-report")
    folder.mkdir(exist_ok=True)
    base = find_base(git, environ, _event(environ))
    outputs = {"verdict": "none", "findings": "", "score": ""}
    code, pages = exits.OK, []
    if base.revision:
        options = (*_check_options(base.revision, environ), *_links(environ))
        code, page = _command(folder, "check", *options, "--format", "github")
        pages.append(page)
        if (found := _read(folder / "check.json")) is not None:
            outputs |= {"verdict": found["verdict"], "findings": str(len(found["findings"]))}
    else:
        pages.append(f"No change was judged: {base.why}.\n")
        sys.stdout.write(f"::notice title=antifoul::no change was judged: {base.why}\n")
    if environ.get("ANTIFOUL_REPORT", "true") != "false":
        worked, page = _command(folder, "report", *_links(environ))
        code = code or worked
        pages.append(page)
        health = (_read(folder / "report.json") or {}).get("health")
        outputs["score"] = str(health["score"]) if health else ""
    whole = folder / "antifoul.md"
    whole.write_text("\n".join(pages), encoding="utf-8")
    _append(environ.get("GITHUB_STEP_SUMMARY"), _capped(whole.read_text(encoding="utf-8"), whole))
    _append(environ.get("GITHUB_OUTPUT"), _assignments({**outputs, "report-path": str(whole)}))
    return code


def _event(environ: Mapping[str, str]) -> dict[str, Any]:
    place = environ.get("GITHUB_EVENT_PATH")
    event: dict[str, Any] = json.loads(Path(place).read_text(encoding="utf-8")) if place else {}
    return event


def _check_options(base: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    named = {"select": "ANTIFOUL_SELECT", "ignore": "ANTIFOUL_IGNORE", "fail-on": "ANTIFOUL_FAIL_ON"}
    given = [f"--{option}={environ[name]}" for option, name in named.items() if environ.get(name)]
    return (f"--base={base}", "--head=HEAD", "--settings-from=base", *given)


def _command(folder: Path, name: str, *options: str) -> tuple[int, str]:
    """Run one command; its exit status and its page, or what it said where it made none."""
    page = folder / f"{name}.md"
    files = {"markdown": page, "json": folder / f"{name}.json"}
    for file in files.values():
        file.unlink(missing_ok=True)
    said = StringIO()
    with redirect_stderr(said):
        code = antifoul([name, *options, *(f"--format={kind}={file}" for kind, file in files.items())])
    _log(said.getvalue())
    if page.exists():
        return code, page.read_text(encoding="utf-8", errors="replace")
    return code, f"# antifoul: no {name}\n\n{_as_code(said.getvalue())}\n"


def _links(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Where the job summary's links lead: a summary has no folder that relative ones could start from."""
    server, name, commit = (environ.get(f"GITHUB_{key}", "") for key in ("SERVER_URL", "REPOSITORY", "SHA"))
    return (f"--link-base={server}/{name}/blob/{commit}/",) if server and name and commit else ()


def _read(file: Path) -> Any:  # noqa: ANN401  JSON
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def _log(text: str) -> None:
    """To the log as plain text: a line that looks like a workflow command is none."""
    if text:
        token = secrets.token_hex(16)
        sys.stdout.write(f"::stop-commands::{token}\n{text}\n::{token}::\n")
        sys.stdout.flush()


def _as_code(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def _capped(text: str, whole: Path) -> str:
    """As many whole lines as the platform takes."""
    data = text.encode()
    if len(data) <= _SUMMARY_BYTES:
        return text
    kept = data[:_SUMMARY_BYTES].rpartition(b"\n")[0].decode()
    return f"{kept}\n\ntruncated: the rest is in {whole.name}, the output `report-path`\n"


def _assignments(outputs: Mapping[str, str]) -> str:
    end = secrets.token_hex(16)
    return "".join(f"{name}<<{end}\n{value}\n{end}\n" for name, value in outputs.items())


def _append(place: str | None, text: str) -> None:
    if place:
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    sys.exit(main())
