"""What a program remembers between steps beside tensors: counters, positions, lists. Kept, and put back."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

_PLAIN = (int, float, bool, str, bytes, type(None))
_MOST = 2000  # items of a container
_DEPTH = 2  # how far owners of owners are followed


class Memory:
    """A copy of the plain values that functions and objects remember."""

    def __init__(self, owners: list[Any]) -> None:
        self._attributes: list[tuple[Any, dict[str, Any]]] = []
        self._cells: list[tuple[Any, Any]] = []
        self._contents: dict[int, tuple[Any, Any]] = {}
        seen: set[int] = set()
        for owner in owners:
            self._learn(owner, seen, _DEPTH)

    def _learn(self, owner: Any, seen: set[int], depth: int) -> None:  # noqa: ANN401  anything of the user's
        if id(owner) in seen or depth < 0 or _is_foreign(owner):
            return
        seen.add(id(owner))
        if isinstance(owner, dict | list | deque):
            self._keep(owner)
        for cell in _cells(owner):
            value = cell.cell_contents
            if isinstance(value, _PLAIN):
                self._cells.append((cell, value))
            else:
                self._learn(value, seen, depth - 1)
        bound = getattr(owner, "__self__", None)
        if bound is not None and not isinstance(bound, type):
            self._learn(bound, seen, depth)
        values = _attributes(owner)
        plain = {name: value for name, value in values.items() if isinstance(value, (*_PLAIN, tuple))}
        if plain:
            self._attributes.append((owner, plain))
        for value in values.values():
            if not isinstance(value, (*_PLAIN, tuple)):
                self._learn(value, seen, depth - 1)

    def _keep(self, container: Any) -> None:  # noqa: ANN401  a container of the user's
        items = container.values() if isinstance(container, dict) else container
        if len(container) <= _MOST and all(isinstance(one, (*_PLAIN, tuple, list, dict)) for one in items):
            self._contents[id(container)] = container, container.copy()

    def put_back(self) -> None:
        """Everything as it was."""
        for owner, values in self._attributes:
            for name, value in values.items():
                try:
                    setattr(owner, name, value)
                except (AttributeError, TypeError):
                    continue
        for cell, value in self._cells:
            cell.cell_contents = value
        for container, copy in self._contents.values():
            container.clear()
            container.update(copy) if isinstance(container, dict) else container.extend(copy)


def _is_foreign(owner: Any) -> bool:  # noqa: ANN401  anything of the user's
    """Of a library, or something with a state of its own that is put back by other means."""
    if isinstance(owner, ModuleType | type):
        return True
    module = type(owner).__module__.partition(".")[0]
    return module in {
        "torch",
        "numpy",
        "transformers",
        "datasets",
        "tokenizers",
        "trl",
        "peft",
        "accelerate",
    } or hasattr(owner, "state_dict")


def _cells(owner: Any) -> Iterator[Any]:  # noqa: ANN401  anything of the user's
    plain = getattr(owner, "__func__", owner)
    for cell in getattr(plain, "__closure__", None) or ():
        try:
            _ = cell.cell_contents
        except ValueError:
            continue
        yield cell


def _attributes(owner: Any) -> Mapping[str, Any]:  # noqa: ANN401  anything of the user's
    if isinstance(owner, type) or callable(getattr(owner, "__code__", None)):
        return {}
    found = getattr(owner, "__dict__", None)
    return dict(found) if isinstance(found, dict) and not isinstance(owner, Callable | Mapping) else {}  # type: ignore[arg-type]
