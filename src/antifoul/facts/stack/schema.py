"""What a config may hold: its keys, their types and defaults, wherever that is declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from antifoul.facts.stack.nodes import Node

Sort: TypeAlias = Literal[
    "any", "none", "bool", "int", "float", "str", "date", "datetime", "time",
    "choice", "enum", "list", "tuple", "mapping", "object", "union", "made",
]  # fmt: skip
# What becomes of a key that a class does not have, by its library's own rule.
Extra: TypeAlias = Literal["refused", "dropped", "kept"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type. `written` is how the schema writes it."""

    sort: Sort
    written: str
    args: "tuple[Kind, ...]" = ()  # of a list one, of a mapping key and value, of a tuple or union each
    choices: tuple[object, ...] = ()  # values; of an enum its members' names and values, in turn
    of: str = ""  # the class of an object, in `Schema.classes`
    make: Callable[[object], object] | None = None  # what makes the value of text: a path, a member of an enum
    limits: tuple[tuple[str, object], ...] = ()  # ("ge", 0): names as annotated-types has them


ANY = Kind("any", "Any")


def is_alternative(kind: Kind) -> bool:
    """The type is one of several classes: the defaults of one are not to be mixed into another."""
    return kind.sort == "union" and sum(one.sort == "object" for one in kind.args) > 1


@dataclass(frozen=True, slots=True)
class Field:
    """One key. `default` is None where it must be set, or where its class decides (`computed`)."""

    name: str
    kind: Kind
    default: Node | None = None
    required: bool = True
    computed: str = ""  # source text of a default that only running something could tell
    about: str = ""
    aliases: tuple[str, ...] = ()  # other ways to write the key in a file
    flags: tuple[str, ...] = ()  # short flags: "-l"
    place: str = ""
    line: int = 0
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """One class of settings."""

    name: str
    fields: tuple[Field, ...]
    extra: Extra = "refused"
    about: str = ""
    place: str = ""
    line: int = 0
    rest: Kind = ANY  # of keys that are kept though no field has them
    patterns: tuple[tuple[str, Kind], ...] = ()  # of keys by regular expression
    reworks: bool = False  # a validator of its own sees the mapping first, and may know other keys

    def field(self, key: str) -> Field | None:
        """The field that a key of a file means."""
        return next((one for one in self.fields if one.name == key or key in one.aliases), None)


@dataclass(frozen=True, slots=True)
class Schema:
    """All classes that one needs, by their names, and the one at the top."""

    classes: Mapping[str, Shape] = field(hash=False)
    top: Kind = ANY
    notes: tuple[str, ...] = ()  # what of the declaration is not judged here

    def shape(self, kind: Kind) -> Shape | None:
        """The class of an object, None for another type."""
        return self.classes.get(kind.of) if kind.sort == "object" else None
