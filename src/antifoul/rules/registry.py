"""How a rule declares itself, and how the gate finds it."""

from __future__ import annotations

import sys
from importlib import import_module

from antifoul.facts.errors import UsageError
from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Literal, TypeAlias, TypeVar

    from antifoul.facts.finding import Hit, Severity

    _Judge = TypeVar("_Judge", bound="Judge")


Cost: TypeAlias = "Literal['change', 'tree', 'history', 'engine', 'run']"
Novelty: TypeAlias = "Literal['line', 'debt']"
Judge: TypeAlias = "Callable[..., Iterator[Hit]]"


class Entry(NamedTuple):
    """What is known of a rule without importing it: one row of the generated index.

    `needs` are the names of its parameters. `triggers` are byte strings of which at least one must stand in a
    changed file for the rule to have anything to say; empty means that any change may concern it.
    """

    name: str
    module: str
    function: str
    needs: tuple[str, ...]
    cost: Cost
    severity: Severity
    triggers: tuple[bytes, ...]
    summary: str


class Rule(NamedTuple):
    """A rule, loaded."""

    entry: Entry
    judge: Judge
    options: type[Any] | None  # a NamedTuple class whose fields are the settings' keys, with their defaults
    doc: str
    novelty: Novelty = "line"  # what makes a hit new where both sides are judged, see measures/novelty.py


_LOADED: dict[str, Rule] = {}
_ADOPTED: dict[str, Entry] = {}  # rules of plugins, by name


def rule(
    name: str,
    *,
    severity: Severity,
    cost: Cost = "change",
    triggers: tuple[bytes, ...] = (),
    novelty: Novelty = "line",
) -> Callable[[_Judge], _Judge]:
    """Declare a function to be the rule of that name; its parameters say which facts it needs."""

    def declare(judge: _Judge) -> _Judge:
        code = judge.__code__
        needs = code.co_varnames[: code.co_argcount]
        doc = (judge.__doc__ or "").strip()
        summary = doc.partition("\n")[0]
        entry = Entry(name, judge.__module__, judge.__name__, needs, cost, severity, triggers, summary)
        options = judge.__annotations__.get("options")
        if isinstance(options, str):  # annotations that are not evaluated
            options = judge.__globals__[options]
        _LOADED[name] = Rule(entry, judge, options, doc, novelty)
        return judge

    return declare


def index() -> tuple[Entry, ...]:
    """Every rule of antifoul, in order of name, without importing any."""
    from antifoul.rules.index import ENTRIES  # noqa: PLC0415  the index imports this module for Entry

    return (*ENTRIES, *_ADOPTED.values()) if _ADOPTED else ENTRIES


def adopt(module: str, plugin: str) -> None:
    """Import a plugin's module and take in the rules that it declares.

    Raises:
        UsageError: it cannot be imported, or a rule has a name that is taken.
    """
    if any(entry.module == module for entry in _ADOPTED.values()):
        return
    taken = {entry.name for entry in index()}
    known = set(_LOADED)
    try:
        import_module(module)
    except Exception as problem:  # noqa: BLE001  a guest's module: whatever it raises is told
        raise UsageError(f"the plugin {plugin!r} cannot be imported: {type(problem).__name__}: {problem}") from None
    for name in sorted(_LOADED.keys() - known):
        entry = _LOADED[name].entry
        if name in taken and not entry.module.startswith("antifoul."):
            raise UsageError(f"the plugin {plugin!r} has a rule {name!r}, and there is one of that name already")
        if not entry.module.startswith("antifoul."):
            _ADOPTED[name] = entry


def is_adopted(entry: Entry) -> bool:
    """The rule is a plugin's."""
    return entry.name in _ADOPTED


def load(entry: Entry) -> Rule:
    """The rule of an index row, its module imported."""
    if entry.name not in _LOADED:
        import_module(entry.module)
    return _LOADED[entry.name]


def entry_of(name: str) -> Entry:
    """The index row of a rule.

    Raises:
        UsageError: no rule has that name.
    """
    entries = {entry.name: entry for entry in index()}
    if name in entries:
        return entries[name]
    from difflib import get_close_matches  # noqa: PLC0415  only for a wrong name

    close = get_close_matches(name, entries, n=1)
    hint = f"did you mean {close[0]!r}?" if close else "`antifoul rules` lists them all"
    raise UsageError(f"there is no rule {name!r}: {hint}")


def walk() -> Iterator[Entry]:
    """Every rule found by importing every module of the rule folders: the source of the generated index."""
    from pkgutil import walk_packages  # noqa: PLC0415  only to make or test the index

    package = import_module("antifoul.rules")
    for module in walk_packages(package.__path__, "antifoul.rules."):
        if module.name.count(".") > 2:
            import_module(module.name)
    yield from sorted(found.entry for found in _LOADED.values() if found.entry.module.startswith("antifoul.rules."))


def written(entries: Iterable[Entry]) -> str:
    """The text of `rules/index.py`."""
    rows = "".join(_row(entry) for entry in entries)
    return (
        '"""The generated index of the rules. `python -m antifoul.rules.registry` writes it; a test keeps it."""\n\n'
        "# fmt: off\n"
        "# ruff: noqa: E501, Q000  (generated)\n"
        "from antifoul.rules.registry import Entry\n\n"
        f"ENTRIES: tuple[Entry, ...] = (\n{rows})\n"
    )


def _row(entry: Entry) -> str:
    fields = "".join(f"        {field!r},\n" for field in entry)
    return f"    Entry(\n{fields}    ),\n"


def main() -> None:
    """Print the index, for `python -m antifoul.rules.registry > src/antifoul/rules/index.py`."""
    registry = import_module("antifoul.rules.registry")  # the module that the rules import, not this `__main__`
    sys.stdout.write(registry.written(registry.walk()))


if __name__ == "__main__":
    main()
