"""One value as its type wants it. A text is read as it would be on the command line; nothing is guessed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import TypeVar

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.literals import literal, word
from antifoul.facts.stack.nodes import Scalar
from antifoul.facts.stack.scalars import number_of
from antifoul.facts.stack.schema import Kind
from antifoul.facts.stack.unfit import UnfitError, must, within
from antifoul.facts.stack.words import nearest

T = TypeVar("T")
_TRUE = frozenset({"true", "yes", "on", "y", "t", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "f", "0"})
_NOTHING = frozenset({"", "~", "null", "none"})


def cast(node: Scalar, kind: Kind) -> Scalar:
    """The value as one of that type.

    Raises:
        UnfitError: it is none.
    """
    if kind.sort not in _CASTS:
        return node
    value = _CASTS[kind.sort](node, kind)
    within(value, kind)
    return replace(node, value=value)


def fits(node: Scalar, kind: Kind) -> bool:  # noqa: PLR0911  one for each type
    """The value is of that type as it stands."""
    value = node.value
    match kind.sort:
        case "any":
            return True
        case "none":
            return value is None
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            return isinstance(value, float)
        case "str":
            return isinstance(value, str)
        case "choice":
            return any(_same(value, one) for one in kind.choices)
        case "enum":
            return any(_same(value, one) for one in kind.choices)
        case _:
            return False


def _text_of(node: Scalar) -> str | None:
    """What was written, None for a value whose format gave it a type that is no text."""
    if node.text is not None:
        return node.text
    return node.value if isinstance(node.value, str) else None


def _bool(node: Scalar, kind: Kind) -> bool:
    if isinstance(node.value, bool):
        return node.value
    if node.value in {0, 1} and isinstance(node.value, int):
        return bool(node.value)
    said = (_text_of(node) or "").strip().lower()
    if said in _TRUE or said in _FALSE:
        return said in _TRUE
    raise must(kind, node)


def _int(node: Scalar, kind: Kind) -> int:
    value = node.value
    if isinstance(value, str):
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise must(kind, node)
    if isinstance(value, float):
        if not value.is_integer():
            raise must(kind, node)
        value = int(value)
    return value


def _float(node: Scalar, kind: Kind) -> float:
    value = node.value
    if isinstance(value, str):
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise must(kind, node)
    try:
        return float(value)
    except OverflowError:
        raise must(kind, node) from None


def _number(text: str) -> int | float | None:
    """The number in a text, as YAML or as Python writes it."""
    try:
        found = number_of(text.strip())
        if found is not None:
            return found
        bare = text.strip()
        return int(bare, 10) if re.fullmatch(r"[-+]?\d[\d_]*", bare) else float(bare)
    except (ReadError, ValueError):
        return None


def _str(node: Scalar, kind: Kind) -> str:
    if isinstance(node.value, str):
        return node.value
    if node.text is not None and (node.value is not None or not node.origin.line):
        return node.text  # as it was written: 1.10 is no 1.1, and what a flag says is text
    raise must(kind, node)


def _none(node: Scalar, kind: Kind) -> None:
    text = node.text
    if node.value is not None and not (text is not None and text.strip().lower() in _NOTHING):
        raise must(kind, node)


def _date(node: Scalar, kind: Kind) -> date:
    if isinstance(node.value, date) and not isinstance(node.value, datetime):
        return node.value
    return _moment(node, kind, date.fromisoformat)


def _datetime(node: Scalar, kind: Kind) -> datetime:
    if isinstance(node.value, datetime):
        return node.value
    if isinstance(node.value, date):
        return datetime.combine(node.value, time())
    return _moment(node, kind, datetime.fromisoformat)


def _time(node: Scalar, kind: Kind) -> time:
    return node.value if isinstance(node.value, time) else _moment(node, kind, time.fromisoformat)


def _moment(node: Scalar, kind: Kind, read: Callable[[str], T]) -> T:
    try:
        return read(_text_of(node) or "")
    except ValueError:
        raise must(kind, node) from None


def _choice(node: Scalar, kind: Kind) -> object:
    exact = [one for one in kind.choices if _same(one, node.value)]
    text = _text_of(node)
    by_text = [one for one in kind.choices if text is not None and _means(text, one)]
    for one in exact + by_text:
        return one
    raise _none_of(node, list(map(word, kind.choices)))


def _enum(node: Scalar, kind: Kind) -> object:
    names, values = kind.choices[::2], kind.choices[1::2]
    text = _text_of(node)
    for name, value in zip(names, values, strict=True):
        if _same(value, node.value) or name == text or (text is not None and _means(text, value)):
            return kind.make(name) if kind.make else name
    if kind.make is not None and node.value in [kind.make(name) for name in names]:
        return node.value
    shown = values if all(isinstance(value, str) for value in values) else names
    raise _none_of(node, [*map(str, shown)])


def _none_of(node: Scalar, choices: list[str]) -> UnfitError:
    close = nearest(str(node.value), choices)
    shown = ", ".join(choices) if len(choices) <= 12 else f"{', '.join(choices[:12])} and {len(choices) - 12} more"
    return UnfitError(f"it must be one of {shown}, not {literal(node)}{f': did you mean {close!r}?' if close else ''}")


def _made(node: Scalar, kind: Kind) -> object:
    value = node.value if isinstance(node.value, str) or node.text is None else node.text
    if value is None:
        raise must(kind, node)
    if kind.make is None:
        return value
    try:
        return kind.make(value)
    except (TypeError, ValueError, ArithmeticError):
        raise must(kind, node) from None


def _same(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _means(text: str, choice: object) -> bool:
    match choice:
        case None:
            return text.strip().lower() in _NOTHING
        case bool():
            return text.strip().lower() in (_TRUE if choice else _FALSE)
        case int() | float():
            return _number(text) == choice
        case _:
            return text == choice


_CASTS: Mapping[str, Callable[[Scalar, Kind], object]] = {
    "none": _none,
    "bool": _bool,
    "int": _int,
    "float": _float,
    "str": _str,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "choice": _choice,
    "enum": _enum,
    "made": _made,
}
