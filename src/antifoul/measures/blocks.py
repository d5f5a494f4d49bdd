"""A definition in a text, found by its head and its indentation: the text need not parse, nor be parsed."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_CLOSING = (")", "]", "}")


def block(lines: Sequence[str], names: Sequence[str], *, beyond: bool = False) -> tuple[int, int] | None:
    """The lines of a definition, from its head, counted from 0, the end excluded; None where it is not there.

    With `beyond`, a member that its class does not have is looked for behind it, where another class has it.
    """
    first, last, indent = 0, len(lines), ""
    for depth, name in enumerate(names):
        deeper = rf"{indent}[ \t]+" if depth else ""
        head = re.compile(rf"{deeper}(?:class|def|async[ ]def)[ ]+{re.escape(name)}\b")
        end = len(lines) if beyond else last
        at = next((number for number in range(first, end) if head.match(lines[number])), None)
        if at is None:
            return None
        indent = indent_of(lines[at])
        first, last = at, _end(lines, at, indent)
    return first, last


def indent_of(line: str) -> str:
    """The white space that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def _end(lines: Sequence[str], at: int, indent: str) -> int:
    """The line after a block: the first that is no deeper than its head, a closing bracket of the head apart."""
    for number in range(at + 1, len(lines)):
        line = lines[number]
        bare = line.lstrip()
        if bare and len(line) - len(bare) <= len(indent) and not bare.startswith(_CLOSING):
            return number
    return len(lines)
