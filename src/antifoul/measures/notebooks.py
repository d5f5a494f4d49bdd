"""The code of a notebook, cell after cell, as one text; and which cell a line of it stands in."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.source import parse
from antifoul.facts.tree import Cell

_LANGUAGES = frozenset({"", "python", "python3", "ipython", "ipython3", "xpython"})
# Cell magics whose cell is Python all the same; the code under any other is another program's.
_PYTHON_CELLS = frozenset(
    {"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "debug", "python", "python3"}
)
_CELL_MAGIC = re.compile(r"\s*%%(\w+)[^\n]*")
_MAGIC = re.compile(
    r"""
    ^(?P<indent>[ \t]*) (?: [%!?] | [,;/]\w ) [^\n]*            # %magic, !command, ?help, ;automatic quotes
    | ^(?P<before>[\w., \t]+=[ \t]*) [%!]{1,2}[^\n]*        # name = !command
    | ^(?P<asked>[ \t]*) %{0,2}[\w.*]+\?{1,2}[ \t]*$            # name?
    """,
    re.VERBOSE,
)


class Notebook(NamedTuple):
    """The text of its Python cells, where each begins in it, and the cells that could not be read, with the reason."""

    text: str
    cells: tuple[Cell, ...]
    unread: tuple[tuple[int, str], ...]


def read_notebook(data: bytes) -> Notebook | None:
    """The notebook in a file's bytes; None when it is written in another language than Python.

    A magic becomes a blank line, `pass` where it was indented; a cell that does not parse becomes blank lines.

    Raises:
        ReadError: it is not a notebook.
    """
    try:
        document = json.loads(data)
        cells = list(_code_cells(document))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as problem:
        raise ReadError(f"it is not a notebook ({type(problem).__name__}: {problem})") from None
    if _language(document) not in _LANGUAGES:
        return None
    texts: list[str] = []
    starts: list[Cell] = []
    unread: list[tuple[int, str]] = []
    line = 1
    for number, source in cells:
        text = source.replace("\r\n", "\n").replace("\r", "\n")
        try:
            text = _as_python(text)
        except ReadError as problem:
            unread.append((number, str(problem)))
            text = "\n" * text.count("\n")
        starts.append(Cell(number, line))
        texts.append(text)
        line += text.count("\n") + 1
    return Notebook("\n".join([*texts, ""]) if texts else "", tuple(starts), tuple(unread))


def _code_cells(document: Any) -> Iterator[tuple[int, str]]:  # noqa: ANN401  JSON
    """Each code cell with its number, from 1, among all cells."""
    cells = document["cells"] if "cells" in document else [c for one in document["worksheets"] for c in one["cells"]]
    for number, cell in enumerate(cells, 1):
        if cell["cell_type"] == "code":
            source = cell["source"] if "source" in cell else cell["input"]
            yield number, source if isinstance(source, str) else "".join(source)


def _language(document: Any) -> str:  # noqa: ANN401  JSON
    about = document.get("metadata", {})
    for part, key in (("language_info", "name"), ("kernelspec", "language"), ("kernelspec", "name")):
        if isinstance(told := about.get(part, {}).get(key), str):
            return told.lower()
    return ""


def _as_python(text: str) -> str:
    """The cell without what only IPython reads. Raises ReadError: it does not parse then either."""
    try:
        parse(text)
    except ReadError:
        pass
    else:
        return text
    blanked = _without_magics(text)
    parse(blanked)
    return blanked


def _without_magics(text: str) -> str:
    magic = _CELL_MAGIC.match(text)
    if magic and magic[1] not in _PYTHON_CELLS:
        return "\n" * text.count("\n")
    lines = text.split("\n")
    out: list[str] = []
    goes_on = False  # a magic whose line ends in a backslash
    for line in lines:
        found = None if goes_on else _MAGIC.match(line)
        if goes_on:
            out.append("")
        elif found is None:
            out.append(line)
        elif found["before"]:
            out.append(f"{found['before']}None")
        else:
            indent = found["indent"] or found["asked"] or ""
            out.append(f"{indent}pass" if indent else "")
        goes_on = (goes_on or found is not None) and line.endswith("\\")
    return "\n".join(out)
