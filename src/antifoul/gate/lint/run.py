"""`antifoul config lint`: what the configs and launch commands of a tree ask for that nothing takes."""

from __future__ import annotations

import os

from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.finding import Placed, Skip, settle
from antifoul.facts.lint import LintReport
from antifoul.gate.check import Asked, selected
from antifoul.gate.configs import config_findings
from antifoul.gate.lint.kept import Said, kept
from antifoul.gate.lint.side import Given, Side
from antifoul.gate.lint.tree import Lint
from antifoul.gate.scope import in_scope, role_by
from antifoul.readers.disk import read_regular
from antifoul.readers.files import tracked, walked
from antifoul.readers.libraries import Libraries, environments
from antifoul.rules.registry import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from antifoul.facts.finding import Severity
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.usage import Usage
    from antifoul.gate.survey import World
    from antifoul.rules.registry import Entry

_LEVELS: dict[str, Severity] = {"error": "error", "warning": "warning", "note": "note"}


def said_of(world: World) -> Said:
    """What the rules say of a tree's configs and commands, whatever the settings select."""
    return kept(world, {}, lambda: _said(world, {}))


def lint(world: World, *, fail_on: Severity | None = None, against: Mapping[str, str] | None = None) -> LintReport:
    """The findings of a tree's configs and commands. `against`: versions of libraries to judge by instead."""
    said = said_of(world)
    if against:
        said = _drifted(said, kept(world, against, lambda: _said(world, against)))
    on = {entry.name: level for entry, level in selected(world.settings, Asked())}
    placed = [
        one._replace(severity=_LEVELS.get(on[one.rule], one.severity))
        for one in said.placed
        if one.rule in on and _is_below(one.path, world.below)
    ]
    findings = settle(placed, fail_on or world.settings.fail_on)
    return LintReport(
        files=said.files,
        commands=said.commands,
        findings=findings,
        skipped=tuple(skip for skip in said.skipped if _is_below(skip.path, world.below)),
        verdict="fail" if any(finding.blocking for finding in findings) else "pass",
        libraries=said.libraries,
        likeness=said.likeness,
    )


def _said(world: World, against: Mapping[str, str]) -> Said:
    side = side_of(world, against)
    tree = Lint(side)
    usages = tree.usages()
    skipped = {skip for usage in usages for skip in usage.skipped} | set(_unread(side))
    return Said(
        # Near-duplicates are told of what a change adds; of a whole tree the report has the pairs.
        placed=(*(one for one in judged(usages) if one.rule != "config-near-duplicate"), *config_findings(world)),
        skipped=tuple(sorted(skipped)),
        files=sum(usage.configs for usage in usages),
        commands=sum(usage.commands for usage in usages),
        libraries=tuple(sorted(side.code.used)),
        likeness=tree.likeness,
    )


def _drifted(now: Said, then: Said) -> Said:
    """What the asked-for versions of libraries break that is whole today, as `version-drift`."""
    known = {(one.rule, one.path, one.hit.symbol, one.hit.anchor) for one in now.placed}
    new = [one for one in then.placed if (one.rule, one.path, one.hit.symbol, one.hit.anchor) not in known]
    return then._replace(placed=tuple(one._replace(rule="version-drift") for one in new))


def schema_of(world: World, path: RepoPath) -> str:
    """How a config is judged, as text: by which classes, why, and which options they take.

    Raises:
        UsageError: it is no config of this tree.
    """
    side = side_of(world, {})
    if path not in side.config_paths:
        raise UsageError(f"{path} is no config in scope of this tree")
    tree = Lint(side)
    config = side.config(path)
    documents = config.documents if config is not None else ()
    lines = [line for document in documents for line in tree.explained(path, document)]
    return "".join(f"{line}\n" for line in lines or [f"{path}: it holds nothing that can be judged"])


def side_of(world: World, against: Mapping[str, str]) -> Side:
    """The work tree as a side."""
    paths = (tracked(world.git) if world.git else walked(world.root)).paths

    def read(path: RepoPath) -> bytes | None:
        try:
            return read_regular(os.path.join(world.root, path), world.settings.thresholds.file_bytes)  # noqa: PTH118
        except ReadError:
            return None

    places = environments(world.root, world.settings.environment, world.environ)
    libraries = Libraries(paths, read, places, against)
    scope = in_scope(world.settings)
    return Side(Given(paths, read, role_by(world.settings), scope, libraries, world.settings.configs))


def usage_rules() -> list[Entry]:
    """The rules that judge what files ask for."""
    from antifoul.rules.registry import index  # noqa: PLC0415

    return [entry for entry in index() if "usage" in entry.needs]


def judged(usages: Iterable[Usage]) -> list[Placed]:
    """What the rules say."""
    rules = [load(entry) for entry in usage_rules()]
    return [
        Placed(rule.entry.name, usage.path, hit, hit.severity or rule.entry.severity)
        for usage in usages
        for rule in rules
        for hit in rule.judge(usage=usage)
    ]


def _unread(side: Side) -> Iterable[Skip]:
    for path in side.config_paths:
        config = side.config(path)
        if config is None:
            yield Skip(path, "it cannot be read, or is larger than thresholds.file-bytes")
        elif config.config.skip:
            yield Skip(path, config.config.skip)
        elif config.documents == () and not config.config.problem and (side.data(path) or b"").strip():
            yield Skip(path, "its keys are not looked at: more than 100,000 values, or 100 levels")


def _is_below(path: RepoPath, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
