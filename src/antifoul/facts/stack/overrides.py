"""What the command line says: `optimizer.lr=3e-4`, `--optimizer.lr 3e-4`, `+new=1`, `~old`, `layers+=[4]`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from antifoul.facts.errors import UsageError
from antifoul.facts.stack.nodes import Node

COMMAND_LINE = "command line"
# set: it must be there. add: it must not. put: either way. more: to the end of a list. off: a flag's `--no-`.
Takes: TypeAlias = Literal["switch", "value", "list", "untold"]
Act: TypeAlias = Literal["set", "add", "put", "more", "remove", "on", "off"]

_ASSIGNED = re.compile(r"(?P<sign>\+\+|\+|~)?(?P<key>[^=+~\s][^=]*?)(?P<more>\+)?=(?P<value>.*)", re.DOTALL)
_FLAG = re.compile(r"--(?P<key>[^=\s]+)(?:=(?P<value>.*))?", re.DOTALL)
_ANSWERS = frozenset({"true", "false", "yes", "no", "on", "off", "1", "0"})
_SHORT = re.compile(r"-(?P<key>[A-Za-z][A-Za-z0-9]*)(?:=(?P<value>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Override:
    """One wish, as it was written. `values` are the words that may be its value: a flag's list takes several."""

    act: Act
    key: str
    written: str
    values: tuple[str, ...] = ()
    short: bool = False  # a short flag: "-l"
    flag: bool = False
    node: Node | None = None  # the value itself, where it was not given as words


def _untold(_: str) -> Takes:
    return "untold"


def parsed_overrides(words: Sequence[str], takes: Callable[[str], Takes] = _untold) -> tuple[Override, ...]:
    """The overrides in these words, in their order. `takes` tells what may stand behind a flag, "--lr" or "-l".

    Raises:
        UsageError: a word is none.
    """
    out: list[Override] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            continue
        if word.startswith("-") and not _is_number(word):
            found = _FLAG.fullmatch(word) or _SHORT.fullmatch(word)
            if found is None:
                raise UsageError(f"{word!r} is no flag")
            values = [found["value"]] if found["value"] is not None else _values(words[at:], takes(word))
            at += len(values) if found["value"] is None else 0
            out.append(_flag(found["key"], word, tuple(values), short=not word.startswith("--")))
        else:
            out.append(_assigned(word))
    return tuple(out)


def _values(words: Sequence[str], takes: Takes) -> list[str]:
    """The words behind a flag that are its value: a switch's yes or no, the next one, or of a list all up to a flag."""
    if takes == "switch":
        return list(words[:1]) if words and words[0].lower() in _ANSWERS else []
    plain = bool(words) and (not words[0].startswith("-") or _is_number(words[0]))
    values = list(words[:1]) if plain and takes != "untold" else []
    if takes == "value":
        return values
    for word in words[len(values) :]:
        if not _is_value(word):
            break
        values.append(word)
    return values


def _is_number(word: str) -> bool:
    return re.fullmatch(r"-[\d.][\w.+-]*|-\.?inf", word) is not None


def _is_value(word: str) -> bool:
    """The word may be a flag's value: it is no flag, and nothing that sets a key by itself."""
    if word.startswith("-"):
        return _is_number(word)
    return _ASSIGNED.fullmatch(word) is None and not word.startswith("~")


def _flag(key: str, word: str, values: tuple[str, ...], *, short: bool) -> Override:
    written = " ".join((word, *values)) if "=" not in word else word
    return Override("set" if values else "on", key, written, values, short=short, flag=True)


def _assigned(word: str) -> Override:
    if word.startswith("~"):
        key, sign, value = word[1:].partition("=")
        return Override("remove", key, word, (value,) if sign else ())
    found = _ASSIGNED.fullmatch(word)
    if found is None:
        raise UsageError(f"{word!r} sets nothing").with_remedy("write KEY=VALUE, or --KEY VALUE")
    acts: dict[str | None, Act] = {"+": "add", "++": "put", "~": "remove", None: "set"}
    act = "more" if found["more"] else acts[found["sign"]]
    return Override(act, found["key"], word, (found["value"],))
