"""One file's text and, when asked for, its syntax tree."""

from __future__ import annotations

import ast
import codecs
import re
import sys

from antifoul.facts.errors import ReadError
from antifoul.facts.roles import Role, is_python, role_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from antifoul.facts.paths import RepoPath

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_SHEBANG = re.compile(rb"#![^\n]*\bpython[0-9.]*\b")
_BLANK_OR_COMMENT = re.compile(rb"^[ \t\f]*(?:#[^\r\n]*)?$")


def decode(data: bytes) -> str:
    """The text of Python source: a BOM, then the PEP 263 cookie, then UTF-8 decide.

    Raises:
        ReadError: a NUL byte, an unknown encoding, one that the BOM denies, or bytes that it does not know.
    """
    if b"\0" in data:
        raise ReadError("it holds NUL bytes, so it is not Python source")
    bom = data.startswith(codecs.BOM_UTF8)
    name = cookie(data[3:] if bom else data)
    if bom and not re.fullmatch(r"utf[-_]?8(?:[-_].*)?", name, re.IGNORECASE):
        raise ReadError(f"it starts with a UTF-8 BOM, and its coding cookie says {name!r}: Python refuses it")
    try:
        return data[3 if bom else 0 :].decode(name)
    except LookupError:
        raise ReadError(f"its coding cookie names an unknown encoding, {name!r}") from None
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ReadError(f"line {line} is not {name}: byte 0x{data[problem.start]:02x} ({problem.reason})") from None
    except UnicodeError as problem:
        raise ReadError(f"its coding cookie names {name!r}, which is no text encoding ({problem})") from None


def encoding_of(data: bytes) -> tuple[bytes, str]:
    """The BOM of Python source, or b"", and the name of its encoding."""
    if data.startswith(codecs.BOM_UTF8):
        return codecs.BOM_UTF8, "utf-8"
    return b"", cookie(data)


def cookie(data: bytes) -> str:
    """The encoding that the first two lines name, otherwise UTF-8."""
    for line in data.splitlines()[:2] if len(data) < 400 else data[:400].splitlines()[:2]:
        if found := _COOKIE.match(line):
            return found[1].decode("ascii", "replace")
        if not _BLANK_OR_COMMENT.match(line):
            break
    return "utf-8"


def parse(text: str) -> ast.Module:
    """The syntax tree of Python text.

    Raises:
        ReadError: the text does not parse, or is nested deeper than the parser goes.
    """
    try:
        return _parsed(text)
    except RecursionError:
        return _parsed_deeply(text)
    except MemoryError:
        raise ReadError("its brackets or operators are nested deeper than Python's parser goes") from None


def _parsed(text: str) -> ast.Module:
    import warnings  # noqa: PLC0415  cheap, and already loaded by the interpreter

    with warnings.catch_warnings():  # an invalid escape in a user's file is not ours to print
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SyntaxError as problem:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            where = f"line {problem.lineno}: " if problem.lineno else ""
            raise ReadError(f"it does not parse as Python {version} ({where}{problem.msg})") from None
        except ValueError as problem:  # a lone surrogate, or an integer over the digit limit
            raise ReadError(f"it does not parse as Python ({str(problem).partition(';')[0]})") from None


def _parsed_deeply(text: str) -> ast.Module:
    """A second try with a large stack: a sum of 5,000 terms is legal, and deeper than the default limit."""
    import threading  # noqa: PLC0415  only for the rare deep file

    outcome: list[ast.Module | ReadError] = []

    def work() -> None:
        try:
            outcome.append(_parsed(text))
        except (RecursionError, MemoryError):
            outcome.append(ReadError("its expressions are nested deeper than Python's parser goes"))
        except ReadError as problem:
            outcome.append(problem)

    limit, size = sys.getrecursionlimit(), threading.stack_size(512 * 1024 * 1024)
    sys.setrecursionlimit(100_000)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    result = outcome[0] if outcome else ReadError("Python's parser gave up on it")
    if isinstance(result, ReadError):
        raise result
    return result


class Source:
    """One file's bytes as judged; text and tree are made when first asked for. Dropped as soon as it is judged."""

    __slots__ = ("_git_lines", "_python_lines", "_text", "_tree", "data", "derived", "path", "role")

    def __init__(self, path: RepoPath, data: bytes, role: Role | None = None) -> None:
        self.path = path
        self.data = data
        self.role: Role = role or role_of(path)
        self._text: str | None = None
        self._tree: ast.Module | None = None
        self._python_lines: list[str] | None = None
        self._git_lines: list[int] | None = None
        self.derived: dict[str, Any] = {}  # what measures made of the tree, so that they make it once

    @property
    def is_python(self) -> bool:
        """The name, or the first line of a file without an ending, says that it is Python."""
        if "." in self.path.rpartition("/")[2]:
            return is_python(self.path)
        return bool(_SHEBANG.match(self.data))

    @property
    def text(self) -> str:
        """The decoded text, line ends as in the file. Raises ReadError."""
        if self._text is None:
            self._text = decode(self.data)
        return self._text

    @property
    def tree(self) -> ast.Module:
        """The syntax tree. Raises ReadError."""
        if self._tree is None:
            self._tree = parse(self.text)
        return self._tree

    def adopt(self, text: str, tree: ast.Module) -> None:
        """Take a text and tree made elsewhere: of a file in newer syntax, written back to older."""
        self._text, self._tree, self._python_lines, self._git_lines = text, tree, None, None

    @property
    def lines(self) -> list[str]:
        """The lines as git counts them: only LF ends one."""
        return self.text.split("\n")

    @property
    def python_lines(self) -> list[str]:
        """The lines as Python counts them: CR, LF and CRLF end one. Not to be changed: the list is kept."""
        if self._python_lines is None:
            text = self.text
            self._python_lines = re.split(r"\r\n|\r|\n", text) if "\r" in text else text.split("\n")
        return self._python_lines

    def git_line(self, line: int) -> int:
        """The line that git counts for a line that Python counts; they part where a lone CR ends one."""
        if self._git_lines is None:
            text = self.text
            lone = "\r" in text and "\r" in text.replace("\r\n", "")
            self._git_lines = _numbered(text) if lone else []
        if not self._git_lines:
            return line
        return self._git_lines[min(line, len(self._git_lines)) - 1]


def _numbered(text: str) -> list[int]:
    """Git's line of the start of each line that Python counts."""
    out, line = [1], 1
    for end in re.findall(r"\r\n|\r|\n", text):
        line += end != "\r"
        out.append(line)
    return out
