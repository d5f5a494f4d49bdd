"""GitHub's API, as far as a comment on a pull request needs it. Only the Action uses it, and only when asked to."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from antifoul.facts.errors import ReadError

_PAGE = 100  # comments a page: the most that there are
_PAGES = 50
_SECONDS = 20
_ANSWER = 20_000_000  # bytes: a hundred comments of the longest kind are less


class RefusedError(ReadError):
    """The platform does not let this token do that."""


class _SameServer(HTTPRedirectHandler):
    """Follows a redirect, of a repository that was renamed, only where the token may be shown."""

    def redirect_request(self, req: Request, *answer: Any) -> Request | None:  # noqa: ANN401  as its parent has it
        """The next request; none to another server."""
        target = str(answer[-1])
        if urlsplit(target)[:2] != urlsplit(req.full_url)[:2]:
            return None
        return super().redirect_request(req, *answer)


class Comment(NamedTuple):
    """A comment on a pull request."""

    id: int
    author: str
    by_bot: bool
    body: str


class Api:
    """One repository on one server, as one token sees it."""

    def __init__(self, url: str, repository: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._repository = quote(repository)
        self._token = token
        self._opener = build_opener(_SameServer)

    def login(self) -> str:
        """Whose token it is; "" for one of an app, as a workflow has."""
        try:
            return str(self._ask("GET", "/user").get("login", ""))
        except ReadError:
            return ""

    def comments(self, number: int) -> Iterator[Comment]:
        """Every comment on a pull request, page by page, oldest first.

        Raises:
            ReadError: the server cannot be reached or refuses.
        """
        for page in range(1, _PAGES + 1):
            query = urlencode({"per_page": _PAGE, "page": page})
            rows = self._ask("GET", f"/repos/{self._repository}/issues/{number}/comments?{query}")
            for row in rows:
                user = row.get("user") or {}
                yield Comment(int(row["id"]), str(user.get("login")), user.get("type") == "Bot", str(row.get("body")))
            if len(rows) < _PAGE:
                return

    def add(self, number: int, body: str) -> None:
        """Add a comment."""
        self._ask("POST", f"/repos/{self._repository}/issues/{number}/comments", {"body": body})

    def edit(self, comment: int, body: str) -> None:
        """Put another text into a comment."""
        self._ask("PATCH", f"/repos/{self._repository}/issues/comments/{comment}", {"body": body})

    def open_request(self, head: str, commit: str) -> int:
        """The open pull request of that `OWNER:BRANCH` whose head is that commit; 0 where there is none."""
        query = urlencode({"head": head, "state": "open", "per_page": _PAGE})
        rows = self._ask("GET", f"/repos/{self._repository}/pulls?{query}")
        return next((int(row["number"]) for row in rows if (row.get("head") or {}).get("sha") == commit), 0)

    def _ask(self, method: str, path: str, content: object = None) -> Any:  # noqa: ANN401  JSON
        data = None if content is None else json.dumps(content).encode()
        asked = Request(  # noqa: S310  the runner's own address
            f"{self._url}{path}",
            data=data,
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "antifoul",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with self._opener.open(asked, timeout=_SECONDS) as answer:
                return json.loads(answer.read(_ANSWER))
        except HTTPError as problem:
            problem.close()
            kind = RefusedError if problem.code in {401, 403, 404} else ReadError
            raise kind(f"{method} {path.partition('?')[0]}: the platform answered {problem.code}") from None
        except (URLError, TimeoutError, ConnectionError, ValueError) as problem:
            raise ReadError(f"{method} {path.partition('?')[0]}: {getattr(problem, 'reason', problem)}") from None
