"""A configuration that remembers which of its keys were asked for."""

from collections.abc import Iterator, Mapping
from typing import Any


class Asked(dict[str, Any]):
    """A mapping, also read by attribute, that notes each key that is read, in those inside it too."""

    def __init__(self, values: Mapping[str, Any], seen: set[str], prefix: str = "") -> None:
        super().__init__({key: _inside(value, seen, f"{prefix}{key}.") for key, value in values.items()})
        self.__dict__["_seen"] = seen
        self.__dict__["_prefix"] = prefix

    def _note(self, key: Any) -> None:  # noqa: ANN401  any key
        self.__dict__["_seen"].add(f"{self.__dict__['_prefix']}{key}")

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  a value of the user's
        self._note(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401  a value of the user's
        """The value, noted as read."""
        self._note(key)
        return super().get(key, default)

    def pop(self, key: str, *default: Any) -> Any:  # noqa: ANN401  a value of the user's
        """The value, noted as read."""
        self._note(key)
        return super().pop(key, *default)

    def __getattr__(self, key: str) -> Any:  # noqa: ANN401  a value of the user's
        if key in self:
            return self[key]
        raise AttributeError(key)

    def __setattr__(self, key: str, value: Any) -> None:  # noqa: ANN401  a value of the user's
        self[key] = value

    def items(self) -> Any:  # noqa: ANN401  as dict's own
        """All pairs, all noted as read."""
        for key in self:
            self._note(key)
        return super().items()

    def values(self) -> Any:  # noqa: ANN401  as dict's own
        """All values, all noted as read."""
        for key in self:
            self._note(key)
        return super().values()

    def keys(self) -> Any:  # noqa: ANN401  as dict's own
        """All keys: who unpacks them reads them."""
        return super().keys()


def _inside(value: Any, seen: set[str], prefix: str) -> Any:  # noqa: ANN401  a value of the user's
    if isinstance(value, Mapping):
        return Asked(value, seen, prefix)
    return value


def leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The dotted names of all values that are no mappings."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
