"""Where the fields of a class stand in its source, and what is written beside them."""

import ast
import inspect
import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.source import decode, parse


class Written(NamedTuple):
    """The place of a class, and of its fields: file, line, and what the source says of each."""

    name: str
    place: str = ""
    line: int = 0
    fields: Mapping[str, tuple[str, int, str]] = {}


def written_fields(cls: Any) -> Written:  # noqa: ANN401  a class or a function
    """What the source of a class and of those that it inherits from says; nothing where there is no source."""
    found: dict[str, tuple[str, int, str]] = {}
    place, line = "", 0
    for one in reversed(getattr(cls, "__mro__", (cls,))):
        file = _file(one)
        if not file:
            continue
        shown = _near(file)
        for qualname, at, fields in _classes(file):
            if qualname == one.__qualname__:
                found |= {name: (shown, where, about) for name, where, about in fields}
                place, line = shown, at
    return Written(f"{cls.__module__}.{cls.__qualname__}", place, line, found)


def _file(cls: Any) -> str:  # noqa: ANN401  as above
    if getattr(cls, "__module__", "builtins") in {"builtins", "typing", "enum", "pydantic.main", "msgspec"}:
        return ""
    try:
        return inspect.getsourcefile(cls) or ""
    except (TypeError, OSError):
        return ""


def _near(file: str) -> str:
    """The path as it is seen from here, where it stands below."""
    here = os.getcwd() + os.sep  # noqa: PTH109  a prefix of text
    return file.removeprefix(here)


@lru_cache(maxsize=64)
def _classes(file: str) -> tuple[tuple[str, int, tuple[tuple[str, int, str], ...]], ...]:
    try:
        text = decode(Path(file).read_bytes())
        return tuple(classes_in(parse(text), text))
    except (OSError, ReadError):
        return ()


def classes_in(module: ast.Module, text: str) -> Iterator[tuple[str, int, tuple[tuple[str, int, str], ...]]]:
    """Each class and function: its dotted name, its line, and its fields or parameters with line and comment."""
    lines = text.split("\n")
    waiting: list[tuple[str, ast.stmt]] = [("", one) for one in module.body]
    while waiting:
        around, node = waiting.pop(0)
        if isinstance(node, ast.ClassDef):
            name = f"{around}{node.name}"
            yield name, node.lineno, tuple(fields_in(node, lines))
            waiting = [(f"{name}.", one) for one in node.body] + waiting
        elif isinstance(node, ast.FunctionDef):
            name = f"{around}{node.name}"
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            yield (
                name,
                node.lineno,
                tuple((one.arg, one.lineno, beside(lines, one.end_lineno or 0)) for one in arguments),
            )
            waiting = [(f"{name}.<locals>.", one) for one in node.body] + waiting


def fields_in(node: ast.ClassDef, lines: list[str]) -> Iterator[tuple[str, int, str]]:
    """The annotated names of a class body, each with its line and what is written of it."""
    documented = dict(_in_docstring(ast.get_docstring(node) or ""))
    for number, one in enumerate(node.body):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            below = node.body[number + 1] if number + 1 < len(node.body) else None
            said = below.value.value if _is_text(below) else ""  # type: ignore[union-attr]  # checked there
            about = " ".join(str(said).split()) or beside(lines, one.end_lineno or 0) or above(lines, one.lineno)
            yield one.target.id, one.lineno, about or documented.get(one.target.id, "")


def _is_text(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def beside(lines: list[str], number: int) -> str:
    """The comment at the end of a line."""
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    code = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", lambda text: "_" * len(text[0]), line)
    return _comment(line[code.index("#") :]) if "#" in code else ""


def above(lines: list[str], number: int) -> str:
    """The comments that stand alone right above a line, as one text."""
    found: list[str] = []
    at = number - 2
    while at >= 0 and lines[at].strip().startswith("#"):
        found.insert(0, _comment(lines[at].strip()))
        at -= 1
    return " ".join(text for text in found if text)


def _comment(text: str) -> str:
    bare = text.lstrip("#: ").strip()
    return "" if re.match(r"(?:noqa|type:|pragma|pylint|fmt:|mypy|-{3,}|={3,})", bare) else bare


_HEAD = re.compile(
    r"\s*(?:[-*]\s+)?(?::(?:param|ivar|var|attr)\s+)?[`*]{0,2}(?P<name>\w+)[`*]{0,2}"
    r"(?:(?P<numpy>\s+:\s.*)|\s*(?:\([^)]*\))?\s*:(?:\s+(?P<said>.*))?)$"
)
_SECTIONS = frozenset(
    {"args", "arguments", "attributes", "parameters", "params", "fields", "returns", "return", "raises", "example",
     "examples", "note", "notes", "keyword args", "usage", "yields", "see also", "warning"}
)  # fmt: skip


def _in_docstring(text: str) -> Iterator[tuple[str, str]]:
    """What a docstring says of each field: Google's `name (type): text`, numpy's and Sphinx's forms."""
    name, indent = "", 0
    said: list[str] = []
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip())
        if line.strip().rstrip(":").lower() in _SECTIONS or (line.strip() and not line.strip("-= ")):
            head = None
            depth = 0
        else:
            head = _HEAD.match(line)
        if name and line.strip() and (depth <= indent or (head is None and depth == 0)):
            yield name, " ".join(said)
            name = ""
        if name:
            said += [line.strip()] if line.strip() else []
        elif head is not None:
            name, indent = head["name"], depth
            said = [head["said"].strip()] if head["said"] else []
    if name:
        yield name, " ".join(said)
