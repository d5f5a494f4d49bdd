"""Read a config's keys with their lines: YAML, JSON, TOML. Only text that `read_config` let through."""

import json
import re
import tomllib
from typing import Any

from antifoul.facts.config import format_of
from antifoul.facts.keys import Entry, Node
from antifoul.facts.paths import RepoPath
from antifoul.readers.toml_lines import key_line

_MOST_NODES = 100_000
_DEEPEST = 100
_TAGS = {
    "tag:yaml.org,2002:str": "str", "tag:yaml.org,2002:int": "int", "tag:yaml.org,2002:float": "float",
    "tag:yaml.org,2002:bool": "bool", "tag:yaml.org,2002:null": "null", "tag:yaml.org,2002:timestamp": "timestamp",
    "tag:yaml.org,2002:merge": "merge",
}  # fmt: skip
_JSON = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def documents(path: RepoPath, data: bytes) -> tuple[Node, ...]:
    """The documents of a config; none where it cannot be read, is too deep or too large."""
    text = data.decode("utf-8-sig", "replace")
    kind = format_of(path) or "yaml"
    try:
        if kind == "yaml":
            return _of_yaml(text)
        return (_of_json(text),) if kind == "json" else (_of_toml(text),)
    except (_TooMuchError, RecursionError, ValueError, KeyError, IndexError):
        return ()


class _TooMuchError(Exception):
    """More nodes or levels than are looked at."""


class _Budget:
    def __init__(self) -> None:
        self.left = _MOST_NODES

    def spend(self, depth: int) -> None:
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            raise _TooMuchError


def _of_yaml(text: str) -> tuple[Node, ...]:
    import yaml

    if max(text.count("["), text.count("{")) > 2000 or re.search(r"^ {400}", text, re.MULTILINE):
        return ()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    budget = _Budget()
    try:
        return tuple(_node(one, budget, 0) for one in yaml.compose_all(text, Loader=loader))
    except yaml.YAMLError:
        return ()


def _node(node: Any, budget: _Budget, depth: int) -> Node:  # noqa: ANN401  PyYAML's nodes have no types
    budget.spend(depth)
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if node.id == "mapping":
        return Node("map", line, column, entries=tuple(_entries(node, budget, depth)))
    if node.id == "sequence":
        return Node("list", line, column, elements=tuple(_node(one, budget, depth + 1) for one in node.value))
    return Node("scalar", line, column, node.value, _TAGS.get(node.tag, "tagged"), not node.style)


def _entries(node: Any, budget: _Budget, depth: int) -> list[Entry]:  # noqa: ANN401  see above
    found: list[Entry] = []
    own = {key.value for key, _ in node.value if key.id == "scalar"}
    for key, value in node.value:
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        if key.id != "scalar":
            continue
        if key.tag == "tag:yaml.org,2002:merge":
            merged = value.value if value.id == "sequence" else [value]
            for one in merged:
                if one.id == "mapping":
                    inner = _entries(one, budget, depth + 1)
                    found += [entry._replace(merged=True) for entry in inner if entry.key not in own]
            continue
        found.append(Entry(key.value, line, column, _node(value, budget, depth + 1)))
    return found


def _of_json(text: str) -> Node:
    """The one value of a JSON text, by its tokens: `json` itself says no lines."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    tokens = [(found[0], found.start()) for found in _JSON.finditer(text)]
    return _JsonReader(tokens, starts).value(0)


class _JsonReader:
    def __init__(self, tokens: list[tuple[str, int]], starts: list[int]) -> None:
        self._tokens = tokens
        self._starts = starts
        self._at = 0
        self._budget = _Budget()

    def _place(self, offset: int) -> tuple[int, int]:
        from bisect import bisect_right  # noqa: PLC0415

        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def value(self, depth: int) -> Node:
        self._budget.spend(depth)
        text, offset = self._tokens[self._at]
        line, column = self._place(offset)
        self._at += 1
        if text == "{":
            return Node("map", line, column, entries=tuple(self._entries(depth)))
        if text == "[":
            return Node("list", line, column, elements=tuple(self._elements(depth)))
        if text.startswith('"'):
            return Node("scalar", line, column, json.loads(text))
        made = json.loads(text)
        tag = {bool: "bool", int: "int", float: "float", type(None): "null"}.get(type(made), "str")
        return Node("scalar", line, column, text, tag, plain=True)

    def _entries(self, depth: int) -> list[Entry]:
        found: list[Entry] = []
        while self._tokens[self._at][0] != "}":
            if self._tokens[self._at][0] == ",":
                self._at += 1
                continue
            key, offset = self._tokens[self._at]
            self._at += 2  # the key and its colon
            found.append(Entry(json.loads(key), *self._place(offset), self.value(depth + 1)))
        self._at += 1
        return found

    def _elements(self, depth: int) -> list[Node]:
        found: list[Node] = []
        while self._tokens[self._at][0] != "]":
            if self._tokens[self._at][0] == ",":
                self._at += 1
                continue
            found.append(self.value(depth + 1))
        self._at += 1
        return found


def _of_toml(text: str) -> Node:
    return _from_value(tomllib.loads(text), text, (), _Budget())


def _from_value(value: Any, text: str, path: tuple[str, ...], budget: _Budget) -> Node:  # noqa: ANN401  out of a file
    budget.spend(len(path))
    line = key_line(text, path) if path else 1
    if isinstance(value, dict):
        entries = (
            Entry(key, key_line(text, (*path, key)), 1, _from_value(inner, text, (*path, key), budget))
            for key, inner in value.items()
        )
        return Node("map", line, 1, entries=tuple(entries))
    if isinstance(value, list):
        return Node("list", line, 1, elements=tuple(_from_value(one, text, path, budget) for one in value))
    tag = {bool: "bool", int: "int", float: "float", str: "str"}.get(type(value), "timestamp")
    return Node("scalar", line, 1, str(value), tag)
