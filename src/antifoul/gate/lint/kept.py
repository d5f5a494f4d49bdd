"""What a lint of the same files said before, kept in the ledger: the names of contents are git's."""

from __future__ import annotations

import json
import os
import sys
from hashlib import blake2b
from pathlib import Path

from antifoul import __file__ as antifoul_file
from antifoul import __version__
from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Hit, Placed, Skip
from antifoul.facts.lint import Alike, Likeness
from antifoul.facts.paths import from_bytes
from antifoul.facts.record import NamedTuple
from antifoul.ledger.store import Store, cache_folder
from antifoul.readers.disk import read_regular
from antifoul.readers.files import blob_id
from antifoul.readers.git import split_z
from antifoul.readers.libraries import environments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from antifoul.gate.survey import World
    from antifoul.readers.git import Git

_MAKES = ("facts", "gate/lint", "measures/schemas", "readers", "readers/launch", "readers/atlas", "rules/config")


class Said(NamedTuple):
    """What the rules said of a tree, whatever the settings select."""

    placed: tuple[Placed, ...]
    skipped: tuple[Skip, ...]
    files: int
    commands: int
    libraries: tuple[str, ...]
    likeness: Likeness


def kept(world: World, against: Mapping[str, str], work: Callable[[], Said]) -> Said:
    """What was said before of the very same files; worked out, and kept, where there is nothing."""
    key = _key(world, against)
    if key is None:
        return work()
    with Store(cache_folder(world.environ)) as store:
        for _, value in store.get([key]):
            try:
                return _decoded(json.loads(value))
            except (ValueError, TypeError, KeyError):
                break  # a damaged row
        said = work()
        store.put([(key, json.dumps(said).encode("utf-8", "surrogatepass"))])
        return said


def _decoded(row: Any) -> Said:  # noqa: ANN401  out of JSON
    placed, skipped, files, commands, libraries, (configs, values, repeated, pairs) = row
    return Said(
        tuple(Placed(rule, path, Hit(*hit), severity) for rule, path, hit, severity in placed),
        tuple(Skip(*one) for one in skipped),
        files,
        commands,
        tuple(libraries),
        Likeness(
            configs,
            values,
            repeated,
            tuple(
                Alike(path, other, similarity, shared, tuple(keep)) for path, other, similarity, shared, keep in pairs
            ),
        ),
    )


def _key(world: World, against: Mapping[str, str]) -> bytes | None:
    """A name for all that the outcome depends on; None where git does not name the contents."""
    if world.git is None:
        return None
    places = environments(world.root, world.settings.environment, world.environ)
    settings = world.settings
    parts = [
        __version__,
        *_makes(),
        str(sys.version_info[:2]),
        repr((settings.include, settings.exclude, settings.tests, settings.configs, settings.thresholds)),
        repr([(place, _stamp(place)) for place in places]),
        repr(sorted(against.items())),
        *_contents(world.git, world.root),
    ]
    return b"lint" + blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=20).digest()


def _makes() -> list[str]:
    """The size and time of each file of antifoul's own that the outcome depends on: none is forgotten at a change."""
    home = Path(antifoul_file).parent
    files = [file for folder in _MAKES for file in sorted((home / folder).iterdir()) if file.is_file()]
    return [f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]


def _stamp(place: str) -> int:
    try:
        return os.stat(place).st_mtime_ns  # noqa: PTH116  bytes in names
    except OSError:
        return 0


def _contents(git: Git, root: str) -> list[str]:
    """Each file of the work tree with the name of its content."""
    named: dict[str, str] = {}
    for row in split_z(git.run("ls-files", "-s", "-z")):
        meta, _, name = row.partition(b"\t")
        named[from_bytes(name)] = meta.decode().split()[1]
    for raw in split_z(git.run("ls-files", "-m", "-o", "-z", "--exclude-standard")):
        path = from_bytes(raw)
        try:
            named[path] = blob_id(read_regular(os.path.join(root, path)))  # noqa: PTH118  bytes in names
        except ReadError as problem:
            named[path] = str(problem)
    return [f"{path}\0{blob}" for path, blob in sorted(named.items())]
