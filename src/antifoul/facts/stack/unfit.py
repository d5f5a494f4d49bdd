"""What is said of a value that does not fit its type, or the limits of it."""

import re
from collections.abc import Callable, Mapping

from antifoul.facts.stack.literals import literal, word
from antifoul.facts.stack.nodes import Node
from antifoul.facts.stack.schema import Kind

_SAID = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "none": "null",
    "date": "a date: 2026-01-31",
    "datetime": "a date and time: 2026-01-31T12:00:00",
    "time": "a time: 12:00:00",
    "list": "a list",
    "tuple": "a list",
    "mapping": "a mapping",
    "object": "a mapping",
}


class UnfitError(Exception):
    """The value is not of the type; the sentence says what it must be."""


def must(kind: Kind, node: Node) -> UnfitError:
    """What to say of a value that is not of the type."""
    said = _SAID.get(kind.sort, kind.written)
    shown = literal(node)
    return UnfitError(f"it must be {said}, not {shown if len(shown) <= 60 else f'{shown[:59]}…'}")


def within(value: object, kind: Kind) -> None:
    """The value, or the size of it, is in its limits.

    Raises:
        UnfitError: it is not.
    """
    for name, limit in kind.limits:
        test, said = _LIMITS.get(name, (None, ""))
        if test is not None and not test(value, limit):
            shown = word(value) if isinstance(value, str | int | float) else "this"
            raise UnfitError(f"it must be {said.format(limit)}, not {shown}")


_LIMITS: Mapping[str, tuple[Callable[..., bool], str]] = {
    "gt": (lambda value, limit: value > limit, "greater than {}"),
    "ge": (lambda value, limit: value >= limit, "at least {}"),
    "lt": (lambda value, limit: value < limit, "less than {}"),
    "le": (lambda value, limit: value <= limit, "at most {}"),
    "multiple_of": (lambda value, limit: value % limit == 0, "a multiple of {}"),
    "min_length": (lambda value, limit: len(value) >= limit, "of at least {} items or signs"),
    "max_length": (lambda value, limit: len(value) <= limit, "of at most {} items or signs"),
    "pattern": (lambda value, limit: re.search(limit, value) is not None, "text that matches {}"),
}
