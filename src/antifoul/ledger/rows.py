"""Tallies as rows of the store, and back."""

import json
from struct import Struct, error
from typing import TypeAlias

from antifoul.facts.errors import ReadError
from antifoul.facts.tally import Body, Tally

Told: TypeAlias = Tally | ReadError

VERSION = 2  # raise it when a tally of the same bytes changes, or its row
_NUMBERS = Struct("<7I")
_READ, _UNREAD = b"=", b"!"


def row_of(told: Told) -> bytes:
    """The bytes of a tally, or of why there is none."""
    if isinstance(told, ReadError):
        return _UNREAD + str(told).encode("utf-8", "surrogatepass")
    return _READ + _NUMBERS.pack(*told)


def told_by(row: bytes) -> Told:
    """The tally that those bytes hold.

    Raises:
        ValueError: they are not what `row_of` writes.
    """
    if row.startswith(_UNREAD):
        return ReadError(row[1:].decode("utf-8", "surrogatepass"))
    try:
        return Tally(*_NUMBERS.unpack(row[1:]))
    except error:
        raise ValueError("a row of another length") from None


def bodies_row(bodies: tuple[Body, ...]) -> bytes:
    """The bytes of the functions of a content."""
    return json.dumps(bodies, separators=(",", ":")).encode("utf-8", "surrogatepass")


def bodies_by(row: bytes) -> tuple[Body, ...]:
    """The functions that those bytes hold. Raises ValueError."""
    return tuple(Body(*one) for one in json.loads(row))
