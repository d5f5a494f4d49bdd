"""What a change takes away from a repository's own gates: linters, type checks, thresholds, tests, antifoul itself."""

from __future__ import annotations

import re

from antifoul.facts.record import NamedTuple
from antifoul.facts.roles import HOOKS, INI, TOML

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, TypeAlias

    from antifoul.facts.paths import RepoPath

    Table: TypeAlias = Mapping[tuple[str, ...], Any]

# Lists whose new entries let more pass, by the last part of their key.
_LONGER_IS_WEAKER = frozenset(
    {
        "ignore", "extend-ignore", "extend_ignore", "exclude", "extend-exclude", "extend_exclude", "per-file-ignores",
        "extend-per-file-ignores", "per_file_ignores", "disable_error_code", "disable", "omit", "exclude_lines",
        "exclude_also", "disable_error_codes", "allow-in", "force-exclude",
    }
)  # fmt: skip
_SHORTER_IS_WEAKER = frozenset(
    {"select", "extend-select", "extend_select", "enable_error_code", "enable", "source", "markers", "include"}
)
# Switches that make a checker stricter when they are on, and looser.
_STRICT = re.compile(r"^(?:strict\w*|disallow_\w+|warn_(?!unused_configs)\w+|check_untyped_defs|xfail_strict|branch)$")
_LOOSE = re.compile(
    r"^(?:ignore_errors|ignore_missing_imports|allow_\w+|no_strict_optional|skip_empty|exit-zero|exit_zero"
    r"|allow-(?:rank-zero|main|file))$"
)
_FLOORS = re.compile(r"^(?:fail[_-]under|min(?:imum)?[_-](?:coverage|score)|precision_floor)$")
_CEILINGS = re.compile(r"^(?:max[_-][\w-]+|limit|by|complexity|nesting|file-bytes)$")
_RUFF_DEFAULT = ("E4", "E7", "E9", "F")
_NAMED = 3
_LAYOUT = re.compile(r"line|doc|width")
_TOOLS = ("ruff", "lint", "flake8", "mypy", "coverage", "pylint", "antifoul", "pyright", "basedpyright", "interrogate")
_LEVELS = {"error": 3, "warning": 2, "note": 1, "off": 0}
_FAIL_ON = {"note": 3, "warning": 2, "error": 1}
_ARGUMENT_FLOOR = re.compile(r"--cov-fail-under[= ](\d+(?:\.\d+)?)")
_PASSED_OVER = re.compile(r"--(?:deselect|ignore|ignore-glob)[= ]\S+|-k ['\"]?not\b|--exit-zero")
_CI_LINE = re.compile(r"\b(?:continue-on-error|allow_failure):\s*true\b")
_CI_TOOL = re.compile(
    r"\b(?:ruff|mypy|pytest|flake8|pylint|tox|nox|pre-commit|antifoul|pyright|black)\b.*\|\|\s*true\b"
)


class Weakening(NamedTuple):
    """One thing that lets more pass than before. `text` is what to look for to find its line."""

    text: str
    message: str
    own: bool  # of antifoul's own settings


def weakened(path: RepoPath, before: str, after: str, defaults: Mapping[str, Any]) -> Iterator[Weakening]:
    """What the new text of a settings file lets pass that the old did not.

    `defaults` are those of antifoul's own settings, by dotted key: what was not set had them.
    """
    name = path.rpartition("/")[2]
    if name in TOML or name in INI:
        old, new = (_toml(name, text) if name in TOML else _ini(name, text) for text in (before, after))
        if old is not None and new is not None:
            yield from _tables(old, new, defaults)
    elif name in HOOKS:
        yield from _hooks(before, after)
    else:
        yield from _pipeline(before, after)


def _toml(name: str, text: str) -> dict[str, Any] | None:
    import tomllib  # noqa: PLC0415  only where such a file changed

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    if name in {"ruff.toml", ".ruff.toml"}:
        return {"ruff": table}
    if name == "antifoul.toml":
        return {"antifoul": table}
    tools: dict[str, Any] = table.get("tool", {})
    return tools


