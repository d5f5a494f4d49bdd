"""The kinds of measures that the ledger keeps: each is one function of a content, and its bytes."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from antifoul.facts.copyable import Units
from antifoul.facts.errors import ReadError
from antifoul.facts.source import Source
from antifoul.ledger.encoding import decoded, decoded_units, encoded, encoded_units
from antifoul.measures import code, copyable

_T = TypeVar("_T")


class Kind(NamedTuple, Generic[_T]):
    """One kind. Its functions stand in modules, so that a worker process finds them by name."""

    version: str  # what its numbers depend on beside the content
    measure: Callable[[Source, tuple[str, ...]], _T]
    encoded: Callable[[_T | ReadError], bytes]
    decoded: Callable[[bytes], _T | ReadError]
    by_markers: bool = False  # the debt markers of the settings change what it says


def _units(source: Source, _words: tuple[str, ...]) -> Units:
    return copyable.units(source)


NUMBERS = Kind(str(code.VERSION), code.measure, encoded, decoded, by_markers=True)
UNITS = Kind(f"units {copyable.VERSION}", _units, encoded_units, decoded_units)
