"""Rules of others: installed distributions that the settings name, found by their entry points."""

from __future__ import annotations

import os
import sys

from antifoul.facts.errors import UsageError
from antifoul.rules.registry import adopt, index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import Distribution, EntryPoint

GROUP = "antifoul.rules"  # of entry points; each names a module whose import declares rules


def rules_with(plugins: tuple[str, ...], root: str) -> tuple[str, ...]:
    """The names of all rules, those of the plugins too, which are imported.

    Raises:
        UsageError: a distribution is not installed, brings no rules, or comes from the judged repository.
    """
    for name in plugins:
        for point in _entry_points(name):
            _refuse_inside(name, point, root)
            adopt(point.module, name)
    return tuple(entry.name for entry in index())


def _entry_points(name: str) -> Iterator[EntryPoint]:
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415  only for plugins

    try:
        found: Distribution = distribution(name)
    except (PackageNotFoundError, ValueError):
        raise UsageError(f"the settings name the plugin {name!r}, which is not installed beside antifoul").with_remedy(
            f"install it into antifoul's environment; for pre-commit: additional_dependencies: [{name}]"
        ) from None
    points = [point for point in found.entry_points if point.group == GROUP]
    if not points:
        raise UsageError(f"the plugin {name!r} brings no rules: it has no entry point in the group {GROUP!r}")
    yield from points


def _refuse_inside(name: str, point: EntryPoint, root: str) -> None:
    """A plugin that lies in the judged repository is not imported, nor an editable install: none of its code runs."""
    from importlib.util import find_spec  # noqa: PLC0415  only for plugins

    spec = find_spec(point.module.partition(".")[0])  # a top-level name: nothing is imported to find it
    places = [*(spec.submodule_search_locations or ()), spec.origin or ""] if spec else [""]
    installed = tuple(os.path.join(os.path.realpath(one), "") for one in (sys.prefix, sys.base_prefix))  # noqa: PTH118
    inside = os.path.join(os.path.realpath(root), "")  # noqa: PTH118
    for place in map(os.path.realpath, filter(None, places)):
        if place.startswith(inside) and not place.startswith(installed):
            raise UsageError(f"the plugin {name!r} lies in the repository that is judged: none of its code is run")
    if spec is None:
        raise UsageError(f"the plugin {name!r} names the module {point.module!r}, which is not there")
