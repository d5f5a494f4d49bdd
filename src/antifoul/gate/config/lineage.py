"""Which config is built on which."""

import os
from collections.abc import Mapping, Sequence

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.nodes import Note, rows
from antifoul.facts.stack.stack import Layer
from antifoul.facts.stack.views import Branch, Inheritance
from antifoul.gate.config.asking import skipped
from antifoul.gate.config.listing import configs_of, named_from_here
from antifoul.gate.survey import World
from antifoul.readers.stack.chain import chain_of
from antifoul.readers.stack.files import NoMappingError

_DEEPEST = 60


def bases_of(file: str) -> Inheritance:
    """The config, the files that it is built on, and those that they are built on.

    Raises:
        ReadError: one of them cannot be read or is not there, or they go in a circle.
    """
    layers = chain_of(file, "experiment").layers
    inside: dict[str, list[Layer]] = {}
    for layer in layers:
        inside.setdefault(layer.parent, []).append(layer)
    top = layers[-1].place if layers and not layers[-1].parent else os.path.normpath(file)
    return Inheritance(file, (_down(top, inside, _own(top, layers), ()),), upwards=True)


def _own(place: str, layers: Sequence[Layer]) -> int:
    return sum(len([path for path, _ in rows(layer.tree) if path]) for layer in layers if layer.place == place)


def _down(place: str, inside: Mapping[str, list[Layer]], values: int, way: tuple[str, ...]) -> Branch:
    if place in way or len(way) > _DEEPEST:
        return Branch(place, values=values, remark="again")
    below = [one for one in inside.get(place, []) if one.place != place]
    names = dict.fromkeys(one.place for one in below)
    branches = tuple(
        _down(name, inside, _own(name, [one for one in below if one.place == name]), (*way, place)) for name in names
    )
    return Branch(place, branches, values)


def forest(name: str, world: World) -> Inheritance:
    """The configs of a folder that have bases or are bases: each base, and below it what is built on it."""
    parents: dict[str, dict[str, None]] = {}
    notes: list[Note] = []
    looked = 0
    for config in configs_of(world):
        place = named_from_here(world, config)
        try:
            layers = chain_of(place, "experiment").layers
        except NoMappingError:
            continue
        except ReadError as problem:
            notes.append(skipped(problem, place))
            continue
        looked += 1
        for layer in layers:
            if layer.parent and layer.parent != layer.place:
                parents.setdefault(layer.parent, {})[layer.place] = None
    children: dict[str, dict[str, None]] = {}
    for child, bases in parents.items():
        for base in bases:
            children.setdefault(base, {})[child] = None
    roots = sorted(base for base in children if base not in parents)
    return Inheritance(
        name, tuple(_up(root, children, ()) for root in roots), upwards=False, looked=looked, skipped=tuple(notes)
    )


def _up(place: str, children: Mapping[str, Mapping[str, None]], way: tuple[str, ...]) -> Branch:
    if place in way or len(way) > _DEEPEST:
        return Branch(place, remark="again")
    return Branch(place, tuple(_up(one, children, (*way, place)) for one in sorted(children.get(place, ()))))
