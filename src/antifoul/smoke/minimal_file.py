"""A config file cut to a run on the spot, written elsewhere: the user's own is only read."""

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.stack.bases import BASE_KEYS
from antifoul.facts.stack.nodes import to_plain
from antifoul.facts.stack.stack import Stack
from antifoul.readers.stack.chain import chain_of
from antifoul.smoke.building import BuildError, told
from antifoul.smoke.minimal import StandIns, minimal, overridden


class MinimalFile(NamedTuple):
    """A config that was cut, where it was written, and what was changed in it."""

    path: str
    config: Any
    changes: tuple[str, ...]


def read_plain(path: str) -> Any:  # noqa: ANN401  a config as read
    """The values of one YAML, JSON or TOML file, as its usual reader gives them.

    Raises:
        BuildError: it cannot be read.
    """
    kind = Path(path).suffix.lower()
    if kind not in _READ:
        raise BuildError(f"{path}: only YAML, JSON and TOML can be cut to a tiny run")
    try:
        return _READ[kind](Path(path).read_text(encoding="utf-8"))
    except OSError as problem:
        raise BuildError(f"{path} cannot be read: {problem.strerror}") from problem
    except Exception as problem:  # each format's own error
        raise BuildError(f"{path} cannot be read: {told(problem)}") from problem


def whole(path: str, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The values in force: the file on the base files that it names, with dotted overrides on top.

    Raises:
        BuildError: one of the files cannot be read.
    """
    try:
        chain = chain_of(path, "experiment")
    except ReadError as problem:
        raise BuildError(str(problem)) from problem
    values = to_plain(Stack(tuple(chain.layers), tuple(chain.notes)).tree)
    if not isinstance(values, dict):
        raise BuildError(f"{path}: the config is no mapping")
    overridden(values, overrides or {})
    return values


def is_here(text: str, *folders: Path) -> bool:
    """Data of that name is on this machine: a path that exists, or a name that the program itself knows."""
    return "/" not in text or any((folder / text).exists() for folder in folders)


def minimal_file(path: str, stand_ins: StandIns, folder: Path, overrides: Mapping[str, Any]) -> MinimalFile:
    """The file with its own keys, and those of its bases, cut to a run on the spot.

    Raises:
        BuildError: it cannot be read, or has no mapping at its top.
    """
    own = read_plain(path)
    if not isinstance(own, dict):
        raise BuildError(f"{path}: the config is no mapping")
    bases = [key for key in BASE_KEYS if key in own and isinstance(own[key], str | list)]
    cut = minimal({key: value for key, value in own.items() if key not in bases}, stand_ins)
    config = {**{key: _absolute(own[key], Path(path).resolve().parent) for key in bases}, **cut.config}
    changes = list(cut.changes)
    if bases:
        inherited = minimal(whole(path), stand_ins)
        _lay(config, own, inherited.config, whole(path))
        changes += [one for one in inherited.changes if one not in changes]
    overridden(config, overrides)
    changes += [f"{key}: set to {value}" for key, value in overrides.items()]
    target = folder / Path(path).name
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(_WRITE[target.suffix.lower()](config), encoding="utf-8")
    return MinimalFile(str(target), config, tuple(changes))


def _lay(config: dict[str, Any], own: Mapping[str, Any], cut: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Set in the file what was cut of a base's keys."""
    for key, value in cut.items():
        if isinstance(value, Mapping) and isinstance(before.get(key), Mapping):
            inner = config.setdefault(key, {}) if key not in own or isinstance(own[key], dict) else None
            if inner is not None:
                _lay(inner, own.get(key) or {}, value, before[key])
                if not inner and key not in own:
                    del config[key]
        elif key not in own and value != before.get(key):
            config[key] = value


def _absolute(value: Any, folder: Path) -> Any:  # noqa: ANN401  a path, or several
    if isinstance(value, list):
        return [_absolute(one, folder) for one in value]
    return str(folder / value) if isinstance(value, str) and (folder / value).exists() else value


def _yaml(text: str) -> Any:  # noqa: ANN401  a config as read
    import yaml

    return yaml.safe_load(text)


def _as_yaml(config: Any) -> str:  # noqa: ANN401  a config as read
    import yaml

    return str(yaml.safe_dump(config, sort_keys=False, allow_unicode=True))


def _as_toml(config: Mapping[str, Any], prefix: str = "") -> str:
    """TOML of plain values; what is None has no place in it and is left out."""
    plain = {key: value for key, value in config.items() if not isinstance(value, Mapping) and value is not None}
    lines = [
        f"{json.dumps(key)} = {json.dumps(value, ensure_ascii=False, default=str)}" for key, value in plain.items()
    ]
    for key, value in config.items():
        if isinstance(value, Mapping):
            path = f"{prefix}.{json.dumps(key)}" if prefix else json.dumps(key)
            lines += [f"[{path}]", _as_toml(value, path)]
    return "\n".join(lines) + "\n"


_READ: Mapping[str, Callable[[str], Any]] = {
    ".yaml": _yaml,
    ".yml": _yaml,
    ".json": json.loads,
    ".toml": tomllib.loads,
}
_WRITE: Mapping[str, Callable[[Any], str]] = {
    ".yaml": _as_yaml,
    ".yml": _as_yaml,
    ".json": lambda config: json.dumps(config, indent=1) + "\n",
    ".toml": _as_toml,
}
