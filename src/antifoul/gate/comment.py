"""The one comment that a pull request has from us: found again by a hidden mark, edited, never a second one."""

import re
from collections.abc import Mapping
from typing import Any

from antifoul.facts.errors import ReadError
from antifoul.readers.github import Api, RefusedError

_KEY = re.compile(r"[\w.-]{1,60}")


def marker(key: str) -> str:
    """The hidden line that a comment of ours starts with; `key` tells the jobs of a matrix apart."""
    return f"<!-- antifoul:{key if _KEY.fullmatch(key) else 'check'} -->"


def keep_comment(environ: Mapping[str, str], event: Mapping[str, Any], body: str, *, found: bool) -> str:
    """Add, edit or resolve the comment; what there is to say about it, "" where nothing is.

    `body` is what the comment is to say. Where nothing was found there is none, unless one is there already.
    """
    token, repository = environ.get("ANTIFOUL_TOKEN", ""), environ.get("GITHUB_REPOSITORY", "")
    if not _is_asked_by(environ):
        return ""
    if why := _not_ours(environ, event) or ("" if token and repository else "there is no token"):
        return f"no comment: {why}"
    api = Api(environ.get("GITHUB_API_URL") or "https://api.github.com", repository, token)
    try:
        number = _number(api, event)
        if not number:
            return "no comment: this event is not about a pull request that is open at this commit"
        return _kept(api, number, marker(environ.get("ANTIFOUL_COMMENT_KEY", "")), body, found=found)
    except RefusedError as problem:
        return f"no comment, the token may not write one ({problem}): the job summary has the report"
    except ReadError as problem:
        return f"no comment ({problem}): the job summary has the report"


def _is_asked_by(environ: Mapping[str, str]) -> bool:
    """The event is about a pull request: a push or a schedule has none to comment on."""
    kind = environ.get("GITHUB_EVENT_NAME", "")
    return kind.startswith("pull_request") or kind == "workflow_run"


def _not_ours(environ: Mapping[str, str], event: Mapping[str, Any]) -> str:
    """Why this run may not comment, told by the event: a fork's and Dependabot's tokens only read."""
    request = event.get("pull_request") or {}
    if not request or not environ.get("GITHUB_EVENT_NAME", "").startswith("pull_request"):
        return ""
    head, base = ((request.get(side) or {}).get("repo") or {} for side in ("head", "base"))
    if environ.get("GITHUB_EVENT_NAME") == "pull_request_target":
        return ""
    if head.get("full_name") != base.get("full_name"):
        return "the pull request comes from a fork, whose runs may not write; docs/ci.md has the way around"
    if environ.get("GITHUB_ACTOR") == "dependabot[bot]":
        return "Dependabot's runs may not write"
    return ""


def _number(api: Api, event: Mapping[str, Any]) -> int:
    if number := (event.get("pull_request") or {}).get("number"):
        return int(number)
    run = event.get("workflow_run") or {}
    owner = ((run.get("head_repository") or {}).get("owner") or {}).get("login")
    if owner and run.get("head_branch") and run.get("head_sha"):
        return api.open_request(f"{owner}:{run['head_branch']}", str(run["head_sha"]))
    return 0


def _kept(api: Api, number: int, mark: str, body: str, *, found: bool) -> str:
    login = api.login()
    ours = None
    for one in api.comments(number):
        # Anyone can write the mark into a comment of theirs: only the token's own is edited.
        if one.body.startswith(mark) and (one.author == login if login else one.by_bot):
            ours = one
    text = f"{mark}\n{body}"
    if ours is None:
        if found:
            api.add(number, text)
    elif ours.body.rstrip() != text.rstrip():
        api.edit(ours.id, text)
    return ""
