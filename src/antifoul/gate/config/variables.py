"""The environment variables that a tree's code, scripts and configs read."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.paths import RepoPath
from antifoul.facts.roles import is_python
from antifoul.facts.source import Source
from antifoul.facts.stack.nodes import Note, Origin
from antifoul.facts.stack.secrets import is_secret_variable
from antifoul.facts.stack.views import Variable, VariableRead, Variables
from antifoul.gate.scope import in_scope
from antifoul.gate.survey import World
from antifoul.measures.env_reads import Read, Wrapper, reads_in, wrappers_in
from antifoul.measures.env_texts import config_reads, shell_reads
from antifoul.readers.disk import read_regular
from antifoul.readers.files import tracked, walked

_SHELL = (".sh", ".bash", ".zsh", ".slurm", ".sbatch", ".pbs")
_CONFIG = (".yaml", ".yml", ".json", ".toml")
_SIGNS = (b"environ", b"getenv", b"envvar", b"BaseSettings", b"environs", b"decouple")


class _Text(NamedTuple):
    path: RepoPath
    data: bytes


def variables(name: str, world: World) -> Variables:
    """Every variable with the places that read it, in the order of names."""
    notes: list[Note] = []
    texts = list(_texts(world, notes))
    sources = [Source(one.path, one.data) for one in texts if is_python(one.path)]
    wrappers = list(_wrappers(sources, notes))
    names = tuple(wrapper.name.encode() for wrapper in wrappers)
    found: dict[str, list[VariableRead]] = {}
    unknown: list[Note] = []
    for path, read in _reads(texts, sources, wrappers, names):
        if read.name:
            found.setdefault(read.name, []).append(VariableRead(path, read.line, read.default, read.required))
        else:
            unknown.append(Note(read.source, Origin("", path, read.line)))
    listed = tuple(Variable(one, is_secret_variable(one), tuple(found[one])) for one in sorted(found))
    return Variables(name, listed, tuple(unknown), len(texts), tuple(notes))


def _texts(world: World, notes: list[Note]) -> Iterator[_Text]:
    judged = in_scope(world.settings)
    for path in (tracked(world.git) if world.git else walked(world.root)).paths:
        inside = not world.below or path == world.below or path.startswith(f"{world.below}/")
        if not inside or not judged(path) or not (is_python(path) or path.endswith((*_SHELL, *_CONFIG))):
            continue
        try:
            data = read_regular(os.path.join(world.root, path), world.settings.thresholds.file_bytes)  # noqa: PTH118  bytes
        except ReadError as problem:
            notes.append(Note(str(problem), Origin("", path)))
            continue
        yield _Text(path, data)


def _wrappers(sources: Iterable[Source], notes: list[Note]) -> Iterator[Wrapper]:
    for source in sources:
        if any(sign in source.data for sign in _SIGNS):
            try:
                yield from wrappers_in(source.tree)
            except ReadError as problem:
                notes.append(Note(str(problem), Origin("", source.path)))


def _reads(
    texts: Iterable[_Text], sources: Iterable[Source], wrappers: list[Wrapper], names: tuple[bytes, ...]
) -> Iterator[tuple[RepoPath, Read]]:
    for source in sources:
        if any(sign in source.data for sign in (*_SIGNS, *names)):
            try:
                reads = list(reads_in(source.tree, wrappers))
            except ReadError:
                continue  # it was noted when its functions were looked for, or it reads nothing
            yield from ((source.path, read) for read in reads)
    for one in texts:
        text = one.data.decode("utf-8", "replace") if b"$" in one.data else ""
        if text and one.path.endswith(_SHELL):
            yield from ((one.path, read) for read in shell_reads(text))
        elif text and one.path.endswith(_CONFIG):
            yield from ((one.path, read) for read in config_reads(text))
