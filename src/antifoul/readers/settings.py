"""Read `[tool.antifoul]` from bytes: an unknown key or a wrong type is an error with its line and a did-you-mean."""

from __future__ import annotations

import re

from antifoul.facts.errors import UsageError
from antifoul.facts.finding import SEVERITIES
from antifoul.facts.paths import shown
from antifoul.facts.record import NamedTuple
from antifoul.facts.settings import PROFILES, Allowance, Settings, Thresholds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any


_LISTS = ("include", "exclude", "source", "tests", "select", "ignore", "markers", "siblings", "plugins")
_TABLES = ("thresholds", "rules", "naming", "configs", "report", "smoke")  # the pytest plugin reads smoke
_LEVELS = (*SEVERITIES, "off")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class _Place(NamedTuple):
    """Where a value stands, for a message."""

    file: str
    text: str
    prefix: tuple[str, ...]

    def refuse(self, path: tuple[str, ...], message: str) -> UsageError:
        from antifoul.readers.toml_lines import key_line  # noqa: PLC0415  only where something is wrong

        line = key_line(self.text, self.prefix + path)
        return UsageError(f"{shown(self.file)}:{line}: {message}")

    def unknown(self, path: tuple[str, ...], known: Iterable[str]) -> UsageError:
        from difflib import get_close_matches  # noqa: PLC0415  only for a wrong name

        names = sorted(known)
        close = get_close_matches(path[-1], names, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(names)}"
        return self.refuse(path, f"unknown key {'.'.join(path)!r}: {hint}")


def settings_from(data: bytes, file: str, rules_with: Callable[[tuple[str, ...]], Iterable[str]]) -> Settings | None:
    """The settings in a TOML file, or None when the file (a pyproject.toml) has no `[tool.antifoul]`.

    `rules_with` gives the names of all rules for the plugins that the settings name.

    Raises:
        UsageError: not TOML, an unknown key, a wrong type.
    """
    inside = file.rsplit("/", 1)[-1] == "pyproject.toml"
    if inside and b"antifoul" not in data:
        return None
    import tomllib  # noqa: PLC0415  a hook in a repository without settings does not pay for it

    try:
        text = data.decode("utf-8-sig")
        table = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UsageError(f"{shown(file)}: it is not valid TOML: {problem}") from None
    prefix = ("tool", "antifoul") if inside else ()
    place = _Place(file, text, prefix)
    for part in prefix:
        table = table.get(part, {})
        if not isinstance(table, dict):
            raise place.refuse((), f"{part!r} must be a table")
    if inside and not table:
        return None
    plugins = _strings(table.get("plugins", []), ("plugins",), place)
    return _checked(table, place, frozenset(rules_with(plugins)))


def _checked(table: Mapping[str, Any], place: _Place, rules: frozenset[str]) -> Settings:
    known = {*_LISTS, *_TABLES, "fail-on", "allow", "coverage", "environment", "profile"}
    for key in table:
        if key not in known:
            raise place.unknown((key,), known)
    lists: dict[str, Any] = {key: _strings(table[key], (key,), place) for key in _LISTS if key in table}
    for key in ("select", "ignore"):
        for name in lists.get(key, ()):
            if name not in rules:
                raise _unknown_rule(name, (key,), place, rules)
    if "fail-on" in table and table["fail-on"] not in SEVERITIES:
        raise place.refuse(("fail-on",), f"'fail-on' must be one of {', '.join(SEVERITIES)}")
    if "profile" in table and table["profile"] not in PROFILES:
        raise place.refuse(("profile",), f"'profile' must be one of {', '.join(PROFILES)}")
    if not isinstance(table.get("coverage", ""), str):
        raise place.refuse(("coverage",), "'coverage' must be a string: the path of a coverage file")
    if not isinstance(table.get("environment", ""), str):
        raise place.refuse(("environment",), "'environment' must be a string: the folder of the project's environment")
    naming = _naming(table.get("naming", {}), place)
    severities, options = _rules(table.get("rules", {}), place, rules)
    return Settings(
        **lists,
        fail_on=next((one for one in SEVERITIES if one == table.get("fail-on")), "error"),
        profile=next((one for one in PROFILES if one == table.get("profile")), "radon"),
        thresholds=_thresholds(table.get("thresholds", {}), place),
        severities=severities,
        options=options,
        allows=_allows(table.get("allow", []), place, rules),
        branches=naming.get("branches", ()),
        messages=naming.get("messages", ()),
        coverage=table.get("coverage", ""),
        templates=_templates(table.get("report", {}), place),
        environment=table.get("environment", ""),
        configs=_configs(table.get("configs", {}), place),
        origin=place.file,
    )


def _strings(value: object, path: tuple[str, ...], place: _Place) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise place.refuse(path, f"{'.'.join(path)!r} must be a list of strings")
    return tuple(value)


