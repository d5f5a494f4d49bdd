"""What the lines of a file hold: code, a comment alone, a string that is a statement, nothing. As radon counts."""

from __future__ import annotations

import re

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Sequence

    from antifoul.measures.tokens import Comment

_ONE_STRING = re.compile(
    r"""
    \s* [rRbBuU]{0,2}
    (?: \"{3} (?: [^"\\] | \\. | "(?!"") )* \"{3}
      | '{3}  (?: [^'\\] | \\. | '(?!'') )* '{3}
      | "     (?: [^"\\\n] | \\. )* "
      | '     (?: [^'\\\n] | \\. )* '
    )
    \s*
    """,
    re.VERBOSE | re.DOTALL,
)


class Lines(NamedTuple):
    """How many lines are of each kind; `sloc`, those that hold code, are the rest."""

    loc: int
    multi: int
    single: int
    blank: int

    @property
    def sloc(self) -> int:
        """Lines that hold code. A comment alone between brackets is part of the statement around it."""
        return max(self.loc - self.multi - self.single - self.blank, 0)


def sorted_lines(lines: Sequence[str], comments: Iterable[Comment], strings: Iterable[ast.Constant]) -> Lines:
    """The kinds of a text's lines; `lines` are those that Python counts, the last one "" where the text ends in one."""
    loc = len(lines) - (not lines[-1])
    blank = sum(1 for line in lines[:loc] if not line or line.isspace())
    single = sum(1 for comment in comments if comment.alone and not comment.inside)
    multi = 0
    for string in strings:
        first, last = string.lineno, string.end_lineno or string.lineno
        if not _stands_alone(lines, first, last):
            continue
        if first == last:
            single += 1
        else:
            multi += sum(1 for line in lines[first - 1 : last] if line and not line.isspace())
    return Lines(loc, multi, single, blank)


def _stands_alone(lines: Sequence[str], first: int, last: int) -> bool:
    """The lines hold one string and nothing else: no comment, no second string, no semicolon, no parenthesis."""
    if first == last:
        return bool(_ONE_STRING.fullmatch(lines[first - 1]))
    return bool(_ONE_STRING.fullmatch("\n".join(lines[first - 1 : last])))
