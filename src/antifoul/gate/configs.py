"""Judge every config of a tree by itself: it parses, no key stands twice, its bases exist."""

import os
from collections.abc import Iterator

from antifoul.facts.config import Config, format_of
from antifoul.facts.errors import ReadError
from antifoul.facts.finding import Hit, Placed
from antifoul.facts.paths import RepoPath
from antifoul.facts.source import Source
from antifoul.gate.check import is_config
from antifoul.gate.scope import in_scope, role_by
from antifoul.gate.survey import World
from antifoul.readers.configs import inheritance_of, read_config
from antifoul.readers.disk import read_regular
from antifoul.readers.files import tracked, walked
from antifoul.rules.registry import Rule, entry_of, load

_RULES = ("config-unreadable", "config-key-duplicate", "config-base-missing")


def config_findings(world: World) -> Iterator[Placed]:
    """What the config rules say of each config in scope; one that cannot be read from disk is passed over."""
    paths = (tracked(world.git) if world.git else walked(world.root)).paths
    judged, role = in_scope(world.settings), role_by(world.settings)
    known = frozenset(paths)
    rules = [load(entry_of(name)) for name in _RULES]
    for path in paths:
        if format_of(path) is None or not judged(path):
            continue
        data = _content(world, path)
        if data is not None and is_config(Source(path, data, role(path))):
            config = read_config(path, data)
            inheritance = inheritance_of([config], known.__contains__, lambda base: _content(world, base))
            for rule in rules:
                for hit in _asked(rule, config, inheritance):
                    yield Placed(rule.entry.name, path, hit, hit.severity or rule.entry.severity)


def _asked(rule: Rule, config: Config, inheritance: object) -> Iterator[Hit]:
    facts = {"config": config, "inheritance": inheritance}
    return rule.judge(**{name: facts[name] for name in rule.entry.needs})


def _content(world: World, path: RepoPath) -> bytes | None:
    try:
        return read_regular(os.path.join(world.root, path), world.settings.thresholds.file_bytes)  # noqa: PTH118  bytes
    except ReadError:
        return None
