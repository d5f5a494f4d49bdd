"""Where a value stands in a config: `optimizer.lr`, `data.sets[0].path`, `labels["a.b"]`."""

import re
from datetime import date
from typing import TypeAlias

from antifoul.facts.errors import UsageError

Key: TypeAlias = str | int | float | bool | date | None
KeyPath: TypeAlias = tuple[Key, ...]

_TOKEN = re.compile(
    r"""(?P<dot>\.)?(?:(?P<name>[^.\[\]"']+)|\[(?P<number>\d{1,9})\]|\["(?P<double>(?:[^"\\]|\\.)*)"\]|\['(?P<single>[^']*)'\])"""
)
_PLAIN = re.compile(r"[^.\[\]\"'\s=]+")


def shown_key(key: Key) -> str:
    """The key as YAML writes it."""
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    return str(key)


def dotted(path: KeyPath) -> str:
    """The path as it is written, and read again by `parsed`."""
    out = ""
    for part in path:
        if isinstance(part, int) and not isinstance(part, bool):
            out += f"[{part}]"
        elif isinstance(part, str) and not _PLAIN.fullmatch(part):
            out += '["' + part.replace("\\", "\\\\").replace('"', '\\"') + '"]'
        else:
            text = shown_key(part)
            out += f".{text}" if out else text
    return out


def parsed(text: str) -> KeyPath:
    """The path that is written.

    Raises:
        UsageError: it is no path.
    """
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or bool(token["dot"]) != bool(parts and token["name"]):
            raise UsageError(f'{text!r} is no key: write it as optimizer.lr, data.sets[0].path or labels["a.b"]')
        if token["number"] is not None:
            parts.append(int(token["number"]))
        elif token["double"] is not None:
            parts.append(re.sub(r"\\(.)", r"\1", token["double"]))
        else:
            parts.append(token["name"] or token["single"] or "")
        at = token.end()
    if not parts:
        raise UsageError("an empty key")
    return tuple(parts)
