"""What a Hydra config is composed of, in order, told without Hydra: the rules are its own (`defaults_list.py`, 1.3)."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.nodes import Origin, Table
from antifoul.facts.stack.words import hint
from antifoul.readers.stack.hydra_items import SELF, Item

_MOST = 2_000  # configs in one composition
_DEEPEST = 60


class Loaded(NamedTuple):
    """One file of the search path: its items, and its own content."""

    place: str
    tree: Table
    items: tuple[Item, ...]
    package: str | None  # of its header


class Part(NamedTuple):
    """One file's own content, and where in the whole it goes."""

    loaded: Loaded
    package: str
    parent: str  # the place that named it


@dataclass(slots=True)
class Choices:
    """What the command line and `override` items chose, by the key of the group."""

    chosen: dict[str, str | list[str] | None] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    removed: dict[str, str | None] = field(default_factory=dict)
    added: list[Item] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    known: dict[str, str | list[str] | None] = field(default_factory=dict)


Load = Callable[[str], Loaded | None]


class Composition:
    """The walk through the defaults lists."""

    def __init__(self, load: Load, options: Callable[[str], list[str]], choices: Choices) -> None:
        self.skipped: list[Item] = []  # groups of Hydra's own, which only Hydra has
        self._load = load
        self._options = options
        self._choices = choices
        self._count = 0

    def parts(self, primary: str, origin: Origin) -> list[Part]:
        """The contents in the order in which they are merged.

        Raises:
            ReadError: a config or choice is not there, is named twice, or names itself.
        """
        root = Item("", primary, origin)
        found = list(self._enter(root, None, (), primary=True))
        self._refuse_unused()
        return found

    def _enter(
        self, item: Item, parent: Loaded | None, way: tuple[str, ...], *, primary: bool = False
    ) -> Iterator[Part]:
        place = parent.place if parent else ""
        if item.path.startswith("hydra/"):
            self.skipped.append(item)
            return
        if self._is_removed(item):
            return
        self._remember(item)
        if item.name is None or str(item.name) == "???":
            if item.name is not None:
                options = ", ".join(self._options(item.group_path))
                raise ReadError(f"{item.origin.spot}: {item.key} must be chosen: {item.key}=... (there is {options})")
            return
        loaded = self._loaded(item)
        if loaded is None:
            return
        self._count += 1
        if loaded.place in way or len(way) > _DEEPEST or self._count > _MOST:
            circle = " -> ".join((*way, loaded.place)[-6:])
            raise ReadError(f"{item.origin.spot}: the defaults go in a circle: {circle}")
        item.header = _absolute(loaded.package)
        items = [copy.copy(one) for one in loaded.items]
        if not any(one.is_self for one in items):
            items.append(Item("", SELF, item.origin))
        elif sum(one.is_self for one in items) > 1:
            raise ReadError(f"{item.origin.spot}: {loaded.place} names _self_ twice")
        if primary:
            items += self._choices.added
        yield from self._children(item, items, loaded, (*way, loaded.place), place)

    def _children(
        self, item: Item, items: list[Item], loaded: Loaded, way: tuple[str, ...], place: str
    ) -> Iterator[Part]:
        group, package = item.group_path, item.final_package()
        for one in items:
            if not one.is_self:
                one.base, one.around = group, package
        self._take_overrides(items)
        # Hydra walks them from the last to the first, so that a later one's overrides hold for an earlier one; and
        # those that are named by other choices after all of these.
        done: dict[int, list[Part]] = {}
        numbered = list(enumerate(items))
        for late in (False, True):
            for number, one in reversed(numbered):
                if one.override or _is_open(one) != late:
                    continue
                if one.is_self:
                    done[number] = [Part(loaded, package, place)]
                    continue
                self._choose(one, items)
                done[number] = [part for each in _each(one) for part in self._enter(each, loaded, way)]
        for number in sorted(done):
            yield from done[number]

    def _take_overrides(self, items: list[Item]) -> None:
        seen = False
        for one in items:
            if seen and not (one.override or one.added or one.is_self):
                raise ReadError(f"{one.origin.spot}: it stands behind an override; overrides are the last items")
            if one.override:
                seen = True
                if one.path.startswith("hydra/") or one.group_path.startswith("hydra/"):
                    self.skipped.append(one)
                elif one.key not in self._choices.chosen:
                    self._choices.chosen[one.key] = one.name
                    self._choices.origins[one.key] = one.origin

    def _choose(self, item: Item, beside: list[Item]) -> None:
        if item.is_group and item.key in self._choices.chosen:
            self._choices.used.add(item.key)
            item.origin = self._choices.origins[item.key]
            item.name = self._choices.chosen[item.key]
        if _is_open(item):
            item.name = self._filled_in(item, beside)

    def _filled_in(self, item: Item, beside: list[Item]) -> str:
        """A name that holds `${group}`: what was chosen for that group."""

        def chosen(found: re.Match[str]) -> str:
            name = self._choices.known.get(found[1]) or next(
                (one.name for one in beside if one.is_group and one.key == found[1]), None
            )
            if not isinstance(name, str) or "${" in name:
                raise ReadError(f"{item.origin.spot}: {found[0]} names no group that is chosen")
            return name

        return re.sub(r"\$\{([^{}:]+)\}", chosen, str(item.name))

    def _loaded(self, item: Item) -> Loaded | None:
        loaded = self._load(item.path)
        if loaded is not None or item.optional:
            return loaded
        options = self._options(item.group_path)
        near = hint(str(item.name), options, most=12)
        raise ReadError(f"{item.origin.spot}: there is no config {item.path}{f': {near}' if near else ''}")

    def _remember(self, item: Item) -> None:
        if not item.is_group:
            return
        known = self._choices.known
        if item.key in known and known[item.key] != item.name:
            raise ReadError(f"{item.origin.spot}: {item.key} is chosen twice: write `override {item.key}: {item.name}`")
        known[item.key] = item.name

    def _is_removed(self, item: Item) -> bool:
        removed = self._choices.removed
        if not item.is_group or item.key not in removed or removed[item.key] not in {None, item.name}:
            return False
        self._choices.used.add(item.key)
        return True

    def _refuse_unused(self) -> None:
        for key, origin in self._choices.origins.items():
            if key not in self._choices.used:
                if key in self._choices.known and key in self._choices.removed:
                    raise ReadError(f"{origin.spot}: what is chosen for {key} is {self._choices.known[key]}")
                near = hint(key, map(str, self._choices.known))
                raise ReadError(f"{origin.spot}: no defaults list names {key}{f': {near}' if near else ''}")


def _each(item: Item) -> Iterator[Item]:
    """A choice of several is as many configs of the group."""
    if not isinstance(item.name, list):
        yield item
        return
    for name in item.name:
        one = Item(item.group, name, item.origin, item.package, optional=item.optional)
        one.base, one.around = item.base, item.around
        yield one


def _is_open(item: Item) -> bool:
    return isinstance(item.name, str) and "${" in item.name


def _absolute(package: str | None) -> str | None:
    """A header's package is told from the top."""
    if package is None or package == "_group_":
        return None
    if package == "_global_" or package.startswith("_global_."):
        return package
    return f"_global_.{package}" if package else "_global_"
