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

# YAML 1.1, which PyYAML reads: other words for true and false, sexagesimal numbers, octal by a leading zero, dates.
_OLD_BOOL = re.compile(r"(?:yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF)")
_OLD_NUMBER = re.compile(r"[-+]?(?:0[0-7_]+|[0-9]+_[0-9_]*|[1-9][0-9_]*(?::[0-5]?[0-9])+|0b[01_]+)")
_NO_OCTAL = re.compile(r"[-+]?0[0-9]*[89][0-9]*")
_OLD_DATE = re.compile(r"\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d.*)?")
_NEW_FLOAT = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?[eE][0-9]+|[-+]?[0-9]+[eE][-+]?[0-9]+")


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


def read_otherwise(text: str) -> str:
    """What a YAML 1.1 loader, PyYAML's, makes of an unquoted word where that differs; "" where it agrees."""
    if _OLD_BOOL.fullmatch(text):
        return str(text.lower() in {"yes", "on"})
    if _OLD_NUMBER.fullmatch(text) and resolved(text) != _old_number(text):
        return str(_old_number(text))
    if _NO_OCTAL.fullmatch(text):
        return f"the text {text!r}"
    if _OLD_DATE.fullmatch(text):
        return "a date"
    if _NEW_FLOAT.fullmatch(text):
        return f"the text {text!r}"
    return ""


def by_old_words(text: str) -> bool | int | str | None:
    """What OmegaConf, whose loader is PyYAML's but for `1e-5`, makes of a word that means something else here."""
    if _OLD_BOOL.fullmatch(text):
        return text.lower() in {"yes", "on"}
    if _OLD_NUMBER.fullmatch(text):
        return _old_number(text)
    if _OCTAL.fullmatch(text) or _NO_OCTAL.fullmatch(text):
        return text
    return None


def _old_number(text: str) -> int:
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    digits = digits.replace("_", "")
    if ":" in digits:
        total = 0
        for part in digits.split(":"):
            total = total * 60 + int(part)
        return sign * total
    if digits.startswith("0b"):
        return sign * int(digits, 0)
    return sign * int(digits, 8 if digits.startswith("0") and len(digits) > 1 else 10)
