"""One statement's text as signs: what stays when a copy is renamed, and what it says to the letter."""

from __future__ import annotations

import ast
import builtins
import contextlib
import keyword
import re
import warnings
from zlib import crc32

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_PIECE = re.compile(
    r"""
      \#[^\n\r]*
    | [rRbBuUfFtT]{0,3}(?:
          \"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3}
        | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
      )
    | \.\s*[^\W\d]\w*
    | [^\W\d]\w*(?:\s*=(?!=))?
    | (?:\d|\.\d)[\w.]*(?:(?<=[eE])[+-]\d+)?
    | [-+*/%@&|^<>=!:]=|\*\*=?|//=?|->|<<=?|>>=?|\.\.\.
    | [^\s\\]
    """,
    re.VERBOSE | re.DOTALL,
)
NAME, TEXT, NUMBER, TRUTH = "N", "S", "0", "B"  # the signs of kinds
_SILENT = frozenset(")]},:;.")  # they only close or part
_TRUTHS = frozenset({"True", "False"})
_KNOWN = frozenset(keyword.kwlist) - _TRUTHS | frozenset(
    name for name in dir(builtins) if not name.startswith("_") and name not in _TRUTHS
)
_OPENS, _CLOSES = frozenset("([{"), frozenset(")]}")
_REPEATED = re.compile(r"(S[S0BN]|[S0NB])\1{3,}")
# What brackets around all that follows do not change.
_BEFORE_ALL = frozenset(
    {"=", "return", "in", "if", "elif", "while", "with", "assert", "yield", "del", "await", "raise"}
)
_FIELD = re.compile(r"\{[^{}]*\}")
_BINDING = frozenset({"for", "as", "lambda", "def", "except"})  # after these, names are bound
# The characters that hashed words are written in: no surrogate among them. Free names have a range of their own.
_FIRST, _SIGNS = 0x100, 0x7F00
_FIRST_NAME, _NAMES = 0x8000, 0x5700
_FREE_NAMES = re.compile("[\u8000-\ud6ff]")


class Row(NamedTuple):
    """One statement."""

    signs: str
    names: tuple[tuple[int, str], ...]  # where in `signs` a name stands, and which
    bound: tuple[str, ...]  # names that it binds: assigned, looped over, parameters
    shape: str
    mark: str
    words: tuple[str, ...]  # names, attributes, keywords and literals, in order


_known_signs: dict[str, str] = {}


def sign(word: str) -> str:
    """The character of a word: the same in every process."""
    found = _known_signs.get(word)
    if found is None:
        if len(_known_signs) > 100_000:
            _known_signs.clear()
        found = _known_signs[word] = chr(_FIRST + crc32(word.encode("utf-8", "surrogatepass")) % _SIGNS)
    return found


def name_sign(name: str) -> str:
    """The character of a name that is not bound where it is read."""
    return chr(_FIRST_NAME + crc32(name.encode("utf-8", "surrogatepass")) % _NAMES)


def without_names(signs: str) -> str:
    """The signs with every name a mere name."""
    return _FREE_NAMES.sub(NAME, signs)


