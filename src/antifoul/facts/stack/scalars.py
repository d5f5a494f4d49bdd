"""What an unquoted word means, by YAML 1.2's core schema: `1e-5` is a number, `no` and `2026-01-01` are text.

One thing is taken from Python, and from every loader in use: `100_000` is a number.
"""

import math
import re

from antifoul.facts.errors import ReadError

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]+(?:_[0-9]+)*")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_NAN = frozenset({".nan", ".NaN", ".NAN"})
_MOST_DIGITS = 4300  # Python refuses to read more, for the time that it takes


def resolved(text: str) -> str | int | float | bool | None:
    """The value of an unquoted word.

    Raises:
        ReadError: a number with more digits than can be read.
    """
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    number = number_of(text)
    return text if number is None else number


def number_of(text: str) -> int | float | None:  # noqa: PLR0911  one for each way to write it
    """The number that a word is, None for another word.

    Raises:
        ReadError: it has more digits than can be read.
    """
    if len(text) > _MOST_DIGITS and _INTEGER.fullmatch(text):
        raise ReadError(f"a number of {len(text):,} digits")
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text, 0)
    if _HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if text in _NAN:
        return math.nan
    if sign := _INFINITE.fullmatch(text):
        return -math.inf if sign[1] == "-" else math.inf
    return None
