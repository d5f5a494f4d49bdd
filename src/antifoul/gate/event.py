"""What a workflow's event says: which revisions to judge, and why none where there are none."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from antifoul.readers.bases import parents
from antifoul.readers.git import Git

_ZERO = "0" * 40


class Base(NamedTuple):
    """The revision to judge against; "" when the event brings no change, and then `why`."""

    revision: str
    why: str = ""


def find_base(git: Git, environ: Mapping[str, str], event: Mapping[str, Any]) -> Base:
    """What the judged commit is held against, the first of: the input, the event's own base, none."""
    kind = environ.get("GITHUB_EVENT_NAME", "")
    if environ.get("ANTIFOUL_BASE"):
        return Base(environ["ANTIFOUL_BASE"])
    if kind.startswith("pull_request"):
        # Never the event's `pull_request.base.sha`: the merge commit may have been made from a later one.
        merged = git.line("rev-parse", "HEAD") == environ.get("GITHUB_SHA") and len(parents(git)) == 2
        own = merged and environ.get("ANTIFOUL_HEAD", "HEAD") == "HEAD"
        return Base("HEAD^1" if own else f"origin/{environ.get('GITHUB_BASE_REF', '')}")
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
