"""Read the history with one `git log --raw`: renames followed, no blob opened, nothing checked out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from antifoul.facts.clock import in_order
from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.finding import Skip
from antifoul.facts.history import Commit, History, Touch
from antifoul.facts.paths import RepoPath, from_bytes
from antifoul.facts.people import Person, is_program, known_as, names, signed
from antifoul.readers.disk import read_regular
from antifoul.readers.git import Git, split_z

_WEEK = 7 * 24 * 3600
_FORMAT = "%x01%H%x00%ct%x00%aN%x00%aE%x00%s%x00%(trailers:key=Co-authored-by,valueonly,separator=%x02)"
_FIELDS = 6
_LAST_TIME = 253_402_300_799  # the last second of the year 9999
_DAY_LENGTH = len("2026-01-31")
_FILES = (b"100644", b"100755", b"100664")
_LOG = ("log", "-z", "--raw", "--no-abbrev", "--full-history", f"--format={_FORMAT}")
# Renames are weighed by content; where that needs blobs that a partial clone lacks, by less.
_TRIES = (("-M", ()), ("-M", ("*.py",)), ("-M100%", ("*.py",)))


class Span(NamedTuple):
    """How much of a history to read."""

    as_of: str | None = None  # a revision or a date; None for HEAD
    weeks: int = 0  # 0 for all
    every: bool = False  # the commits of merged branches too, not the first-parent line alone


def read_history(git: Git, span: Span) -> History:
    """The commits of a span.

    Raises:
        UsageError: nothing is committed yet, there is no such revision or date, or git cannot read its history.
    """
    head = _head(git, span.as_of)
    notes: list[Skip] = []
    line = _line(git, head, span)
    if not line:
        raise UsageError("the history cannot be read: git lists no commit")
    clock = line[0][1]
    times = _times(line, clock, span, notes)
    start = _start(line, clock - span.weeks * _WEEK) if span.weeks else ""
    out = _log(git, [f"^{start}"] if start else [], head, span, notes)
    cut = _boundaries(git, notes)
    records = [one for one in _records(out) if one.id not in cut]
    if span.every and span.weeks:
        records = [one for one in records if times.get(one.id, one.at) >= clock - span.weeks * _WEEK]
    by_email = names(person for one in records for person in one.people)
    commits = tuple(_commit(one, times.get(one.id, min(one.at, clock)), by_email) for one in records)
    return History(head, clock, commits, span.weeks, tuple(notes))


def files_at(git: Git, revision: str) -> dict[RepoPath, str]:
    """The regular files of a commit, with their blobs."""
    rows = {}
    for row in split_z(git.run("ls-tree", "-r", "-z", "--full-tree", revision)):
        head, _, name = row.partition(b"\t")
        mode, _, blob = head.split(b" ")
        if mode in _FILES:
            rows[from_bytes(name)] = blob.decode()
    return rows


def _head(git: Git, as_of: str | None) -> str:
    if as_of is None:
        head = git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if not head:
            raise UsageError("nothing is committed yet, so there is no history").with_remedy("git commit")
        return head
    until = _time_of(as_of)
    if until is None:
        head = git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{as_of}^{{commit}}")
    else:
        head = _last_by(_line(git, "HEAD", Span()), until)
    if not head:
        raise UsageError(f"there is no revision or commit before {as_of!r}").with_remedy(
            "--as-of REV or --as-of 2026-01-31"
        )
    return head


def _time_of(text: str) -> float | None:
    """The time that a date names, its whole day included, in UTC where it says no zone; None when it is no date."""
    try:
        when = datetime.fromisoformat(text) if text[4:5] == "-" else None
    except ValueError:
        return None
    if when is None:  # eight digits may begin a commit's id
        return None
    if len(text) <= _DAY_LENGTH:
        when = when.replace(hour=23, minute=59, second=59)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _last_by(line: Sequence[tuple[str, int]], until: float) -> str:
    """The newest commit of a first-parent line by that time; one whose own date is wrong is passed over."""
    ordered = reversed(in_order([at for _, at in reversed(line)]))
    rows = zip(line, ordered, strict=True)
    return next((commit for (commit, given), at in rows if given == at <= until), "")


def _line(git: Git, head: str, span: Span) -> list[tuple[str, int]]:
    """The commits with their times, newest first. No tree is compared, so this costs little."""
    order = ("--topo-order",) if span.every else ("--first-parent",)
    out = git.run("log", *order, "--format=%H %ct", head, "--")
    rows = (row.split(b" ") for row in out.split(b"\n") if row)
    return [(commit.decode(), _seconds(at.decode())) for commit, at in rows]


def _times(line: Sequence[tuple[str, int]], clock: int, span: Span, notes: list[Skip]) -> dict[str, int]:
    """Each commit's time, never after the head's, and on the first-parent line in order."""
    given = [at for _, at in reversed(line)]
    ordered = [min(at, clock) for at in given] if span.every else in_order(given)
    moved = sum(at != real for at, (_, real) in zip(reversed(ordered), line, strict=True))
    if moved:
        many = "1 commit bears a date" if moved == 1 else f"{moved:,} commits bear dates"
        notes.append(Skip("", f"{many} out of order or after the head's: the commit before it lends its own"))
    return {commit: at for (commit, _), at in zip(line, reversed(ordered), strict=True)}


def _start(line: Sequence[tuple[str, int]], since: int) -> str:
    """The newest commit that is not read: every one behind it is older than the span. "" when all are read."""
    last = max((place for place, (_, at) in enumerate(line) if at >= since), default=0)
    return line[last + 1][0] if last + 1 < len(line) else ""


def _log(git: Git, start: list[str], head: str, span: Span, notes: list[Skip]) -> bytes:
    how = ("--topo-order", "--no-merges") if span.every else ("--first-parent", "-m")
    problem = "git gave no reason"
    for renames, paths in _TRIES:
        outcome = git.try_run(*_LOG, *how, renames, head, *start, "--", *paths)
        if outcome.code != 0:
            said = outcome.err.decode("utf-8", "replace").strip().splitlines() or [problem]
            problem = said[-1].removeprefix("fatal: ")
            continue
        if renames != "-M":
            notes.append(Skip("", "blobs are missing from this clone: only renames without an edit were followed"))
        if paths:
            notes.append(Skip("", "blobs are missing from this clone: of the history only Python files were read"))
        return outcome.out
    raise UsageError(f"the history cannot be read: {problem}")


def _boundaries(git: Git, notes: list[Skip]) -> frozenset[str]:
    """The commits at which a shallow clone or a graft cuts the history: they seem to add every file."""
    places = git.line("rev-parse", "--path-format=absolute", "--git-path", "shallow", "--git-path", "info/grafts")
    shallow, grafts = (_rows(place) for place in [*places.split("\n"), "", ""][:2])
    if shallow:
        notes.append(
            Skip("", "this clone is shallow: what came before its boundary is not known (git fetch --unshallow)")
        )
    if grafts or git.line("for-each-ref", "--count=1", "refs/replace/"):
        notes.append(Skip("", "grafts or replaced objects alter this history: it is read as they say"))
    return frozenset(row for row in (*shallow, *grafts) if " " not in row)


def _rows(place: str) -> list[str]:
    """The rows of one of git's own lists; none where there is no such file."""
    try:
        text = read_regular(place).decode("ascii", "replace")
    except ReadError:
        return []
    return [row.strip() for row in text.splitlines() if row.strip() and not row.startswith("#")]


