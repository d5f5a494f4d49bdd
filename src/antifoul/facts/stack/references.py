"""`${a.b}` and `${oc.env:X,default}` taken apart, by OmegaConf's grammar. `${{ x }}` belongs to others and is text."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from antifoul.facts.errors import UsageError
from antifoul.facts.stack.paths import KeyPath, parsed
from antifoul.facts.stack.scalars import resolved

_NAME = re.compile(r"\s*([A-Za-z_][\w.-]*)\s*:")
_DEEPEST = 20


class OpenError(Exception):
    """It cannot be told; the sentence says why. `fatal`: it never can."""

    def __init__(self, why: str, *, fatal: bool = False) -> None:
        super().__init__(why)
        self.fatal = fatal


@dataclass(frozen=True, slots=True)
class Reference:
    """Another key of the config, as written: parts of text and references. It may begin with dots: relative."""

    key: "Parts"


@dataclass(frozen=True, slots=True)
class Call:
    """A resolver, and what it is given."""

    name: str
    arguments: "tuple[Parts, ...]"


Parts: TypeAlias = tuple[str | Reference | Call, ...]


def taken_apart(text: str) -> Parts | None:
    """The parts of a text, None where it holds no reference or none that can be read."""
    if "${" not in text or "${{" in text:
        return None
    try:
        parts = _parts(text, 0)
    except ValueError:
        return None
    return parts


def _parts(text: str, depth: int) -> Parts:
    if depth > _DEEPEST:
        raise ValueError("too deep")
    out: list[str | Reference | Call] = []
    plain = ""
    at = 0
    while at < len(text):
        if text.startswith("${", at):
            end = _end(text, at + 2)
            if plain:
                out.append(plain)
                plain = ""
            out.append(_reference(text[at + 2 : end], depth + 1))
            at = end + 1
        elif escape := re.compile(r"(\\+)\$\{").match(text, at):
            # As OmegaConf: each pair of backslashes before a reference is one, and an odd one makes it text.
            count = len(escape[1])
            plain += "\\" * (count // 2)
            at += count
            if count % 2:
                plain += "${"
                at += 2
        else:
            plain += text[at]
            at += 1
    if plain:
        out.append(plain)
    return tuple(out)


def _end(text: str, at: int) -> int:
    """Where the reference that began before `at` is closed."""
    open_signs = ["}"]
    quote = ""
    while at < len(text):
        sign = text[at]
        if quote:
            at += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "{[(":
            open_signs.append({"{": "}", "[": "]", "(": ")"}[sign])
        elif sign == open_signs[-1]:
            open_signs.pop()
            if not open_signs:
                return at
        at += 1
    raise ValueError("not closed")


def _reference(inner: str, depth: int) -> Reference | Call:
    if name := _NAME.match(inner):
        return Call(name[1], tuple(_parts(one, depth) for one in _arguments(inner[name.end() :])))
    return Reference(_parts(inner.strip(), depth))


def _arguments(text: str) -> list[str]:
    """The arguments as written, split at the commas that stand in no bracket or quotes."""
    out, current, depth, quote = [], "", 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "{[(":
            depth += 1
        elif sign in "}])":
            depth -= 1
        if sign == "," and not depth and not quote:
            out.append(current.strip())
            current = ""
        else:
            current += sign
    return [*out, current.strip()] if current.strip() or out else []


def absolute_path(path: KeyPath, key: str) -> KeyPath:
    """The path that a key means where it stands: one dot is its own mapping, each further one the one around that.

    Raises:
        OpenError: it is no key, or leads out of the config.
    """
    dots = len(key) - len(key.lstrip("."))
    rest = key[dots:]
    if dots > len(path):
        raise OpenError(f"{key} leads out of the config", fatal=True)
    around = path[: len(path) - dots] if dots else ()
    try:
        return around + (parsed(rest) if rest else ())
    except UsageError:
        raise OpenError(f"{key!r} is no key", fatal=False) from None


def argument(text: str) -> str | int | float | bool | None:
    """What an argument means: quoted text, or a word."""
    bare = unquoted(text)
    return bare if bare != text else resolved(text)


def unquoted(text: str) -> str:
    """The text without the quotes around it."""
    quoted = re.fullmatch(r"""(["'])(.*)\1""", text, re.DOTALL)
    return re.sub(r"\\(.)", r"\1", quoted[2]) if quoted else text
