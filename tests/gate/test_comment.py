"""The sticky comment against a stub of the API."""

from collections.abc import Iterator
from typing import Any

import pytest

from antifoul.gate.comment import keep_comment, marker
from platform_stub import BOT, Platform, platform

MARK = marker("")
STRANGER = {"login": "mallory", "type": "User"}


@pytest.fixture
def stub() -> Iterator[Platform]:
    """A running stub without comments."""
    with platform() as held:
        yield held


def event(*, fork: bool = False, number: int = 7) -> dict[str, Any]:
    """A pull request's event."""
    head = "mallory/repo" if fork else "acme/repo"
    sides = {"head": {"repo": {"full_name": head}}, "base": {"repo": {"full_name": "acme/repo"}}}
    return {"pull_request": {"number": number, **sides}}


def keep(stub: Platform, body: str, *, found: bool = True, given: dict[str, Any] | None = None, **env: str) -> str:
    """Keep the comment as a workflow would."""
    environ = {
        "GITHUB_API_URL": stub.url,
        "GITHUB_REPOSITORY": "acme/repo",
        "GITHUB_EVENT_NAME": "pull_request",
        "ANTIFOUL_TOKEN": "secret",
        **env,
    }
    return keep_comment(environ, given or event(), body, found=found)


def test_nothing_found_leaves_no_comment(stub: Platform) -> None:
    """A clean pull request is not told so."""
    assert keep(stub, "clean", found=False) == ""

    assert stub.comments == []
    assert stub.writes == []


def test_the_first_finding_adds_one_and_the_next_run_edits_it(stub: Platform) -> None:
    """There is one comment however often it runs, and none is written when it would say the same."""
    keep(stub, "one finding")
    keep(stub, "one finding")
    keep(stub, "two findings")

    assert [one["body"] for one in stub.comments] == [f"{MARK}\ntwo findings"]
    assert stub.writes == ["POST", "PATCH"]
    assert {one.token for one in stub.asked} == {"Bearer secret"}


def test_what_was_found_and_is_gone_is_said_in_the_same_comment(stub: Platform) -> None:
    """Clean after dirty edits; clean after that writes nothing more."""
    keep(stub, "one finding")
    keep(stub, "passed", found=False)
    keep(stub, "passed", found=False)

    assert [one["body"] for one in stub.comments] == [f"{MARK}\npassed"]
    assert stub.writes == ["POST", "PATCH"]


def test_a_comment_of_ours_is_found_on_a_later_page(stub: Platform) -> None:
    """A long discussion has more than the hundred comments of a page."""
    for number in range(130):
        stub.say(f"comment {number}", STRANGER)
    stub.say(f"{MARK}\nold")

    keep(stub, "new")

    assert stub.comments[-1]["body"] == f"{MARK}\nnew"
    assert stub.writes == ["PATCH"]


def test_a_strangers_copy_of_the_mark_is_not_taken_for_ours(stub: Platform) -> None:
    """Anyone can write it, and a workflow's token could edit anyone's comment."""
    stub.say(f"{MARK}\nhijacked", STRANGER)

    keep(stub, "one finding")

    assert [one["body"] for one in stub.comments] == [f"{MARK}\nhijacked", f"{MARK}\none finding"]


def test_with_a_persons_token_only_that_persons_comment_is_edited(stub: Platform) -> None:
    """The API says whose token it is; another bot's comment is not ours then."""
    stub.user = {"login": "ada"}
    stub.say(f"{MARK}\nof a bot", BOT)
    stub.say(f"{MARK}\nmine", {"login": "ada", "type": "User"})

    keep(stub, "new")

    assert [one["body"] for one in stub.comments] == [f"{MARK}\nof a bot", f"{MARK}\nnew"]


def test_jobs_with_keys_have_comments_of_their_own(stub: Platform) -> None:
    """A key that could end the mark is none."""
    keep(stub, "a", ANTIFOUL_COMMENT_KEY="py3.11")
    keep(stub, "b", ANTIFOUL_COMMENT_KEY="py3.12")
    keep(stub, "c", ANTIFOUL_COMMENT_KEY="x --> <img>")

    assert [one["body"].partition("\n")[0] for one in stub.comments] == [marker("py3.11"), marker("py3.12"), MARK]


@pytest.mark.parametrize("status", [401, 403, 404, 500, 502])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refusal_is_said_and_nothing_more(stub: Platform, status: int, method: str) -> None:
    """The summary has the report; the verdict does not depend on the platform."""
    stub.refuse[method] = status

    said = keep(stub, "one finding")

    assert "no comment" in said
    assert "the job summary has the report" in said
    assert "secret" not in said


def test_a_fork_and_dependabot_are_not_even_asked_for(stub: Platform) -> None:
    """Their tokens only read."""
    fork = keep(stub, "x", given=event(fork=True))
    bot = keep(stub, "x", GITHUB_ACTOR="dependabot[bot]")

    assert "comes from a fork" in fork
    assert "Dependabot" in bot
    assert stub.asked == []


def test_a_fork_that_was_deleted_is_a_fork(stub: Platform) -> None:
    """The platform gives null for its repository."""
    given = event()
    given["pull_request"]["head"]["repo"] = None

    assert "comes from a fork" in keep(stub, "x", given=given)


def test_a_push_has_no_pull_request_to_comment_on(stub: Platform) -> None:
    """Nothing is said, nothing asked."""
    assert keep(stub, "x", given={"ref": "refs/heads/main"}, GITHUB_EVENT_NAME="push") == ""
    assert stub.asked == []


def test_without_a_server_it_is_said(stub: Platform) -> None:
    """Nobody listens at that port."""
    assert "no comment (" in keep(stub, "x", GITHUB_API_URL="http://127.0.0.1:1")


def test_the_token_is_not_sent_to_another_server(stub: Platform) -> None:
    """A redirect elsewhere is not followed."""
    with platform() as other:
        stub.refuse = {"GET": 307}
        stub.location = f"{other.url}/elsewhere"

        assert "no comment" in keep(stub, "x")
        assert other.asked == []


def test_a_finished_run_of_a_forks_workflow_finds_its_pull_request(stub: Platform) -> None:
    """By the branch, and only while the pull request is at the commit that was judged."""
    stub.pulls = [
        {"number": 3, "head": {"label": "mallory:fix", "sha": "old"}},
        {"number": 4, "head": {"label": "mallory:fix", "sha": "abc"}},
    ]
    run = {"head_sha": "abc", "head_branch": "fix", "head_repository": {"owner": {"login": "mallory"}}}

    said = keep(stub, "x", given={"workflow_run": run}, GITHUB_EVENT_NAME="workflow_run")
    late = keep(stub, "x", given={"workflow_run": {**run, "head_sha": "gone"}}, GITHUB_EVENT_NAME="workflow_run")

    assert said == ""
    assert "/issues/4/comments" in stub.asked[-2].path or any("/issues/4/" in one.path for one in stub.asked)
    assert "not about a pull request that is open at this commit" in late
