"""The kinds of measures that the ledger keeps: each is one function of a content, and its bytes."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from antifoul.facts.copyable import Units
from antifoul.facts.errors import ReadError
from antifoul.facts.paths import RepoPath
from antifoul.facts.source import Source
from antifoul.facts.tree import Code
from antifoul.ledger.encoding import decoded, decoded_units, encoded, encoded_units
from antifoul.measures import code, copyable
from antifoul.measures.notebooks import read_notebook

OTHER_LANGUAGE = "its cells are not Python"
_T = TypeVar("_T")


class Kind(NamedTuple, Generic[_T]):
    """One kind. Its functions stand in modules, so that a worker process finds them by name."""

    version: str  # what its numbers depend on beside the content
    measure: Callable[[Source, tuple[str, ...]], _T]
    encoded: Callable[[_T | ReadError], bytes]
    decoded: Callable[[bytes], _T | ReadError]
    notebook: Callable[[RepoPath, bytes, tuple[str, ...]], _T | ReadError] | None = None
    by_markers: bool = False  # the debt markers of the settings change what it says


def _notebook(path: RepoPath, data: bytes, words: tuple[str, ...]) -> Code | ReadError:
    """The numbers of the cells' code. Copies are not looked for in notebooks, nor names: cells may run in any order."""
    try:
        found = read_notebook(data)
        if found is None:
            return ReadError(OTHER_LANGUAGE)
        numbers = code.measure(Source(path, found.text.encode("utf-8", "surrogatepass")), words)
    except (ReadError, RecursionError, MemoryError) as problem:
        return problem if isinstance(problem, ReadError) else ReadError("it is nested deeper than can be measured")
    return numbers._replace(copyable=(), undefined=(), cells=found.cells, unread_cells=found.unread)


def _units(source: Source, _words: tuple[str, ...]) -> Units:
    return copyable.units(source)


NUMBERS = Kind(str(code.VERSION), code.measure, encoded, decoded, _notebook, by_markers=True)
UNITS = Kind(f"units {copyable.VERSION}", _units, encoded_units, decoded_units)
