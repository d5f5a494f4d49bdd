"""A stub of the platform's API on the loopback: the comments of one pull request, and what it was asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

BOT = {"login": "github-actions[bot]", "type": "Bot"}


class Asked(NamedTuple):
    """One request."""

    method: str
    path: str
    token: str


class Platform:
    """What the stub holds. `refuse` maps a method to the status that it is answered with instead."""

    def __init__(self) -> None:
        self.url = ""
        self.comments: list[dict[str, Any]] = []
        self.pulls: list[dict[str, Any]] = []
        self.user: dict[str, str] | None = None
        self.refuse: dict[str, int] = {}
        self.location = ""  # where a refused request is sent on to
        self.asked: list[Asked] = []

    def say(self, body: str, user: dict[str, str] | None = None) -> None:
        """Someone comments."""
        self.comments.append({"id": len(self.comments) + 1, "user": user or BOT, "body": body})

    @property
    def writes(self) -> list[str]:
        """The methods of the requests that change something."""
        return [one.method for one in self.asked if one.method != "GET"]

    def answer(self, method: str, path: str, query: dict[str, list[str]], sent: Any) -> tuple[int, Any]:  # noqa: ANN401
        """The status and content for a request."""
        if path.endswith("/user"):
            return (200, self.user) if self.user else (403, {})
        if path.endswith("/pulls"):
            return 200, [one for one in self.pulls if one["head"]["label"] == query["head"][0]]
        if method == "GET":
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return 200, self.comments[size * (page - 1) : size * page]
        if len(sent["body"]) > 65_536:
            return 422, {}
        if method == "POST":
            self.say(sent["body"])
            return 201, self.comments[-1]
        self.comments[int(path.rpartition("/")[2]) - 1]["body"] = sent["body"]
        return 200, {}


@contextmanager
def platform() -> Iterator[Platform]:
    """A running stub."""
    held = Platform()

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            sent = json.loads(self.rfile.read(size)) if size else None
            place = urlsplit(self.path)
            held.asked.append(Asked(self.command, self.path, self.headers.get("Authorization", "")))
            status, content = held.answer(self.command, place.path, parse_qs(place.query), sent)
            status = held.refuse.get(self.command, status)
            data = json.dumps(content).encode()
            self.send_response(status)
            if held.location and status in {301, 307}:
                self.send_header("Location", held.location)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _do  # noqa: N815  the server's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its parent's name
            """Nothing to standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield held
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
