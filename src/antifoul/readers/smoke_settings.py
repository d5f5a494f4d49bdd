"""Read `[tool.antifoul.smoke]`: an unknown key or a wrong type is an error with its line and a did-you-mean."""

import tomllib
from typing import Any, NamedTuple

from antifoul.facts.errors import UsageError
from antifoul.facts.paths import shown
from antifoul.readers.toml_lines import key_line

_KEYS = ("configs", "seed", "targets")


class SmokeSettings(NamedTuple):
    """What to try. `configs` are globs from the repository's root, None for the usual places."""

    targets: tuple[str, ...] = ()
    configs: tuple[str, ...] | None = None
    seed: int = 0


def smoke_settings(data: bytes, file: str) -> SmokeSettings:
    """The settings in a pyproject.toml (under `tool.antifoul.smoke`) or an antifoul.toml (under `smoke`).

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
        _check(key, value, f"{shown(file)}:{key_line(text, (*prefix, key))}")
    configs = table.get("configs")
    return SmokeSettings(
        targets=tuple(table.get("targets", ())),
        configs=None if configs is None else tuple(configs),
        seed=table.get("seed", 0),
    )


def _check(key: str, value: object, place: str) -> None:
    if key not in _KEYS:
        from difflib import get_close_matches  # noqa: PLC0415  only for a wrong name

        close = get_close_matches(key, _KEYS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(_KEYS)}"
        raise UsageError(f"{place}: unknown key 'smoke.{key}': {hint}")
    if key == "seed":
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise UsageError(f"{place}: 'smoke.seed' must be a whole number of at least 0")
    elif not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UsageError(f"{place}: 'smoke.{key}' must be a list of strings")