class _Record(NamedTuple):
    """A commit as the log has it."""

    id: str
    at: int
    title: str
    people: tuple[Person, ...]  # the author first
    rows: list[bytes]


def _records(raw: bytes) -> Iterator[_Record]:
    """The commits of a log. Names are taken where a row says that one stands, since a name may look like anything."""
    told = raw.split(b"\0")
    at = 0
    while at + _FIELDS <= len(told):
        identity, when, author, email, title, others = (
            one.decode("utf-8", "replace") for one in told[at : at + _FIELDS]
        )
        at += _FIELDS
        rows: list[bytes] = []
        while at < len(told) and told[at].lstrip(b"\n").startswith(b":"):
            names = 2 if told[at].rpartition(b" ")[2][:1] in b"RC" else 1
            rows += told[at : at + 1 + names]
            at += 1 + names
        people = [Person(author, email)]
        if others:
            people += [one for one in map(signed, others.split("\x02")) if one is not None]
        yield _Record(identity.strip("\n\x01"), _seconds(when), title, tuple(people), rows)


def _seconds(told: str) -> int:
    """A commit's time, within what a calendar has; 0 where it has none that can be read."""
    return min(max(int(told), 0), _LAST_TIME) if told.lstrip("-").isdecimal() else 0


def _commit(record: _Record, at: int, by_email: Mapping[str, str]) -> Commit:
    author = record.people[0]
    people = tuple(dict.fromkeys(known_as(one, by_email) for one in record.people if not is_program(one)))
    touches = tuple(_touches(record.rows))
    return Commit(record.id, at, known_as(author, by_email), author.email, record.title, touches, people)


def _touches(rows: list[bytes]) -> Iterator[Touch]:
    at = 0
    while at < len(rows):
        row = rows[at].lstrip(b"\n")
        if not row.startswith(b":"):
            at += 1
            continue
        old_mode, new_mode, old_blob, new_blob, status = row[1:].split(b" ")
        renamed = status[:1] in b"RC"
        names = rows[at + 1 : at + 2 + renamed]
        at += 2 + renamed
        if len(names) < 1 + renamed or (old_mode not in _FILES and new_mode not in _FILES):
            continue
        old = from_bytes(names[0])
        yield Touch(
            from_bytes(names[-1]) if renamed else old,
            old,
            new_blob.decode() if new_mode in _FILES else "",
            old_blob.decode() if old_mode in _FILES else "",
        )
