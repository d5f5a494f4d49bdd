"""The values of a config, each with the place that set it. A tree of them is never changed: a merge makes a new one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import TypeAlias

from antifoul.facts.stack.paths import Key, KeyPath, shown_key

# What files hold; after a cast by a schema a value may be anything that the schema names: a path, a choice.
Plain: TypeAlias = str | int | float | bool | date | datetime | time | bytes | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was set. Lines and columns count from 1; 0 where there are none."""

    layer: str  # "default", "user", "experiment", "environment", "command line", "inferred"
    place: str  # a file, a variable, a flag
    line: int = 0
    column: int = 0

    @property
    def spot(self) -> str:
        """`configs/sft.yaml:3`, or what stands for it where there are no lines."""
        return f"{self.place}:{self.line}" if self.line else self.place


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value.

    `text` is what was written where that decides no type yet: an unquoted word of YAML, a flag, a variable; None
    where the format itself gives the type. `via` is the interpolation that the value came from.
    """

    value: object
    origin: Origin
    text: str | None = None
    via: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only running something could tell: its source text, and why it is not known."""

    text: str
    origin: Origin
    why: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list. `append`: what it holds is added to the list below it, which it would else replace."""

    items: "tuple[Node, ...]"
    origin: Origin
    append: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, in order. `alone`: it replaces what is below it, which it would else be merged into."""

    items: "Mapping[Key, Node]" = field(hash=False)
    origin: Origin
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A key that this layer takes away."""

    origin: Origin


Node: TypeAlias = Scalar | Unknown | Listing | Table | Gone


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader of this config should know. `fatal`: a run must not start with it."""

    message: str
    origin: Origin
    fatal: bool = False


def leaves(node: Node, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Node]]:
    """The values, in order, with their paths; an empty list or mapping is a value too."""
    match node:
        case Table(items) if items:
            for key, inner in items.items():
                yield from leaves(inner, (*path, key))
        case Listing(items) if items:
            for number, inner in enumerate(items):
                yield from leaves(inner, (*path, number))
        case _:
            yield path, node


def rows(node: Node, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Node]]:
    """The values as a reader counts them: as `leaves`, but a list of plain values is one."""
    match node:
        case Table(items) if items:
            for key, inner in items.items():
                yield from rows(inner, (*path, key))
        case Listing(items) if any(isinstance(one, Table | Listing) for one in items):
            for number, inner in enumerate(items):
                yield from rows(inner, (*path, number))
        case _:
            yield path, node


def at(node: Node, path: KeyPath) -> Node | None:
    """What stands at the path, None for nothing."""
    for part in path:
        found = step(node, part)
        if found is None:
            return None
        node = found
    return node


def step(node: Node, part: Key) -> Node | None:
    """What a mapping has under the key, or a list under the number; a key is also found by its text."""
    match node:
        case Table(items):
            key = key_of(items, part)
            return None if key is None else items[key[0]]
        case Listing(items):
            number = _index(part)
            return items[number] if number is not None and number < len(items) else None
        case _:
            return None


def key_of(items: "Mapping[Key, Node]", part: Key) -> tuple[Key] | None:
    """The mapping's own key that is meant, in a tuple of its own since None is a key too; None where there is none."""
    for key in items:
        if key == part and type(key) is type(part):
            return (key,)
    return next(((key,) for key in items if shown_key(key) == shown_key(part)), None)


def _index(part: Key) -> int | None:
    if isinstance(part, int) and not isinstance(part, bool):
        return part if part >= 0 else None
    return int(part) if isinstance(part, str) and part.isdecimal() and len(part) < 10 else None


def placed(node: Node, origin: Origin) -> Node:
    """The node, and all in it, as set at that one place."""
    match node:
        case Table(items):
            return replace(node, items={key: placed(inner, origin) for key, inner in items.items()}, origin=origin)
        case Listing(items):
            return replace(node, items=tuple(placed(inner, origin) for inner in items), origin=origin)
        case _:
            return replace(node, origin=origin)


def from_plain(value: object, origin: Origin) -> Node:
    """A tree for dictionaries, lists and values as Python has them, all set at one place.

    Raises:
        TypeError: something in it is no value of a config.
    """
    match value:
        case Mapping():
            return Table({_key(key): from_plain(inner, origin) for key, inner in value.items()}, origin)
        case list() | tuple() | set() | frozenset():
            return Listing(tuple(from_plain(inner, origin) for inner in value), origin)
        case None | str() | int() | float() | bool() | date() | time() | bytes():
            return Scalar(value, origin)
        case _:
            raise TypeError(f"{type(value).__name__} is no value of a config")


def _key(key: object) -> Key:
    if key is None or isinstance(key, str | int | float | bool | date):
        return key
    raise TypeError(f"{type(key).__name__} is no key of a config")


def to_plain(node: Node) -> object:
    """Fresh dictionaries and lists that share nothing with the tree."""
    match node:
        case Table(items):
            return {key: to_plain(inner) for key, inner in items.items()}
        case Listing(items):
            return [to_plain(inner) for inner in items]
        case Scalar(value):
            return value
        case Unknown(text):
            return text
        case Gone():
            raise ValueError("a key that was taken away has no value")
