"""The simple commands of a shell text, with the variables that it sets itself filled in. Nothing is run."""

import re
from collections.abc import Iterator
from itertools import pairwise

from antifoul.facts.launch import Command, Word
from antifoul.facts.paths import RepoPath
from antifoul.readers.launch.tokens import Fragment, Token, Tokens

_ENDS = frozenset({"&&", "||", ";;", "|", "|&", "&", ";", "(", ")", "\n"})
_REDIRECTS = frozenset({">", ">>", "<", "<<", "<<-", "<<<", "&>", "&>>", ">&", "<&", ">|"})
_KEYWORDS = frozenset(
    {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "}", "fi", "done", "time", "exec", "eval"}
)
_BRANCHES = {"if": 1, "fi": -1, "case": 1, "esac": -1}
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_EXPORTS = frozenset({"export", "declare", "local", "readonly", "typeset"})
_MOST_WORDS = 5_000  # of one command; a longer one is data
_LONGEST = 200_000  # characters of a variable
OPEN = "\0"  # stands in a word for what is only known when it runs


class _Shell:
    """A walk through the tokens of one text."""

    def __init__(self, path: RepoPath, name: str) -> None:
        self.path = path
        self.name = name
        self.folder = ""
        self.set: dict[str, tuple[Word, ...]] = {}  # a variable's words; one word where it was quoted
        self.branches = 0  # `if` and `case` that are open: what is set in them may not be

    def commands(self, tokens: Iterator[Token]) -> Iterator[Command]:
        """The commands that the tokens make, in order."""
        pending: list[Token] = []
        redirected = False
        for token in tokens:
            if token.kind == "word":
                if not redirected:
                    pending.append(token)
                redirected = False
            elif token.text in _REDIRECTS:
                if pending and pending[-1].literal in {"1", "2"}:
                    pending.pop()
                redirected = True
            elif token.text == "(" and pending and (found := _ASSIGNED.fullmatch(pending[-1].literal)):
                pending.pop()
                self._set_array(found[1], tokens, appended=bool(found[2]))
            elif token.text in _ENDS:
                yield from self.settle(pending)
                pending, redirected = [], False
        yield from self.settle(pending)

    def _set_array(self, name: str, tokens: Iterator[Token], *, appended: bool) -> None:
        """`NAME=( ... )`: the words up to the bracket."""
        words: list[Word] = list(self.set.get(name, ())) if appended else []
        for token in tokens:
            if token.kind == "op" and token.text == ")":
                break
            if token.kind == "word":
                words += self.expand(token)
        self._keep(name, tuple(words), appended=appended)

    def _keep(self, name: str, words: tuple[Word, ...], *, appended: bool) -> None:
        """Set a variable; one that has another value on another way through the script is not known."""
        before = self.set.get(name)
        if (
            self.branches
            and before is not None
            and not appended
            and [w.text for w in before] != [w.text for w in words]
        ):
            words = (Word(OPEN, words[0].line if words else 0, 1, open=True),)
        self.set[name] = words

    def settle(self, pending: list[Token]) -> Iterator[Command]:
        """One simple command is complete: take its assignments, follow `cd`, yield the rest."""
        while pending and pending[0].literal in _KEYWORDS:
            self.branches = max(self.branches + _BRANCHES.get(pending[0].literal, 0), 0)
            pending = pending[1:]
        if pending and pending[0].literal in {"case", "esac"}:
            self.branches = max(self.branches + _BRANCHES[pending[0].literal], 0)
        if pending and pending[0].literal in {"for", "select"} and len(pending) > 1:
            self.set.pop(pending[1].literal, None)
            return
        if pending and pending[0].literal in _EXPORTS:
            pending = pending[1:]
            if not any(_assigned(one) for one in pending):
                return
        while pending and _assigned(pending[0]):
            self._assign(pending[0])
            pending = pending[1:]
        words = tuple(word for token in pending[:_MOST_WORDS] for word in self.expand(token))
        if not words:
            return
        if words[0].text in {"cd", "pushd"}:
            self.folder = words[1].text if len(words) > 1 else OPEN
            return
        yield Command(self.path, words, self.folder, self.name)

    def _assign(self, token: Token) -> None:
        first = token.fragments[0]
        found = _ASSIGNED.match(first.text)
        if found is None:
            return
        rest = (first._replace(text=first.text[found.end() :], column=first.column + found.end()), *token.fragments[1:])
        rest = tuple(part for part in rest if part.text or part.name or part.quoted or part == Fragment())
        name, words = found[1], (self._joined(token, rest),)
        if found[2] and name in self.set:
            before = self.set[name]
            first_word = before[0]
            words = (Word(f"{first_word.text}{words[0].text}", first_word.line, first_word.column, words[0].open),)
        if sum(len(word.text) for word in words) < _LONGEST:
            self._keep(name, words, appended=bool(found[2]))

    def _joined(self, token: Token, parts: tuple[Fragment, ...]) -> Word:
        """The fragments as one word."""
        text = ""
        is_open = False
        for part in parts:
            if part.name:
                known = self.set.get(part.name)
                text += " ".join(word.text for word in known) if known is not None else OPEN
                is_open = is_open or known is None or any(word.open for word in known)
            elif not part.text and not part.quoted:
                text += OPEN
                is_open = True
            else:
                text += part.text
        place = next((part for part in parts if part.line), None)
        line, column = (place.line, place.column) if place else (token.line, token.column)
        return Word(text[:_LONGEST], line, column, is_open)

    def expand(self, token: Token) -> Iterator[Word]:
        """The words that a word becomes: a variable alone is split where it was not quoted."""
        parts = [part for part in token.fragments if part != Fragment(quoted=True)]
        named = [part for part in parts if part.name]
        if len(named) == 1 and all(part is named[0] or (part.quoted and not part.text) for part in parts):
            known = self.set.get(named[0].name)
            if known is not None and (len(known) > 1 or not named[0].quoted):
                for word in known:
                    yield from _split(word)
                return
        word = self._joined(token, tuple(token.fragments))
        yield word._replace(line=token.line, column=token.column)


def _assigned(token: Token) -> bool:
    return bool(token.fragments) and not token.fragments[0].quoted and bool(_ASSIGNED.match(token.fragments[0].text))


def _split(word: Word) -> Iterator[Word]:
    """The words in the text of a variable, each with its own line where the text has several."""
    if not re.search(r"\s", word.text):
        yield word
        return
    for found in re.finditer(r"\S+", word.text):
        if found[0] == "\\":
            continue
        breaks = word.text.count("\n", 0, found.start())
        column = found.start() - word.text.rfind("\n", 0, found.start()) if breaks else word.column + found.start()
        text = found[0].strip("'\"") if found[0][:1] in {"'", '"'} else found[0]
        yield Word(text, word.line + breaks, column, OPEN in text)


def shell_commands(path: RepoPath, text: str, line: int = 1, name: str = "shell", indent: int = 0) -> Iterator[Command]:
    """The simple commands of a shell text, those handed to another shell included."""
    shell = _Shell(path, name)
    for command in shell.commands(iter(Tokens(text, line, indent))):
        yield command
        yield from _inner(command)


def _inner(command: Command, depth: int = 0) -> Iterator[Command]:
    """The commands in `bash -c "..."`."""
    words = command.words
    for before, word in pairwise(words):
        if before.text in {"-c", "-lc", "-ic", "-xc"} and re.search(r"\s", word.text) and depth < 4:
            shell = _Shell(command.path, command.name)
            shell.folder = command.folder
            for inner in shell.commands(iter(Tokens(word.text, word.line, word.column))):
                yield inner
                yield from _inner(inner, depth + 1)