def _naming(table: object, place: _Place) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        raise place.refuse(("naming",), "'naming' must be a table")
    for key in table:
        if key not in {"branches", "messages"}:
            raise place.unknown(("naming", key), ("branches", "messages"))
    return {key: _strings(value, ("naming", key), place) for key, value in table.items()}


def _templates(table: object, place: _Place) -> dict[str, str]:
    if not isinstance(table, dict):
        raise place.refuse(("report",), "'report' must be a table")
    for key, value in table.items():
        if key not in {"markdown", "html"}:
            raise place.unknown(("report", key), ("markdown", "html"))
        if not isinstance(value, str) or value.startswith("/") or ".." in value.split("/"):
            raise place.refuse(("report", key), f"'report.{key}' must be the path of a template below this file")
    return table


def _thresholds(table: object, place: _Place) -> Thresholds:
    if not isinstance(table, dict):
        raise place.refuse(("thresholds",), "'thresholds' must be a table")
    known = {name.replace("_", "-"): name for name in Thresholds._fields}
    for key, value in table.items():
        if key not in known:
            raise place.unknown(("thresholds", key), known)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise place.refuse(("thresholds", key), f"'thresholds.{key}' must be a whole number of at least 1")
    return Thresholds(**{known[key]: value for key, value in table.items()})


def _configs(table: object, place: _Place) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`"GLOB" = "package.module.Class"`, a list of them, or `false` for configs that no schema judges."""
    if not isinstance(table, dict):
        raise place.refuse(("configs",), "'configs' must be a table of globs")
    found = []
    for glob, given in table.items():
        names = [given] if isinstance(given, str) else [] if given is False else given
        if not isinstance(names, list) or not all(isinstance(one, str) and "." in one for one in names):
            raise place.refuse(
                ("configs", glob), f"'configs.{glob}' must be a class by its dotted name, a list of them, or false"
            )
        found.append((glob, tuple(names)))
    return tuple(found)


def _allows(rows: object, place: _Place, rules: frozenset[str]) -> tuple[Allowance, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise place.refuse(("allow",), "'allow' must be written as tables: [[allow]]")
    out = []
    for row in rows:
        for key, value in row.items():
            if key not in Allowance._fields:
                raise place.unknown(("allow", key), Allowance._fields)
            if key != "until" and not isinstance(value, str):
                raise place.refuse(("allow", key), f"'allow.{key}' must be a string")
        if row.get("rule") not in rules:
            raise _unknown_rule(str(row.get("rule", "")), ("allow", "rule"), place, rules)
        until = str(row.get("until", ""))
        if until and not _DATE.fullmatch(until):
            raise place.refuse(("allow", "until"), "'allow.until' must be a date: 2026-12-01")
        out.append(Allowance(**{**row, "until": until}))
    return tuple(out)


def _rules(table: object, place: _Place, rules: frozenset[str]) -> tuple[dict[str, str], dict[str, Mapping[str, Any]]]:
    if not isinstance(table, dict):
        raise place.refuse(("rules",), "'rules' must be a table")
    severities: dict[str, str] = {}
    options: dict[str, Mapping[str, Any]] = {}
    for name, given in table.items():
        if name not in rules:
            raise _unknown_rule(name, ("rules", name), place, rules)
        if not isinstance(given, dict):
            raise place.refuse(("rules", name), f"'rules.{name}' must be a table")
        level = given.get("severity")
        if level is not None and level not in _LEVELS:
            raise place.refuse(("rules", name, "severity"), f"'severity' must be one of {', '.join(_LEVELS)}")
        if level is not None:
            severities[name] = level
        rest = {key: value for key, value in given.items() if key != "severity"}
        if rest:
            options[name] = _options(name, rest, place)
    return severities, options


def _options(name: str, given: Mapping[str, Any], place: _Place) -> dict[str, Any]:
    """The options with `-` as `_`; the rule's class has the last word on names and types, see `gate.options`."""
    from antifoul.readers.toml_lines import key_line  # noqa: PLC0415  only where a rule is set

    lines = {key: key_line(place.text, (*place.prefix, "rules", name, key)) for key in given}
    return {key.replace("-", "_"): (value, f"{shown(place.file)}:{lines[key]}") for key, value in given.items()}


def _unknown_rule(name: str, path: tuple[str, ...], place: _Place, rules: frozenset[str]) -> UsageError:
    from difflib import get_close_matches  # noqa: PLC0415  only for a wrong name

    close = get_close_matches(name, sorted(rules), n=1)
    hint = f"did you mean {close[0]!r}?" if close else "`antifoul rules` lists them all"
    return place.refuse(path, f"there is no rule {name!r}: {hint}")
