"""Read a config file from bytes: YAML, JSON or TOML, with the lines of its keys. Nothing is constructed or expanded."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from antifoul.facts.config import Base, Config, Format, Inheritance, Problem, Reference, format_of
from antifoul.facts.errors import ReadError
from antifoul.facts.paths import RepoPath
from antifoul.readers.config_marks import Marks
from antifoul.readers.toml_lines import key_line

LARGEST = 5_000_000  # bytes; a larger one is data, not a config
_DEEPEST = 64  # bases on bases: what goes deeper goes in circles
_TEMPLATE = re.compile(r"^\s*(?:-\s*)?(?:#\s*)?\{%|^\s*\{\{|:\s*\{\{", re.MULTILINE)
_TEMPLATE_COMMENT = re.compile(r"^\s*#\s*\{%", re.MULTILINE)
_JSON_COMMENT = re.compile(r"""^(?:[^"\n]|"(?:[^"\\\n]|\\.)*")*?(?://|/\*)""", re.MULTILINE)  # outside of strings
_WITH_COMMENTS = re.compile(r"(?:^|/)(?:\.vscode|\.devcontainer|\.zed)/|(?:^|/)[jt]sconfig[^/]*\.json$")  # by custom
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_BASE_KEYS = frozenset({"_base_", "base", "base_config", "extends"})
# Not a plain path in this tree: a variable, a template, an address, a package, a pattern, an absolute path.
_ELSEWHERE = re.compile(r"\$|\{|\}|:|@|>|\*|\\|^[/~]")


def read_config(path: RepoPath, data: bytes) -> Config:
    """The config in these bytes; what cannot be read or is not to be judged is said in it, never raised."""
    kind = format_of(path) or "yaml"
    if len(data) > LARGEST:
        return Config(path, kind, skip=f"larger than {LARGEST // 1_000_000} MB")
    try:
        text = decoded(data)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        column = problem.start - data.rfind(b"\n", 0, problem.start)
        return Config(path, kind, Problem(line, column, f"byte 0x{data[problem.start]:02x} is not UTF-8"))
    try:
        return _READ[kind](path, text)
    except ReadError as problem:
        return Config(path, kind, _placed(problem))


def decoded(data: bytes) -> str:
    """The text of a config: UTF-8, or UTF-16 where it says so."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def is_to_fill_in(text: str) -> bool:
    """The text is a template: a block of Jinja stands in it."""
    return _TEMPLATE.search(text) is not None


def _placed(problem: ReadError) -> Problem:
    message, line, column = problem.args if len(problem.args) == 3 else (str(problem), 1, 1)
    return Problem(line, column, message)


def _yaml(path: RepoPath, text: str) -> Config:
    from antifoul.readers.config_yaml import marked  # noqa: PLC0415  PyYAML is loaded for YAML alone

    marks = Marks()
    try:
        marked(text, marks)
    except ReadError as problem:
        if is_to_fill_in(text):
            return Config(path, "yaml", skip="a template to be filled in")
        raise problem from None
    if marks.repeated and _TEMPLATE_COMMENT.search(text):
        return Config(path, "yaml", skip="a template to be filled in")
    return Config(path, "yaml", repeated=tuple(marks.repeated), references=tuple(_references(marks)))


def _json(path: RepoPath, text: str) -> Config:
    try:
        json.loads(text)
    except json.JSONDecodeError as problem:
        if _JSON_COMMENT.search(text) or _WITH_COMMENTS.search(path):
            return Config(path, "json", skip="JSON with comments")
        if _is_lines(text):
            return Config(path, "json", skip="JSON lines: data, not a config")
        if is_to_fill_in(text):
            return Config(path, "json", skip="a template to be filled in")
        raise ReadError(f"it is not JSON: {problem.msg}", problem.lineno, problem.colno) from None
    except RecursionError:
        raise ReadError("it is nested deeper than Python's parser goes", 1, 1) from None
    marks = Marks()
    _walk_json(text, marks)
    return Config(path, "json", repeated=tuple(marks.repeated), references=tuple(_references(marks)))


def _is_lines(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()][:3]
    try:
        return len(lines) > 1 and all(isinstance(json.loads(line), dict | list) for line in lines)
    except ValueError:
        return False


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def _walk_json(text: str, marks: Marks) -> None:
    """Tell the marks what valid JSON holds; iterative, as depth is the file's to choose."""
    line, line_start, told = 1, 0, 0
    pending: tuple[str, int, int] | None = None
    for token in _TOKEN.finditer(text):
        start = token.start()
        if breaks := text.count("\n", told, start):
            line += breaks
            line_start = text.rfind("\n", told, start) + 1
        told = start
        sign = token[0]
        if sign == ":" and pending is not None:
            marks.key(pending[0], pending[1], pending[2])
            pending = None
            continue
        if pending is not None:
            marks.scalar(*pending)
            pending = None
        if sign in "{[":
            marks.enter(mapping=sign == "{")
        elif sign in "}]":
            marks.leave()
        elif sign[0] == '"':
            pending = (json.loads(sign), line, start - line_start + 1)
        elif sign != ",":
            marks.scalar(None, line, start - line_start + 1)


def _toml(path: RepoPath, text: str) -> Config:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        place = _TOML_PLACE.search(str(problem))
        line, column = (int(place[1]), int(place[2])) if place and place[1] else (text.count("\n") + 1, 1)
        raise ReadError(f"it is not TOML: {_TOML_PLACE.sub('', str(problem))}", line, column) from None
    except RecursionError:
        raise ReadError("it is nested deeper than Python's parser goes", 1, 1) from None
    references = [
        Reference(key, one, key_line(text, (key,)), 1) for key, value in table.items() for one in _texts(key, value)
    ]
    return Config(path, "toml", references=tuple(references))


_READ: dict[Format, Callable[[RepoPath, str], Config]] = {"yaml": _yaml, "json": _json, "toml": _toml}


def _texts(key: str, value: Any) -> Iterator[str]:  # noqa: ANN401  a value out of a parsed file
    if key in _BASE_KEYS:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and _is_file(one):
                yield one


def _references(marks: Marks) -> Iterator[Reference]:
    for key, text, line, column in marks.top:
        if key in _BASE_KEYS and _is_file(text):
            yield Reference(key, text, line, column)


def _is_file(text: str) -> bool:
    return format_of(text) is not None and not _ELSEWHERE.search(text)


def inheritance_of(
    configs: Iterable[Config], known: Callable[[RepoPath], bool], read: Callable[[RepoPath], bytes | None]
) -> Inheritance:
    """The bases of these configs and of all that they are built on.

    A reference is looked for beside the file, then in each folder above it up to the repository's root. One that
    leads out of the repository is not judged. `known` says which files exist; `read` gives a base's bytes, None where
    it cannot.
    """
    bases: dict[RepoPath, tuple[Base, ...]] = {}
    waiting = list(configs)
    for _ in range(_DEEPEST):
        found = {config.path: tuple(_resolved(config, known)) for config in waiting if config.path not in bases}
        bases.update(found)
        ahead = {base.target for each in found.values() for base in each if base.target} - bases.keys()
        read_ones = ((path, read(path)) for path in sorted(ahead))
        waiting = [read_config(path, data) for path, data in read_ones if data is not None]
        if not waiting:
            break
    return Inheritance(bases)


def _resolved(config: Config, known: Callable[[RepoPath], bool]) -> Iterator[Base]:
    folders = config.path.split("/")[:-1]
    for reference in config.references:
        places = [_joined(folders[:depth], reference.text) for depth in range(len(folders), -1, -1)]
        if places[0] is None:
            continue
        yield Base(reference, next((place for place in places if place is not None and known(place)), ""))


def _joined(folders: list[str], text: str) -> RepoPath | None:
    """The path from the repository's root; None where it leads out of it."""
    parts = list(folders)
    for part in text.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
