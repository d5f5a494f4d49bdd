"""Read `[tool.antifoul.smoke]`: an unknown key or a wrong type is an error with its line and a did-you-mean."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from antifoul.facts.errors import UsageError
from antifoul.facts.paths import shown
from antifoul.readers.toml_lines import key_line

BUDGET = 60.0


class ScriptSettings(NamedTuple):
    """A script to try as it is. `command` and `overrides` may hold placeholders such as {tiny_model}."""

    command: str
    name: str = ""  # what its tests are called; "": the command
    config: str = ""  # the file that {config} stands for, cut to a tiny run by its own keys
    folder: str = ""  # where it runs, from the repository's root
    steps: int = 0  # optimizer steps to record; 0: as many as the laws need
    overrides: Mapping[str, Any] = {}  # keys of the config, dotted


class SmokeSettings(NamedTuple):
    """What to try. `configs` are globs from the repository's root, None for the usual places."""

    targets: tuple[str, ...] = ()
    scripts: tuple[ScriptSettings, ...] = ()
    configs: tuple[str, ...] | None = None
    laws: tuple[str, ...] = ()  # empty: all
    seed: int = 0
    budget: float = BUDGET  # seconds of computing time a target
    names: Mapping[str, str] = {}  # a name that antifoul understands -> what the target calls it, dotted
    overrides: Mapping[str, Any] = {}  # for factories that take them; values may hold placeholders
    resources: Mapping[str, Mapping[str, float]] = {}  # a pattern of target names -> cpus, gpus, memory_gb, ...
    declared: Mapping[str, Any] = {}  # what is meant: train_on, normalise, good_answer, bad_answer, config_loader


def settings_at(root: Path) -> SmokeSettings:
    """The settings of the repository in that folder, the usual ones where it has none.

    Raises:
        UsageError: see `smoke_settings`.
    """
    for name in ("antifoul.toml", "pyproject.toml"):
        file = root / name
        if file.is_file() and b"smoke" in (data := file.read_bytes()):
            return smoke_settings(data, name)
    return SmokeSettings()


def smoke_settings(data: bytes, file: str) -> SmokeSettings:
    """The settings in a pyproject.toml (under `tool.antifoul.smoke`) or an antifoul.toml (under `smoke`).

    A key may be written with dashes or with underscores.

    Raises:
        UsageError: not TOML, an unknown key, a wrong type.
    """
    prefix = ("tool", "antifoul", "smoke") if file.rpartition("/")[2] == "pyproject.toml" else ("smoke",)
    try:
        text = data.decode("utf-8-sig")
        table: Any = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UsageError(f"{shown(file)}: it is not valid TOML: {problem}") from None
    for part in prefix:
        table = table.get(part, {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f"{shown(file)}:{key_line(text, prefix)}: 'smoke' must be a table")
    for key, value in table.items():
        _check(f"smoke.{key}", value, _KINDS, f"{shown(file)}:{key_line(text, (*prefix, key))}")
    given = {key.replace("-", "_"): value for key, value in table.items()}
    place = f"{shown(file)}:{key_line(text, (*prefix, 'scripts'))}"
    single = given.get("script")
    scripts = [*([single] if single else []), *given.get("scripts", [])]
    return SmokeSettings(
        targets=tuple(given.get("targets", ())),
        scripts=tuple(_script(one, place) for one in scripts),
        configs=None if given.get("configs") is None else tuple(given["configs"]),
        laws=tuple(given.get("laws", ())),
        seed=given.get("seed", 0),
        budget=float(given.get("budget", BUDGET)),
        names=given.get("names", {}),
        overrides=given.get("overrides", {}),
        resources=given.get("resources", {}),
        declared={key: given[key] for key in _DECLARED if key in given},
    )


def _script(given: str | Mapping[str, Any], place: str) -> ScriptSettings:
    if isinstance(given, str):
        return ScriptSettings(given)
    for key, value in given.items():
        _check(f"smoke.scripts.{key}", value, _OF_SCRIPTS, place)
    if not given.get("command"):
        raise UsageError(f"{place}: a script has no 'command': write command = \"train.py --config ...\"")
    return ScriptSettings(**{key.replace("-", "_"): value for key, value in given.items()})


def _check(path: str, value: object, kinds: "Mapping[str, _Kind]", place: str) -> None:
    key = path.rpartition(".")[2].replace("-", "_")
    if key not in kinds:
        from difflib import get_close_matches  # noqa: PLC0415  only for a wrong name

        close = get_close_matches(key, kinds, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(sorted(kinds))}"
        raise UsageError(f"{place}: unknown key {path!r}: {hint}")
    if not kinds[key].fits(value):
        raise UsageError(f"{place}: {path!r} must be {kinds[key].words}")


class _Kind(NamedTuple):
    """What a value may be, and how that is said."""

    fits: Callable[[Any], bool]
    words: str


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_names(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _is_resources(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(needs, dict) and all(map(_is_number, needs.values())) for needs in value.values()
    )


def _one_of(words: Iterable[str]) -> _Kind:
    known = tuple(words)
    return _Kind(lambda value: value in known, "one of " + ", ".join(f'"{one}"' for one in known))


_STRING = _Kind(lambda value: isinstance(value, str), "a string")
_STRINGS = _Kind(_is_strings, "a list of strings")
_COUNT = _Kind(lambda value: _is_number(value) and value >= 0 and value == int(value), "a whole number of at least 0")
_TABLE = _Kind(lambda value: isinstance(value, dict), "a table")
_DECLARED: Mapping[str, _Kind] = {
    "train_on": _one_of(("completion", "assistant", "all")),
    "normalise": _one_of(("token", "sequence", "micro-batch")),
    "good_answer": _STRING,
    "bad_answer": _STRING,
    "config_loader": _STRING,
}
_KINDS: Mapping[str, _Kind] = {
    "targets": _STRINGS,
    "script": _STRING,
    "scripts": _Kind(
        lambda value: isinstance(value, list) and all(isinstance(one, str | dict) for one in value),
        "a list of commands, or tables with a command",
    ),
    "configs": _STRINGS,
    "laws": _STRINGS,
    "seed": _COUNT,
    "budget": _Kind(lambda value: _is_number(value) and value > 0, "a number of seconds above 0"),
    "names": _Kind(_is_names, "a table of names"),
    "overrides": _TABLE,
    "resources": _Kind(_is_resources, 'a table of tables: "my_pkg.rl:*" = { cpus = 4, gpus = 1 }'),
    **_DECLARED,
}
_OF_SCRIPTS: Mapping[str, _Kind] = {
    "command": _STRING,
    "name": _STRING,
    "config": _STRING,
    "folder": _STRING,
    "steps": _COUNT,
    "overrides": _TABLE,
}
