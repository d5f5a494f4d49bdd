"""A config file as a layer: which reader its name asks for, and what is refused before any reads it."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.paths import shown
from antifoul.facts.stack.nodes import Node, Note, Table
from antifoul.readers.configs import LARGEST, decoded, is_to_fill_in
from antifoul.readers.disk import read_regular

Reader = Callable[[str, str, str], tuple[Node, list[Note]]]

ENDINGS = (".yaml", ".yml", ".json", ".toml", ".py")


class NoMappingError(ReadError):
    """A file whose top is a list or a value: data, not a config."""


class Reading(NamedTuple):
    """What one file sets, and what there is to say of it."""

    tree: Table
    notes: tuple[Note, ...] = ()
    text: str = ""


def read_file(place: str, layer: str) -> Reading:
    """The file as a layer. A link is followed: which file a config is, is the user's to say.

    Raises:
        ReadError: in one line, with the file and the line.
    """
    try:
        data = b"" if _is_data(place) else read_regular(os.path.realpath(place))
    except ReadError as problem:
        raise ReadError(f"{shown(place)}: {problem}") from None
    if _is_data(place):
        raise ReadError(f"{shown(place)}: larger than {LARGEST // 1_000_000} MB: data, not a config")
    return read_text(place, data, layer)


def _is_data(place: str) -> bool:
    """The file is larger than any config."""
    try:
        return Path(place).stat().st_size > LARGEST and Path(place).is_file()
    except OSError:
        return False


def read_text(place: str, data: bytes, layer: str) -> Reading:
    """What these bytes set, read as the name's ending says.

    Raises:
        ReadError: as above.
    """
    try:
        text = decoded(data)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ReadError(f"{shown(place)}:{line}: byte 0x{data[problem.start]:02x} is not UTF-8") from None
    try:
        tree, notes = _reader(place)(text, layer, place)
    except ReadError as problem:
        raise _placed(problem, place, text) from None
    if not isinstance(tree, Table):
        raise NoMappingError(f"{shown(place)}:{tree.origin.line}: its top is no mapping of keys")
    return Reading(tree, tuple(notes), text)


def _placed(problem: ReadError, place: str, text: str) -> ReadError:
    message, line, column = problem.args if len(problem.args) == 3 else (str(problem), 0, 0)
    if not place.endswith(".py") and is_to_fill_in(text):
        message = f"a template to be filled in, not a config yet ({message})"
    return ReadError(f"{shown(place)}:{line}:{column}: {message}" if line else f"{shown(place)}: {message}")


def _reader(place: str) -> Reader:
    ending = Path(place).suffix.lower()
    if ending not in _READERS:
        raise ReadError(f"it is no {', '.join(name[1:] for name in ENDINGS[:-1])} or py file")
    return _READERS[ending]


def _yaml(text: str, layer: str, place: str) -> tuple[Node, list[Note]]:
    from antifoul.readers.stack.yaml_tree import yaml_tree  # noqa: PLC0415  PyYAML is loaded for YAML alone

    return yaml_tree(text, layer, place)


def _json(text: str, layer: str, place: str) -> tuple[Node, list[Note]]:
    from antifoul.readers.stack.json_tree import json_tree  # noqa: PLC0415  each format's reader for that format

    return json_tree(text, layer, place)


def _toml(text: str, layer: str, place: str) -> tuple[Node, list[Note]]:
    from antifoul.readers.stack.toml_tree import toml_tree  # noqa: PLC0415  as above

    return toml_tree(text, layer, place)


def _python(text: str, layer: str, place: str) -> tuple[Node, list[Note]]:
    from antifoul.readers.stack.python_tree import python_tree  # noqa: PLC0415  as above

    return python_tree(text, layer, place)


_READERS: Mapping[str, Reader] = {".yaml": _yaml, ".yml": _yaml, ".json": _json, ".toml": _toml, ".py": _python}