def mark(text: str) -> str:
    """Two characters for what a statement says."""
    value = crc32(text.encode("utf-8", "surrogatepass"))
    return chr(_FIRST + value % _SIGNS) + chr(_FIRST + value // _SIGNS % _SIGNS)


def read(text: str) -> Row:
    """The signs of a statement's text; comments and layout leave no trace."""
    return _Reading(text).row


def said(text: str) -> tuple[str, ...]:
    """Every token of a statement to the letter, but for what formatters add and take away."""
    return tuple(_Reading(text).said())


class _Reading:
    """One pass over the pieces of a statement."""

    def __init__(self, text: str) -> None:
        self._signs: list[str] = []
        self._names: list[tuple[int, str]] = []
        self._said: list[str] = []  # every piece to the letter
        self._words: list[str] = []
        self._open: list[tuple[int, bool, int]] = []  # where a bracket stands in `_said`, whether it groups, its commas
        self._callee = ""
        self._grouped: list[tuple[int, int]] = []
        self._bound: list[str] = []
        self._binding = ""  # the keyword after which names are bound
        imports = text.lstrip().startswith(("import ", "from "))
        for piece in _PIECE.findall(text):
            self._take(piece, imports=imports)
        signs = "".join(self._signs)
        if len(signs) > 12:
            signs = _REPEATED.sub(r"\1\1\1", signs)
        names = tuple(self._names) if len(signs) == len(self._signs) else ()
        self.row = Row(
            signs,
            names,
            tuple(self._bound),
            sign(self._shape()),
            mark(" ".join(self.said())),
            tuple(self._words),
        )

    def _take(self, piece: str, *, imports: bool) -> None:
        first, last = piece[0], piece[-1]
        if first == "#":
            return
        if last in "\"'" and len(piece) > 1:
            self._take_text(piece)
        elif first == ".":
            self._take_dotted(piece)
        elif first == "_" or first.isalpha():
            self._take_name(piece, imports=imports)
        elif first.isdigit():
            self._add(NUMBER, piece.lower().replace("_", ""), word=True)
        else:
            self._take_sign(piece)

    def _take_text(self, piece: str) -> None:
        """A string: adjacent ones are one; quotes and the `u` and `r` before them say nothing of their own."""
        if "\\" in piece:
            piece = _unescaped(piece)
        quote = piece[-1]
        start = piece.index(quote)
        size = 3 if piece[start:].startswith(quote * 3) and len(piece) - start >= 6 else 1
        prefix = piece[:start].lower().replace("u", "").replace("r", "")
        text = piece[start + size : -size]
        word = _FIELD.sub("{}", text) if "f" in prefix or "t" in prefix else text
        before, mark, so_far = self._said[-1].partition('"') if self._said else ("", "", "")
        if mark:
            self._said[-1] = f'{max(before, prefix)}"{so_far}{text}'
            self._words[-1] += word
        else:
            self._add(TEXT, f'{prefix}"{text}', word=True)
            self._words[-1] = f'"{word}'

    def _take_dotted(self, piece: str) -> None:
        if len(piece) == 1 or piece == "...":
            self._said.append(piece)
        elif piece[1].isdigit():
            self._add(NUMBER, piece, word=True)
        else:
            name = "." + piece[1:].lstrip()
            self._add(sign(name), name, word=True)

    def _take_name(self, piece: str, *, imports: bool) -> None:
        name = piece.rstrip("=").rstrip() if piece[-1] == "=" else piece
        if name is not piece and self._open and self._said[-1] in {"(", ","}:
            self._add(sign(f"{name}="), f"{name}=", word=True)
            return
        if name in _TRUTHS:
            self._add(TRUTH, name, word=True)
        elif imports or name in _KNOWN:
            self._binding = name if name in _BINDING else ""
            self._add(sign(name), name, word=imports or name not in keyword.kwlist)
        else:
            if self._binding:
                self._bound.append(name)
            self._names.append((len(self._signs), name))
            self._add(NAME, name, word=True)
        if name is not piece:
            self._assign()
            self._add("=", "=", word=False)

    def _assign(self) -> None:
        if not self._open:
            self._bound += [name for _, name in self._names]
        self._binding = ""

    def _take_sign(self, piece: str) -> None:
        groups = False
        if piece in _OPENS:
            calls = bool(self._said) and _may_be_called(self._said[-1])
            groups = piece == "(" and not calls
            if piece == "(" and calls and not self._callee:
                self._callee = self._call()
            self._open.append((len(self._said), groups, 0))
        elif piece in _CLOSES:
            self._close(piece)
            return
        elif piece == "," and self._open:
            place, grouping, commas = self._open[-1]
            self._open[-1] = (place, grouping, commas + 1)
        elif piece == ":" and not self._open and len(self._names) == 1:
            self._bound.append(self._names[0][1])  # an annotated name
        elif piece == "=":
            self._assign()
        elif piece == ":=":
            self._bound.append(self._said[-1])
        if piece == ":" and self._binding in {"lambda", "as"}:
            self._binding = ""
        if piece in _SILENT or groups:
            self._said.append(piece)
        else:
            self._add(piece if len(piece) == 1 and piece < "\x7f" else sign(piece), piece, word=False)

    def _close(self, piece: str) -> None:
        if not self._open:
            self._said.append(piece)
            return
        place, groups, commas = self._open.pop()
        if self._said[-1] == "," and not (groups and commas == 1):
            self._said.pop()
        if groups:
            self._grouped.append((place, len(self._said)))
        self._said.append(piece)

    def _add(self, one: str, said: str, *, word: bool) -> None:
        self._signs.append(one)
        self._said.append(said)
        if word:
            self._words.append(said)

    def _call(self) -> str:
        """What is called, and what for: `N.a=nn.Linear(`."""
        start = len(self._said)
        while start and (
            self._said[start - 1][0] == "." or self._said[start - 1][0].isalpha() or self._said[start - 1][0] == "_"
        ):
            start -= 1
            if self._said[start][0] != ".":
                break
        return _classed(self._said[:start]) + "".join(self._said[start:]) + "("

    def _shape(self) -> str:
        return self._callee or _classed(self._said)

    def said(self) -> list[str]:
        """The pieces without the brackets around all of a value, which formatters add and take away."""
        said, end = self._said, len(self._said)
        if self._grouped:
            last = end - 1 if said[-1] != ":" else end - 2
            drop: set[int] = set()
            for first, close in self._grouped:
                before = said[first - 1] if first else ""
                if close == last and (not first or before in _BEFORE_ALL or before[-1] == "="):
                    drop |= {first, close}
            if drop:
                return [one for at, one in enumerate(said) if at not in drop]
        return said


def _may_be_called(before: str) -> bool:
    """A bracket after it calls it, or looks into it: it is no operator, keyword or `name=`."""
    if before[-1] in ')]}"':
        return True
    return before[0] in "._" or (before[0].isalpha() and before[-1] != "=" and before not in keyword.kwlist)


def _unescaped(piece: str) -> str:
    """The literal as Python writes it: raw or not, it says the same."""
    with contextlib.suppress(ValueError, SyntaxError), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a user's file is not ours to print
        value = ast.literal_eval(piece)
        if isinstance(value, str):
            return f'"{value!r}"'
    return piece


def _classed(said: Iterable[str]) -> str:
    out = []
    for one in said:
        first = one[0]
        if first == "." and len(one) > 1:
            out.append("a")
        elif first.isdigit():
            out.append(NUMBER)
        elif '"' in one:
            out.append(TEXT)
        elif one[-1] == "=" and len(one) > 1 and (first == "_" or first.isalpha()):
            out.append("k")
        elif (first == "_" or first.isalpha()) and one not in _KNOWN:
            out.append(NAME)
        else:
            out.append(one)
    return "".join(out)


def with_names(row: Row, bound: frozenset[str]) -> str:
    """The signs, with one of its own for each name that is not bound around it: of a module, a function, a class."""
    if not row.names:
        return row.signs
    found = [(at, name) for at, name in row.names if name not in bound]
    if not found:
        return row.signs
    signs = list(row.signs)
    for at, name in found:
        signs[at] = name_sign(name)
    return "".join(signs)
