"""Comments and strings of Python text, found without a full tokenizer: seven times faster, equal on valid source."""

from __future__ import annotations

import re
import sys

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


_TOKEN = re.compile(
    r"""
      ( \#[^\r\n]* )
    | \"{3} (?: [^"\\]++ | \\. | "(?!"") )* \"{3}
    | '{3}  (?: [^'\\]++ | \\. | '(?!'') )* '{3}
    | "     (?: [^"\\\n]++ | \\. )* "
    | '     (?: [^'\\\n]++ | \\. )* '
    """,
    re.VERBOSE | re.DOTALL,
)
# Since Python 3.12 a replacement field may hold its own quotes, and behind them a sign that only looks like
# a comment.
_QUOTES_IN_FIELD = re.compile(r"""\{[^{}\n]*["'][^{}\n]*\#""")


class Comment(NamedTuple):
    """One comment. `text` starts with its sign; `alone` says that nothing else stands on the line."""

    line: int
    column: int
    text: str
    alone: bool
    inside: bool = False  # alone between brackets, so that a statement stands around it


def comments(text: str) -> Iterator[Comment]:
    """Every comment of valid Python source, in order. Lines count from 1, as Python counts them; columns from 0."""
    if "#" not in text:
        return
    if sys.version_info >= (3, 12) and _QUOTES_IN_FIELD.search(text):
        yield from _by_tokenize(text)
        return
    lines = _LineCounter(text)
    code: list[str] = []  # since the last comment alone on its line
    depth = at = 0
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        code.append(text[at:start])
        at = end
        if not found[1]:
            continue
        line, first = lines.at(start)
        alone = not text[first:start].strip(" \t\f\ufeff")
        if alone:
            depth += _opened("".join(code))
            code.clear()
        yield Comment(line, start - first, found[0], alone, alone and depth > 0)


def _opened(code: str) -> int:
    """How many brackets stay open."""
    return sum(map(code.count, "([{")) - sum(map(code.count, ")]}"))


def _by_tokenize(text: str) -> Iterator[Comment]:
    import io  # noqa: PLC0415  only for the rare file
    import tokenize  # noqa: PLC0415

    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            alone = not token.line[:column].strip()
            yield Comment(row, column, token.string, alone, alone and depth > 0)
        elif token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")


class _LineCounter:
    """Lines of ascending places in one text; every place is passed once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lone = "\r" in text and "\r" in text.replace("\r\n", "")
        self._line, self._first, self._seen = 1, 0, 0

    def at(self, place: int) -> tuple[int, int]:
        """The line of a place, and where that line starts."""
        passed = self._text[self._seen : place]
        ends = passed.count("\n") + (passed.replace("\r\n", "").count("\r") if self._lone else 0)
        if ends:
            self._line += ends
            last = max(passed.rfind("\n"), passed.rfind("\r") if self._lone else -1)
            self._first = self._seen + last + 1
        self._seen = place
        return self._line, self._first
