"""A config as the code that it steers sees it: read by attribute or key, never written."""

from collections.abc import Iterator, Mapping
from typing import Any

from antifoul.facts.stack.nodes import Gone, Listing, Node, Scalar, Table, Unknown, key_of
from antifoul.facts.stack.paths import Key, KeyPath, dotted, parsed
from antifoul.facts.stack.words import nearest


class Frozen(Mapping[Any, Any]):
    """A mapping that cannot be changed: `config.optimizer.lr`, `config["optimizer"]["lr"]`, `config["optimizer.lr"]`.

    Lists are tuples. A key that is called like a method of a mapping (`keys`, `items`, `values`, `get`) is read by
    `config["items"]`.
    """

    __slots__ = ("_Frozen__path", "_Frozen__source", "_Frozen__table", "__weakref__")

    def __init__(self, table: Table, source: object = None, path: KeyPath = ()) -> None:
        object.__setattr__(self, "_Frozen__table", table)
        object.__setattr__(self, "_Frozen__source", source)
        object.__setattr__(self, "_Frozen__path", path)

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401  whatever the config holds
        found = key_of(self.__table.items, key)
        if found is not None:
            return self.__value(found[0])
        if isinstance(key, str) and ("." in key or "[" in key):
            return self.__inside(key)
        raise KeyError(self.__missing(key))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the config holds
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if name in self.__table.items:
            return self.__value(name)
        raise AttributeError(self.__missing(name))

    def __setattr__(self, name: str, _: object) -> None:
        raise AttributeError(f"a config is not changed while it is used: set {self.__named(name)!r} in a layer")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a config is not changed while it is used: remove {self.__named(name)!r} in a layer")

    def __iter__(self) -> Iterator[Any]:
        return iter(self.__table.items)

    def __len__(self) -> int:
        return len(self.__table.items)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(key for key in self.__table.items if isinstance(key, str) and key.isidentifier())]

    def __repr__(self) -> str:
        return f"Frozen({dict(self)!r})"

    def __hash__(self) -> int:
        return hash(tuple(self.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and dict(self) == dict(other)

    def __copy__(self) -> "Frozen":
        return self

    def __deepcopy__(self, _: object) -> "Frozen":
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return Frozen, (self.__table, self.__source, self.__path)

    def __value(self, key: Key) -> object:
        return handed_out(self.__table.items[key], self.__source, (*self.__path, key))

    def __inside(self, key: str) -> object:
        value: Any = self
        for part in parsed(key):
            try:
                value = value[part] if not (isinstance(value, tuple) and isinstance(part, str)) else value[int(part)]
            except (LookupError, TypeError, ValueError):
                raise KeyError(self.__missing(key)) from None
        return value

    def __missing(self, key: object) -> str:
        close = nearest(str(key), map(str, self.__table.items))
        return f"there is no key {self.__named(key)!r}{f': did you mean {close!r}?' if close else ''}"

    def __named(self, key: object) -> str:
        return dotted((*self.__path, key if isinstance(key, str | int) else str(key)))


def handed_out(node: Node, source: object, path: KeyPath) -> object:
    """A value as it is given to the code: nothing that it could change."""
    match node:
        case Table():
            return Frozen(node, source, path)
        case Listing(items):
            return tuple(handed_out(item, source, (*path, at)) for at, item in enumerate(items))
        case Scalar(value):
            return value
        case Unknown(text):
            return text
        case Gone():
            raise ValueError("a key that was taken away has no value")


def source_of(config: Frozen) -> object:
    """What the whole config came from."""
    return getattr(config, "_Frozen__source")  # noqa: B009  its name is mangled


def table_of(config: Frozen) -> Table:
    """The values with their places."""
    table: Table = getattr(config, "_Frozen__table")  # noqa: B009  its name is mangled
    return table


def path_of(config: Frozen) -> KeyPath:
    """Where this part stands in the whole."""
    path: KeyPath = getattr(config, "_Frozen__path")  # noqa: B009  its name is mangled
    return path
