"""A rule's own options, as the settings give them."""

from __future__ import annotations

from antifoul.facts.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from antifoul.facts.settings import Settings
    from antifoul.rules.registry import Rule


def options_of(rule: Rule, settings: Settings) -> Any:  # noqa: ANN401  each rule has a class of its own
    """The rule's options: its defaults, with what the settings say.

    Raises:
        UsageError: a key that the rule does not have, or a value of another type than the default's.
    """
    if rule.options is None:
        given = settings.options.get(rule.entry.name, {})
        for key, (_, where) in given.items():
            raise UsageError(f"{where}: rule {rule.entry.name!r} has no options, so not {key.replace('_', '-')!r}")
        return None
    defaults = rule.options()._asdict()
    values: dict[str, Any] = {}
    for key, (value, where) in settings.options.get(rule.entry.name, {}).items():
        shown = key.replace("_", "-")
        if key not in defaults:
            raise UsageError(f"{where}: rule {rule.entry.name!r} has no option {shown!r}: {_hint(shown, defaults)}")
        values[key] = _fitted(value, defaults[key], f"{where}: option {shown!r} of rule {rule.entry.name!r}")
    return rule.options(**values)


def _fitted(value: object, default: object, what: str) -> object:
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise UsageError(f"{what} must be a list of strings")
        return tuple(value)
    if type(value) is not type(default):
        names = {bool: "true or false", int: "a whole number", str: "a string"}
        raise UsageError(f"{what} must be {names.get(type(default), type(default).__name__)}")
    return value


def _hint(key: str, defaults: dict[str, Any]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only for a wrong name

    names = [name.replace("_", "-") for name in defaults]
    close = get_close_matches(key, [*names, "severity"], n=1)
    return f"did you mean {close[0]!r}?" if close else f"it has {', '.join([*names, 'severity'])}"
