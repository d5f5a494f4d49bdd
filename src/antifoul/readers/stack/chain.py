"""The layers that one config file stands for: its bases, theirs, and itself on top."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.paths import shown
from antifoul.facts.stack.bases import ASSURED, BASE_KEYS, is_elsewhere
from antifoul.facts.stack.instructions import instructed
from antifoul.facts.stack.nodes import Listing, Note, Origin, Scalar, Table
from antifoul.facts.stack.overrides import Override
from antifoul.facts.stack.stack import Layer
from antifoul.readers.stack.files import ENDINGS, Reading, read_file
from antifoul.readers.stack.hydra import composed, is_hydra

_MOST_LAYERS = 200  # bases that name bases twice double at each level


class _Base(NamedTuple):
    """A base that is named, and where."""

    key: str
    target: str
    origin: Origin


@dataclass(slots=True)
class Chain:
    """What a file came to: the layers, the lowest first."""

    layers: list[Layer] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    rest: list[Override] = field(default_factory=list)  # wishes that chose no config of a group
    run_python: bool = False
    read: dict[str, Reading] = field(default_factory=dict)  # each file once


def chain_of(place: str, level: str, wishes: Sequence[Override] = (), *, run_python: bool = False) -> Chain:
    """The file's layers. Of the wishes those that choose a config of a group are followed.

    Raises:
        ReadError: one of the files cannot be read or is not there, or the bases go in a circle.
    """
    chain = Chain(rest=list(wishes), run_python=run_python)
    _climb(os.path.normpath(place), level, (), chain)
    return chain


def _climb(place: str, level: str, way: tuple[str, ...], chain: Chain) -> None:
    if place not in chain.read:
        chain.read[place] = _read(place, level, run_python=chain.run_python)
        chain.notes += chain.read[place].notes
    reading = chain.read[place]
    way = (*way, place)
    if is_hydra(reading):
        layers, notes, chain.rest = composed(place, reading, level, chain.rest)
        chain.layers += layers
        chain.notes += notes
        return
    named = list(_bases(place, reading.tree))
    for base in named:
        if any(os.path.realpath(base.target) == os.path.realpath(one) for one in way):
            circle = " -> ".join(shown(one) for one in (*way, base.target))
            raise ReadError(f"{shown(base.origin.spot)}: {base.key}: the bases go in a circle: {circle}")
        _climb(base.target, level, way, chain)
    if len(chain.layers) >= _MOST_LAYERS:
        raise ReadError(f"{shown(place)}: its bases come to more than {_MOST_LAYERS} layers")
    words = {base.key for base in named}
    own = Table({key: node for key, node in reading.tree.items.items() if key not in words}, reading.tree.origin)
    tree = instructed(own)
    if isinstance(tree, Table):
        chain.layers.append(Layer(level, place, tree, way[-2] if len(way) > 1 else ""))


def _read(place: str, level: str, *, run_python: bool) -> Reading:
    if run_python and place.endswith(".py"):
        from antifoul.readers.stack.python_run import run_file  # noqa: PLC0415  only where it is asked for

        return run_file(place, level)
    return read_file(place, level)


def _bases(place: str, tree: Table) -> Iterator[_Base]:
    """The bases that a file names, in its order: a later one stands over an earlier one."""
    for key, node in tree.items.items():
        if key in BASE_KEYS:
            items = node.items if isinstance(node, Listing) else (node,)
            for item in items:
                if isinstance(item, Scalar) and isinstance(item.value, str):
                    target = _target(place, str(key), item.value, item.origin)
                    if target:
                        yield _Base(str(key), target, item.origin)


def _target(place: str, key: str, text: str, origin: Origin) -> str:
    """The file that is meant, "" where the value names none.

    Raises:
        ReadError: it must be one, and is not there.
    """
    if is_elsewhere(text):
        return ""
    wanted = [Path(os.path.normpath(folder / text)) for folder in (Path(place).parent, *_above(Path(place)))]
    for one in wanted if not Path(text).is_absolute() else wanted[:1]:
        for found in (one, *(one.with_name(f"{one.name}{ending}") for ending in ENDINGS)):
            if found.is_file():
                return str(found)
    if key in ASSURED or Path(text).suffix.lower() in ENDINGS:
        raise ReadError(f"{shown(origin.spot)}: {key}: there is no {text} beside it or in a folder above")
    return ""


def _above(place: Path) -> Iterator[Path]:
    """The folders above a file's, up to the repository's root; none where there is no repository."""
    folder = place.absolute().parent
    ups = next((up for up, one in enumerate((folder, *folder.parents)) if (one / ".git").exists()), 0)
    for up in range(1, ups + 1):
        yield Path(place.parent, *[".."] * up)
