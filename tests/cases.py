"""Case files: changes written down with a mark on each line that must be found, and built as real commits.

A line `== NAME` starts a case. Its sections are `-- before/PATH --`, `-- after/PATH --`, and `-- both/PATH --` for a
file that the change does not touch. `-- commit 1..9 2025-09-01/PATH --` is a file of nine commits before these, a week
apart from that day on; `{n}` in its text is the commit's number. `-- after/PATH (escaped) --` holds Python's escapes
for bytes, line ends included: the section's own line feeds are dropped. A mark is a comment at the end of a line:
`# ! RULE`, or `# ! RULE SEVERITY` where it is not the rule's own. Marks are taken off before the files are judged.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from worlds import Repo

_CASE = re.compile(r"^== (.+)\n", re.MULTILINE)
_SECTION = re.compile(
    r"^-- (before|after|both|commit \d+(?:\.\.\d+)? \d{4}-\d\d-\d\d)/(.+?)( \(escaped\))? --\n", re.MULTILINE
)
_MARK = re.compile(rb"[ \t]*# ! ([a-z-]+)(?: (error|warning|note))?(?=\r?$|[ \t]*# ! )", re.MULTILINE)


class Mark(NamedTuple):
    """A finding that is expected. `severity` is "" for the rule's own."""

    path: str
    line: int
    rule: str
    severity: str


class Case(NamedTuple):
    """One change with what must be found in it."""

    name: str
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    expected: tuple[Mark, ...]
    past: Mapping[str, Mapping[str, bytes]] = {}  # by day, what each commit before these writes


def cases_in(file: Path) -> tuple[Case, ...]:
    """The cases of a file, in their order."""
    _, *parts = _CASE.split(file.read_text(encoding="utf-8"))
    return tuple(_case(name, body) for name, body in zip(parts[::2], parts[1::2], strict=True))


def _case(name: str, body: str) -> Case:
    lead, *parts = _SECTION.split(body)
    assert not lead.strip(), f"case {name!r}: text before the first section"
    sides: dict[str, dict[str, bytes]] = {"before": {}, "after": {}}
    expected: list[Mark] = []
    past: dict[str, dict[str, bytes]] = {}
    for side, path, escaped, text in zip(*(iter(parts),) * 4, strict=True):
        data = _unescaped(text) if escaped else text.encode()
        if side.startswith("commit"):
            for number, day in _days(side):
                past.setdefault(day, {})[path] = data.replace(b"{n}", b"%d" % number)
            continue
        if side != "before":
            expected += marks_in(path, data)
        for one in sides if side == "both" else (side,):
            sides[one][path] = _MARK.sub(b"", data)
    return Case(name, sides["before"], sides["after"], tuple(expected), past)


def _days(side: str) -> Iterator[tuple[int, str]]:
    """The numbers of the commits that a section is a file of, with their days: a week apart from the one it names."""
    _, numbers, day = side.split(" ")
    first, _, last = numbers.partition("..")
    for number in range(int(first), int(last or first) + 1):
        yield number, (date.fromisoformat(day) + timedelta(weeks=number - int(first))).isoformat()


def _unescaped(text: str) -> bytes:
    return text.replace("\n", "").encode("latin-1").decode("unicode_escape").encode("latin-1")


def marks_in(path: str, data: bytes) -> tuple[Mark, ...]:
    """The marks of one file; lines count from 1."""
    return tuple(
        Mark(path, data.count(b"\n", 0, found.start()) + 1, found[1].decode(), (found[2] or b"").decode())
        for found in _MARK.finditer(data)
    )


def build(repo: Repo, cases: Iterable[Case]) -> None:
    """Commit case N as two commits of the branch `case-N`, all of them in one stroke."""
    stream = b"".join(
        _commit(f"case-{number}", files, day)
        for number, case in enumerate(cases)
        for day, files in (*sorted(case.past.items()), ("", case.before), ("", case.after))
    )
    done = repo.run("git", "fast-import", "--quiet", stdin=stream.decode("utf-8", "surrogateescape"))
    assert done.returncode == 0, done.stderr


def _commit(branch: str, files: Mapping[str, bytes], day: str) -> bytes:
    """A commit of these files and no other; a commit of the past keeps what was there."""
    when = int(datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp()) if day else 1767614400
    rows = [f"commit refs/heads/{branch}\ncommitter Ada <ada@example.org> {when} +0000\ndata 0\n".encode()]
    rows += [] if day else [b"deleteall\n"]
    rows += [b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data) for path, data in files.items()]
    return b"".join(rows)
