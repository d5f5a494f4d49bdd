"""Read which lines tests ran: coverage.py's data file, its XML or JSON report, or lcov."""

from __future__ import annotations

import os

from antifoul.facts.errors import ReadError, UsageError
from antifoul.readers.disk import read_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from antifoul.facts.paths import RepoPath


def read_coverage(place: str, root: str) -> Mapping[RepoPath, frozenset[int]]:
    """The lines that were run of each file, by its path in the repository. Lines count from 1.

    Raises:
        UsageError: the file is not there, or is none of the four formats.
    """
    try:
        data = read_regular(place)
    except ReadError as problem:
        raise UsageError(f"--coverage {place}: {problem}") from None
    try:
        rows = _rows(place, data)
        return _by_path(rows, root)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UsageError(f"--coverage {place}: it is no coverage data that can be read ({problem})").with_remedy(
            "it reads .coverage, and what `coverage xml`, `coverage json` and `coverage lcov` write"
        ) from None


def _rows(place: str, data: bytes) -> list[tuple[str, frozenset[int]]]:
    if data.startswith(b"SQLite format 3\0"):
        return list(_from_sqlite(place))
    bare = data.lstrip()
    if bare.startswith(b"<"):
        return list(_from_xml(data))
    if bare.startswith(b"{"):
        return list(_from_json(data))
    if b"SF:" in data:
        return list(_from_lcov(data))
    raise ValueError("unknown format")


def _by_path(rows: Iterable[tuple[str, frozenset[int]]], root: str) -> dict[RepoPath, frozenset[int]]:
    """The rows under repository paths: relative ones as they are, absolute ones by their longest end that exists."""
    out: dict[RepoPath, frozenset[int]] = {}
    for name, lines in rows:
        path = name.replace("\\", "/")
        inside = os.path.relpath(path, root) if os.path.isabs(path) else os.path.normpath(path)  # noqa: PTH117
        if inside.startswith(".."):
            parts = path.strip("/").split("/")
            ends = ("/".join(parts[at:]) for at in range(len(parts)))
            inside = next((end for end in ends if os.path.isfile(os.path.join(root, end))), "")  # noqa: PTH113, PTH118
        if inside:
            out[inside] = out.get(inside, frozenset()) | lines
    return out


def _from_sqlite(place: str) -> Iterator[tuple[str, frozenset[int]]]:
    import sqlite3  # noqa: PLC0415  only for this format
    from urllib.request import pathname2url  # noqa: PLC0415

    try:
        base = sqlite3.connect(f"file:{pathname2url(os.path.abspath(place))}?mode=ro&immutable=1", uri=True)  # noqa: PTH100
        try:
            names = dict(base.execute("select id, path from file"))
            lines: dict[int, set[int]] = {number: set() for number in names}
            for number, bits in base.execute("select file_id, numbits from line_bits"):
                # https://coverage.readthedocs.io/en/latest/dbschema.html: bit B of byte A stands for line 8 A + B
                lines[number].update(
                    8 * at + bit for at, byte in enumerate(bits) for bit in range(8) if byte >> bit & 1
                )
            for number, start, end in base.execute("select file_id, fromno, tono from arc"):
                lines[number].update(line for line in (start, end) if line > 0)
        finally:
            base.close()
    except sqlite3.Error as problem:
        raise ValueError(str(problem)) from None
    yield from ((names[number], frozenset(found)) for number, found in lines.items())


def _from_xml(data: bytes) -> Iterator[tuple[str, frozenset[int]]]:
    from xml.etree import ElementTree as ET  # noqa: PLC0415  only for this format

    if b"<!ENTITY" in data:
        raise ValueError("it defines entities")
    try:
        root = ET.fromstring(data)  # noqa: S314  see above
    except ET.ParseError as problem:
        raise ValueError(str(problem)) from None
    if root.tag != "coverage":
        raise ValueError("its root is not <coverage>")
    sources = [one.text or "" for one in root.iter("source")]
    for one in root.iter("class"):
        lines = frozenset(int(line.get("number", "0")) for line in one.iter("line") if int(line.get("hits", "0")) > 0)
        name = one.get("filename", "")
        yield from ((os.path.join(source, name), lines) for source in sources or [""])  # noqa: PTH118


def _from_json(data: bytes) -> Iterator[tuple[str, frozenset[int]]]:
    import json  # noqa: PLC0415  only for this format

    files = json.loads(data)["files"]
    yield from ((name, frozenset(about["executed_lines"])) for name, about in files.items())


def _from_lcov(data: bytes) -> Iterator[tuple[str, frozenset[int]]]:
    name, lines = "", set[int]()
    for line in data.decode("utf-8", "replace").splitlines():
        if line.startswith("SF:"):
            name, lines = line[3:].strip(), set()
        elif line.startswith("DA:"):
            number, hits, *_ = line[3:].split(",")
            if int(hits) > 0:
                lines.add(int(number))
        elif line.strip() == "end_of_record" and name:
            yield name, frozenset(lines)
