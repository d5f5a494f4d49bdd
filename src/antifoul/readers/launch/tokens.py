"""Split shell text into tokens: words in fragments as they are quoted, operators, line ends. Nothing is filled in."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_OPERATORS = (
    "&>>",
    "<<<",
    "<<-",
    "&&",
    "||",
    ";;",
    "|&",
    "&>",
    ">>",
    "<<",
    ">&",
    "<&",
    ">|",
    "|",
    "&",
    ";",
    "(",
    ")",
    ">",
    "<",
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[@*]\])?\}")
_DEFAULTED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*):?-([^{}$`\"']*)\}")
_STOPS = frozenset(" \t\r\n;&|()<>")


class Fragment(NamedTuple):
    """A part of a word: literal text, a variable, or (`name` and `text` empty) what only running it tells."""

    text: str = ""
    name: str = ""
    quoted: bool = False
    line: int = 0
    column: int = 0


class Token(NamedTuple):
    """A word, an operator or a line end. Lines and columns count from 1."""

    kind: str  # "word", "op"
    line: int
    column: int
    text: str = ""  # of an operator
    fragments: tuple[Fragment, ...] = ()

    @property
    def literal(self) -> str:
        """The text of a word that has no variable in it, else ""."""
        return (
            "".join(part.text for part in self.fragments) if all(not _is_open(part) for part in self.fragments) else ""
        )


def _is_open(part: Fragment) -> bool:
    return bool(part.name) or (not part.text and not part.quoted)


class Tokens:
    """The tokens of a shell text that starts at a line."""

    def __init__(self, text: str, line: int = 1, indent: int = 0) -> None:
        self._text = text
        self._at = 0
        self._line = line
        self._start = -indent  # the offset at which the line starts
        self._documents: list[tuple[str, bool]] = []  # here-documents to come

    def __iter__(self) -> Iterator[Token]:
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign in " \t\r":
                self._at += 1
            elif sign == "\\" and self._text[self._at + 1 : self._at + 2] in {"\n", "\r"}:
                self._newline(self._text.find("\n", self._at))
            elif sign == "\n":
                yield Token("op", self._line, self._column, "\n")
                self._newline(self._at)
                self._skip_documents()
            elif sign == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif operator := next((one for one in _OPERATORS if self._text.startswith(one, self._at)), ""):
                yield self._operator(operator)
            else:
                yield self._word()

    @property
    def _column(self) -> int:
        return self._at - self._start + 1

    def _newline(self, at: int) -> None:
        self._at = self._start = at + 1
        self._line += 1

    def _operator(self, operator: str) -> Token:
        token = Token("op", self._line, self._column, operator)
        self._at += len(operator)
        if operator in {"<<", "<<-"}:
            found = re.compile(r"\s*(['\"]?)([A-Za-z_][A-Za-z0-9_]*)\1").match(self._text, self._at)
            if found:
                self._documents.append((found[2], operator == "<<-"))
        return token

    def _skip_documents(self) -> None:
        for name, indented in self._documents:
            while self._at < len(self._text):
                end = self._text.find("\n", self._at)
                end = len(self._text) if end < 0 else end
                line = self._text[self._at : end]
                self._newline(end)
                if (line.lstrip("\t") if indented else line).rstrip("\r") == name:
                    break
        self._documents.clear()

    def _word(self) -> Token:
        line, column = self._line, self._column
        parts: list[Fragment] = []
        plain: list[str] = []
        place = (line, column)

        def flush() -> None:
            if plain:
                parts.append(Fragment("".join(plain), line=place[0], column=place[1]))
                plain.clear()

        while self._at < len(self._text) and self._text[self._at] not in _STOPS:
            sign = self._text[self._at]
            if not plain:
                place = (self._line, self._column)
            if sign == "\\":
                if self._text[self._at + 1 : self._at + 2] == "\n":
                    self._newline(self._at + 1)
                    continue
                plain.append(self._text[self._at + 1 : self._at + 2])
                self._at += 2
            elif sign in "'\"$`":
                flush()
                parts += self._quoted(sign)
            else:
                plain.append(sign)
                self._at += 1
        flush()
        return Token("word", line, column, fragments=tuple(parts))

    def _quoted(self, sign: str) -> list[Fragment]:
        if sign == "'":
            return [self._single()]
        if sign == '"':
            return self._double()
        if sign == "`":
            self._skip_to("`")
            return [Fragment()]
        if self._text.startswith("$'", self._at):
            self._at += 1
            return [self._single()]
        return [self._variable(quoted=False)]

    def _single(self) -> Fragment:
        line, column = self._line, self._column + 1
        end = self._text.find("'", self._at + 1)
        end = len(self._text) if end < 0 else end
        text = self._text[self._at + 1 : end]
        self._advance(end + 1)
        return Fragment(text, quoted=True, line=line, column=column)

    def _advance(self, to: int) -> None:
        breaks = self._text.count("\n", self._at, to)
        if breaks:
            self._line += breaks
            self._start = self._text.rfind("\n", self._at, to) + 1
        self._at = to

    def _double(self) -> list[Fragment]:
        self._at += 1
        parts: list[Fragment] = []
        plain: list[str] = []
        line, column = self._line, self._column
        while self._at < len(self._text) and self._text[self._at] != '"':
            sign = self._text[self._at]
            if sign == "\\" and self._text[self._at + 1 : self._at + 2] in {'"', "\\", "$", "`", "\n"}:
                after = self._text[self._at + 1]
                plain.append("\\\n" if after == "\n" else after)  # kept, so that an inner shell counts its lines right
                self._advance(self._at + 2)
            elif sign in "$`":
                if plain:
                    parts.append(Fragment("".join(plain), quoted=True, line=line, column=column))
                    plain.clear()
                if sign == "`":
                    self._skip_to("`")
                    parts.append(Fragment())
                else:
                    parts.append(self._variable(quoted=True))
                line, column = self._line, self._column
            else:
                plain.append(sign)
                self._advance(self._at + 1)
        self._at += 1
        parts.append(Fragment("".join(plain), quoted=True, line=line, column=column))
        return parts

    def _skip_to(self, sign: str) -> None:
        end = self._text.find(sign, self._at + 1)
        self._advance(len(self._text) if end < 0 else end + 1)

    def _variable(self, *, quoted: bool) -> Fragment:
        line, column = self._line, self._column
        after = self._text[self._at + 1 : self._at + 2]
        if after == "{":
            for pattern in (_BRACED, _DEFAULTED):
                if found := pattern.match(self._text, self._at + 2):
                    self._advance(found.end())
                    return Fragment(name=found[1], quoted=quoted, line=line, column=column)
            self._balanced("{", "}")
            return Fragment()
        if after == "(":
            self._balanced("(", ")")
            return Fragment()
        if name := _NAME.match(self._text, self._at + 1):
            self._advance(name.end())
            return Fragment(name=name[0], quoted=quoted, line=line, column=column)
        if after and after in "@*#?$!-0123456789":
            self._advance(self._at + 2)
            return Fragment()
        self._at += 1
        return Fragment("$", quoted=True, line=line, column=column)

    def _balanced(self, left: str, right: str) -> None:
        depth, at = 0, self._at
        while at < len(self._text):
            depth += (self._text[at] == left) - (self._text[at] == right)
            at += 1
            if depth == 0 and self._text[at - 1] == right:
                break
        self._advance(at)
