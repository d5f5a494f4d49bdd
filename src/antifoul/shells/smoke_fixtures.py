"""Where conftest.py files define the fixture that gives a target. pytest has no public way to ask, so it is asked here.

Up to 9.0 pytest ties a fixture to a folder by name, from 9.1 on by the node that collects the folder, and keeps the
conftest.py files of folders that it has not collected waiting.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

FIXTURE = "llm_smoke_target"


def load_conftests(config: pytest.Config, folder: Path) -> None:
    """Load the conftest.py files of a folder and of those above it."""
    config.pluginmanager._loadconftestmodules(  # noqa: SLF001  see the module's first lines
        folder,
        config.getoption("importmode"),
        config.rootpath,
        consider_namespace_packages=config.getini("consider_namespace_packages"),
    )


def collected(session: pytest.Session) -> list[pytest.Session | pytest.Collector]:
    """The nodes that have the fixture already: the session for the root's conftest.py, a folder's own collector."""
    manager = getattr(session, "_fixturemanager", None)
    nodes: Mapping[pytest.Session | pytest.Collector, object] = getattr(manager, "_arg2node2fixturedefs", {})
    found = list(nodes.get(FIXTURE, {}))  # type: ignore[call-overload]  # untyped in pytest
    if any(not baseid for baseid in _named(manager)):
        found.append(session)
    return list(dict.fromkeys(found))


def waiting(session: pytest.Session) -> list[str]:
    """The folders, from the root, whose conftest.py defines the fixture and that no node stands for yet."""
    manager = getattr(session, "_fixturemanager", None)
    pending: Mapping[Path, object] = getattr(manager, "_pending_conftests", {})
    root = session.config.rootpath
    defined = {folder for folder, module in pending.items() if hasattr(module, FIXTURE) and folder.is_relative_to(root)}
    return sorted({*(folder.relative_to(root).as_posix() for folder in defined), *filter(None, _named(manager))})


def _named(manager: object) -> Iterator[str]:
    """The folders of definitions that are tied to a name."""
    definitions: Mapping[str, Iterable[pytest.FixtureDef[object]]] = getattr(manager, "_arg2fixturedefs", {})
    for definition in definitions.get(FIXTURE, ()):
        yield "" if definition.baseid == "." else definition.baseid
