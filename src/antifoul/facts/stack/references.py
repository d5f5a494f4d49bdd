"""`${a.b}` and `${oc.env:X,default}` taken apart, by OmegaConf's grammar. `${{ x }}` belongs to others and is text."""

import re
from dataclasses import dataclass
from typing import TypeAlias

_NAME = re.compile(r"\s*([A-Za-z_][\w.-]*)\s*:")
_DEEPEST = 20


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