def _ini(name: str, text: str) -> dict[str, Any] | None:
    import configparser  # noqa: PLC0415  only where such a file changed

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    kind = {".coveragerc": "coverage", ".pylintrc": "pylint", "pylintrc": "pylint"}.get(name)
    out: dict[str, Any] = {}
    for section in parser.sections():
        table = {key: _ini_value(key, value or "") for key, value in parser.items(section)}
        tool = kind or section.replace("tool:", "").partition("-")[0].partition(":")[0]
        out.setdefault(tool, {})[section] = table
    return out


def _ini_value(key: str, value: str) -> object:
    lowered = value.strip().lower()
    if lowered in {"true", "false", "yes", "no", "on", "off"}:
        return lowered in {"true", "yes", "on"}
    if key in _LONGER_IS_WEAKER or key in _SHORTER_IS_WEAKER:
        return [part for part in re.split(r"[,\n]\s*|\s+", value.strip()) if part]
    try:
        return float(value)
    except ValueError:
        return value


def _tables(old: Mapping[str, Any], new: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[Weakening]:
    """Tool by tool: what was not there before is no weakening, what is gone is a whole gate less."""
    for tool, table in old.items():
        if tool in {"pytest", "tool:pytest"}:
            yield from _pytest(_flat(table), _flat(new.get(tool, {})))
        if tool not in _TOOLS:
            continue
        if tool not in new:
            yield Weakening("", f"the settings of {tool} are gone", tool == "antifoul")
        elif tool != "antifoul":
            yield from _tool(tool, *(_in_one_layout(tool, _flat(one)) for one in (table, new[tool])))
    if "antifoul" in new:
        had, has = _flat(old.get("antifoul", {})), _flat(new["antifoul"])
        for key in has.keys() - had.keys():
            if ".".join(key) in defaults:
                had[key] = defaults[".".join(key)]
        yield from _tool("antifoul", had, has)


def _flat(table: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    out: dict[tuple[str, ...], Any] = {}
    for key, value in table.items():
        here = (*prefix, key)
        if isinstance(value, dict):
            out |= _flat(value, here)
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            for one in value:  # [[tool.mypy.overrides]], [[allow]]: told apart by what they are about
                about = str(one.get("module") or {key: one[key] for key in one if key not in {"reason", "until"}})
                out |= _flat(one, (*here, about))
        else:
            out[here] = value
    return out


def _in_one_layout(tool: str, table: Table) -> Table:
    """Ruff's rules stand below `lint` or, as in its older releases, at the top: to move them changes nothing."""
    return {key[1:] if tool == "ruff" and key[0] == "lint" else key: value for key, value in table.items()}


def _tool(tool: str, old: Table, new: Table) -> Iterator[Weakening]:
    own = tool == "antifoul"
    for key in sorted({*old, *new}, key=str):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        last = key[-1]
        shown = ".".join((tool, *key))
        if last in _LONGER_IS_WEAKER or (len(key) > 1 and key[-2] in _LONGER_IS_WEAKER):
            added = [one for one in _items(now) if one not in _items(was)]
            if tool == "ruff" and "exclude" not in last:  # what was not selected before was let pass anyway
                added = [one for one in added if _covered(one, _selected(old))]
            if added:
                more = f" and {len(added) - _NAMED} more" if len(added) > _NAMED else ""
                yield Weakening(added[0], f"{shown} now lets {', '.join(added[:_NAMED])}{more} pass", own)
        elif last in _SHORTER_IS_WEAKER:
            yield from _shorter(tool, key, old, new)
        elif own:
            yield from _own(shown, key, was, now)
        else:
            yield from _switch(shown, last, was, now, own=own)


def _shorter(tool: str, key: tuple[str, ...], old: Table, new: Table) -> Iterator[Weakening]:
    """A list that selects: what is no longer in it, unless something wider is."""
    own, last, shown = tool == "antifoul", key[-1], ".".join((tool, *key))
    was, now = old.get(key), new.get(key)
    if was is None:
        if own and last == "select":
            yield Weakening(last, f"{shown} is narrowed to {', '.join(_items(now))}", own)
        return
    if now is None and own:  # without a selection every rule runs
        return
    wider = _selected(new) if tool == "ruff" else []
    for one in _items(was):
        if one not in _items(now) and not any(_is_in(one, other) for other in wider):
            yield Weakening(last, f"{shown} no longer has {one}", own)


def _own(shown: str, key: tuple[str, ...], was: object, now: object) -> Iterator[Weakening]:
    """Antifoul's settings that are neither lists nor numbers."""
    last = key[-1]
    if key[0] == "allow":
        if last == "rule" and now is not None:
            yield Weakening(str(now), f"an allow for {now} is added", own=True)
    elif last == "severity" and _LEVELS.get(str(now), 3) < _LEVELS.get(str(was), 0):
        yield Weakening(str(now), f"{shown} goes from {was or 'its default'} to {now}", own=True)
    elif last == "fail-on" and _FAIL_ON.get(str(now), 1) < _FAIL_ON.get(str(was), 1):
        yield Weakening(last, f"{shown} goes from {was or 'error'} to {now or 'error'}", own=True)
    else:
        yield from _switch(shown, last, was, now, own=True)


def _selected(table: Table) -> list[str]:
    """The rules that ruff's settings select, in this or the older layout of its table."""
    chosen = [table[key] for key in table if key[-1] == "select"]
    more = [table[key] for key in table if key[-1] == "extend-select"]
    return [one for value in (chosen or [list(_RUFF_DEFAULT)]) + more for one in _items(value)]


def _covered(rule: str, selected: list[str]) -> bool:
    return rule == "ALL" or any(_is_in(rule, one) or _is_in(one, rule) for one in selected)


def _is_in(rule: str, selector: str) -> bool:
    """The selector of ruff's takes in the rule: F takes in F401, but not FLY002; PL takes in PLR0917."""
    if selector == "ALL":
        return True
    letters, wanted = rule.rstrip("0123456789"), selector.rstrip("0123456789")
    return rule.startswith(selector) and (letters == wanted or selector == "PL")


def _switch(shown: str, last: str, was: object, now: object, *, own: bool) -> Iterator[Weakening]:
    if isinstance(was, bool) or isinstance(now, bool):
        if _STRICT.match(last) and was is True and now is not True:
            yield Weakening(last, f"{shown} is switched off", own)
        elif _LOOSE.match(last) and now is True and was is not True:
            yield Weakening(last, f"{shown} is switched on", own)
    elif _FLOORS.match(last) and isinstance(was, int | float):
        if not isinstance(now, int | float):
            yield Weakening("", f"{shown} is gone; it was {was:g}", own)
        elif now < was:
            yield Weakening(last, f"{shown} is lowered from {was:g} to {now:g}", own)
    elif (
        _CEILINGS.match(last)
        and isinstance(now, int | float)
        and isinstance(was, int | float)
        and now > was
        and not _LAYOUT.search(last)
    ):
        yield Weakening(last, f"{shown} is raised from {was:g} to {now:g}", own)


def _pytest(old: Table, new: Table) -> Iterator[Weakening]:
    was, now = (
        " ".join(" ".join(_items(table.get(key))) for key in table if key[-1] == "addopts") for table in (old, new)
    )
    floors = [_ARGUMENT_FLOOR.search(text) for text in (was, now)]
    if floors[0] and (not floors[1] or float(floors[1][1]) < float(floors[0][1])):
        to = f"lowered from {floors[0][1]} to {floors[1][1]}" if floors[1] else f"gone; it was {floors[0][1]}"
        yield Weakening("--cov-fail-under", f"pytest's --cov-fail-under is {to}", own=False)
    for found in _PASSED_OVER.findall(now):
        if found not in was:
            yield Weakening(found, f"pytest now runs with {found}", own=False)
    for key in new:
        yield from _switch(f"pytest.{key[-1]}", key[-1], old.get(key), new[key], own=False)


def _hooks(before: str, after: str) -> Iterator[Weakening]:
    ids = re.compile(r"""^\s*-?\s*(?:id\s*[:=]|-\s*\{\s*id\s*:)\s*["']?([\w.-]+)""", re.MULTILINE)
    left = ids.findall(after)
    for one in ids.findall(before):
        if one in left:
            left.remove(one)
        else:
            yield Weakening("", f"the hook {one} is taken out", one.startswith("antifoul"))


def _pipeline(before: str, after: str) -> Iterator[Weakening]:
    old = [line.strip() for line in before.split("\n")]
    for line in after.split("\n"):
        bare = line.strip()
        if bare in old:
            old.remove(bare)
        elif not bare.startswith("#") and (_CI_LINE.search(bare) or _CI_TOOL.search(bare)):
            yield Weakening(bare, f"a failure no longer stops the pipeline: {bare}", own=False)


def _items(value: object) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
