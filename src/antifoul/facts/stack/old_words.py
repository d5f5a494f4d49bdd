"""What YAML 1.1 makes of an unquoted word: PyYAML's resolver, and OmegaConf's, which differs in floats and dates."""

import math
import re

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.scalars import resolved

_BOOL = re.compile(r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF")
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_INTEGER = re.compile(
    r"[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+"
)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?"
)
_WHOLE = re.compile(r"[-+]?0[0-9]*[89][0-9]*|0o[0-7]+")


def read_otherwise(text: str) -> str:
    """What PyYAML makes of an unquoted word where that differs; "" where it reads the same value."""
    if _MOMENT.fullmatch(text):
        return "a date"
    if text in {"=", "<<"}:
        return "a sign of YAML's own"
    try:
        ours, theirs = resolved(text), _old(text)
    except (ReadError, ValueError):
        return "a number that it cannot read"
    if _is_nan(ours) and _is_nan(theirs):
        return ""
    if ours == theirs and type(ours) is type(theirs):
        return ""
    return f"the text {text!r}" if isinstance(theirs, str) else str(theirs)


def by_old_words(text: str) -> bool | int | str | None:
    """What OmegaConf makes of a word that means something else here, None where it means the same."""
    if _BOOL.fullmatch(text):
        return text.lower() in {"yes", "on", "true"}
    if _WHOLE.fullmatch(text):
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    return None


def _old(text: str) -> str | int | float | bool | None:
    if text in _NULL:
        return None
    if _BOOL.fullmatch(text):
        return text.lower() in {"yes", "on", "true"}
    if _FLOAT.fullmatch(text):
        return _float(text)
    return _integer(text) if _INTEGER.fullmatch(text) else text


def _float(text: str) -> float:
    bare = text.replace("_", "").lower()
    sign = -1.0 if bare.startswith("-") else 1.0
    bare = bare.lstrip("+-")
    if bare in {".inf", ".nan"}:
        return sign * math.inf if bare == ".inf" else math.nan
    return sign * (_sixties(bare) if ":" in bare else float(bare))


def _integer(text: str) -> int:
    bare = text.replace("_", "")
    sign = -1 if bare.startswith("-") else 1
    bare = bare.lstrip("+-")
    if bare.startswith(("0b", "0x")):
        return sign * int(bare, 0)
    if ":" in bare:
        return sign * int(_sixties(bare))
    return sign * int(bare or "0", 8 if bare.startswith("0") and len(bare) > 1 else 10)


def _sixties(text: str) -> float:
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + float(part)
    return total


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
