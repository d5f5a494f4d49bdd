"""The GitHub Action's door: find the base, run `check` and `report`, fill summary, outputs and comment."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from antifoul.facts.errors import UsageError
from antifoul.gate.comment import keep_comment
from antifoul.gate.event import find_base
from antifoul.readers.git import open_repository
from antifoul.reports.limits import SUMMARY, capped
from antifoul.shells import exits
from antifoul.shells.runner import Workplace, append, assignments, notice

_COMMENT = 64_900  # characters, of the platform's 65,536; the hidden mark stands before them


def main() -> int:
    """Judge and report; the exit status is that of `antifoul check`, 0 when there is no change to judge."""
    return exits.guarded(lambda: _run(os.environ), verbose=os.environ.get("RUNNER_DEBUG") == "1")


def _run(environ: Mapping[str, str]) -> int:
    git = open_repository(".", environ)
    if git is None:
        raise UsageError("the working directory is not in a git repository").with_remedy(
            "put actions/checkout with fetch-depth: 0 before this action"
        )
    event = _event(environ)
    place = Workplace(environ)
    base = find_base(git, environ, event)
    outputs = {"verdict": "none", "findings": "", "score": "", "sarif-path": "", "html-path": ""}
    code, pages = exits.OK, []
    if base.revision:
        code, page = place.check(base.revision)
        pages.append(page)
        if (found := place.result("check")) is not None:
            outputs |= {"verdict": found["verdict"], "findings": str(len(found["findings"]))}
            outputs["sarif-path"] = place.written("sarif")
        _comment(environ, event, place, found)
    else:
        pages.append(f"No change was judged: {base.why}.\n")
        notice(f"no change was judged: {base.why}")
    if environ.get("ANTIFOUL_REPORT", "true") != "false":
        worked, page = place.report()
        code = code or worked
        pages.append(page)
        health = (place.result("report") or {}).get("health")
        outputs |= {"score": str(health["score"]) if health else "", "html-path": place.written("html")}
    whole = place.folder / "antifoul.md"
    whole.write_text("\n".join(pages), encoding="utf-8")
    append(environ.get("GITHUB_STEP_SUMMARY"), capped(whole.read_text(encoding="utf-8"), SUMMARY, _rest(whole)))
    append(environ.get("GITHUB_OUTPUT"), assignments({**outputs, "report-path": str(whole)}))
    return code


def _comment(
    environ: Mapping[str, str], event: Mapping[str, Any], place: Workplace, found: dict[str, Any] | None
) -> None:
    """Keep the pull request's comment, where one is wanted. Whatever comes of it, the verdict stands."""
    if environ.get("ANTIFOUL_COMMENT", "false") != "true" or found is None:
        return
    text = place.comment(_COMMENT)
    if not found["findings"]:
        text = text.replace("# antifoul: passed", "# antifoul: resolved, nothing is found any more", 1)
    said = keep_comment(environ, event, text, found=bool(found["findings"]))
    if said:
        notice(said)


def _event(environ: Mapping[str, str]) -> dict[str, Any]:
    place = environ.get("GITHUB_EVENT_PATH")
    event: dict[str, Any] = json.loads(Path(place).read_text(encoding="utf-8")) if place else {}
    return event


def _rest(whole: Path) -> str:
    return f"truncated: the rest is in {whole.name}, the output `report-path`"


if __name__ == "__main__":
    sys.exit(main())
