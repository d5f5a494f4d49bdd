"""Look at a repository and propose what it needs to start: a hook, a workflow, settings. Nothing is written here."""

import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.layout import layout_of
from antifoul.facts.roles import role_of
from antifoul.facts.source import Source
from antifoul.facts.tree import Function
from antifoul.gate.survey import World, survey
from antifoul.measures.factories import module_of, trainer_factories
from antifoul.measures.results import Survey
from antifoul.readers.disk import read_regular
from antifoul.reports import starter

_HOOKS = ".pre-commit-config.yaml"
_WORKFLOW = ".github/workflows/antifoul.yml"
_SETTINGS = "antifoul.toml"
_MOST_TARGETS = 5
# What a repository of small functions is not held to: the rules' own defaults.
_LIMITS = (
    ("thresholds.complexity", 10, "complexity", "paths through a function"),
    ("thresholds.nesting", 4, "nesting", "blocks inside one another"),
    ("rules.function-grown.limit", 60, "statements", "statements in a function"),
)


class Proposal(NamedTuple):
    """One file. `before` is its text now, None where there is none; `text` is None where it is left alone, and why."""

    path: str
    text: str | None
    before: str | None = None
    why: str = ""


def propose(world: World, origin: starter.Origin) -> tuple[Proposal, ...]:
    """What `antifoul init` would write."""
    return tuple(_proposals(world, origin))


def _proposals(world: World, origin: starter.Origin) -> Iterator[Proposal]:
    yield _hooks(world.root, origin)
    yield _workflow(world, origin)
    yield _settings(world)


def _hooks(root: str, origin: starter.Origin) -> Proposal:
    for name in ("prek.toml", ".pre-commit-config.yml"):
        if os.path.lexists(os.path.join(root, name)):  # noqa: PTH118  bytes in names
            why = f"{name} is there: add the hook `antifoul` of {origin.url} at {origin.rev} to it"
            return Proposal(_HOOKS, None, why=why)
    before, why = _existing(root, _HOOKS)
    if before is None:
        return Proposal(_HOOKS, None if why else starter.hook_config(origin), why=why)
    if re.search(r"^\s*-?\s*id:\s*antifoul", before, re.MULTILINE):
        return Proposal(_HOOKS, None, before, "the hook is in it")
    text = _with_entry(before, origin)
    if text is None:
        entry = starter.hook_entry(origin)
        return Proposal(_HOOKS, None, before, f"its list of repos cannot be added to safely; add by hand:\n{entry}")
    return Proposal(_HOOKS, text, before)


def _with_entry(before: str, origin: starter.Origin) -> str | None:
    """The configuration with our entry at the end of its repos; None unless it then says just that."""
    found = re.search(r"^repos:[ \t]*(?:#.*)?\n", before, re.MULTILINE)
    if not found:
        return None
    item = re.search(r"^([ \t]*)- ", before[found.end() :], re.MULTILINE)
    end = re.compile(r"^[^\s#-]", re.MULTILINE).search(before, found.end())
    at = end.start() if end else len(before)
    head = before[:at].rstrip() + "\n"
    if re.search(r"\n[ \t]*\n[ \t]*-[ \t]+repo:", before):
        head += "\n"  # as the entries that are there stand apart
    text = head + starter.hook_entry(origin, item[1] if item else "  ") + (f"\n{before[at:]}" if end else "")
    try:
        old, new = _loaded(before), _loaded(text)
        ours = _loaded(starter.hook_config(origin))
        wanted = {**old, "repos": [*old["repos"], *ours["repos"]]}
    except (ValueError, TypeError, KeyError):
        return None
    return text if new == wanted else None


def _loaded(text: str) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise ValueError(str(problem)) from None
    if not isinstance(found, dict):
        raise TypeError
    return found


def _workflow(world: World, origin: starter.Origin) -> Proposal:
    remote = world.git.line("config", "--get", "remote.origin.url") if world.git else ""
    host = _host(remote)
    if host and "github" not in host and not os.path.isdir(os.path.join(world.root, ".github")):  # noqa: PTH112, PTH118
        return Proposal(_WORKFLOW, None, why=f"the repository lies on {host}: docs/ci.md has recipes for other CI")
    for name in _workflows(world.root):
        text, _ = _existing(world.root, name)
        if text and re.search(r"uses:\s*\S*/antifoul@", text):
            return Proposal(_WORKFLOW, None, why=f"{name} has it")
    before, why = _existing(world.root, _WORKFLOW)
    if before is not None or why:
        return Proposal(_WORKFLOW, None, before, why or "it is there")
    return Proposal(_WORKFLOW, starter.workflow(origin, _main_branch(world)))


def _host(remote: str) -> str:
    """The host of a git address, `https://HOST/...` or `user@HOST:...`; "" for a folder."""
    found = re.match(r"(?:\w+://)(?:[^@/]*@)?([\w.-]+)|(?:[\w.-]+@)?([\w.-]{2,}):(?!//)", remote)
    return (found[1] or found[2] or "") if found and not remote.startswith("file:") else ""


def _workflows(root: str) -> list[str]:
    folder = os.path.join(root, ".github", "workflows")  # noqa: PTH118  bytes in names
    names = os.listdir(folder) if os.path.isdir(folder) else []  # noqa: PTH112, PTH208
    return [f".github/workflows/{name}" for name in sorted(names) if name.endswith((".yml", ".yaml"))]


def _main_branch(world: World) -> str:
    """The remote's own main branch, else main or master where there is one."""
    if world.git is None:
        return "main"
    remote = world.git.line("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    known = [one for one in (remote, "main", "master") if one and re.fullmatch(r"[\w./-]+", one)]
    there = [one for one in known if world.git.line("rev-parse", "--verify", "--quiet", f"refs/heads/{one}")]
    return remote if remote in known else (there or ["main"])[0]


def _settings(world: World) -> Proposal:
    if world.settings.origin:
        return Proposal(_SETTINGS, None, why=f"{world.settings.origin} has settings")
    before, why = _existing(world.root, _SETTINGS)
    if before is not None or why:
        return Proposal(_SETTINGS, None, before, why or "it is there")
    return Proposal(_SETTINGS, starter.settings(_measured(world)))


def _measured(world: World) -> starter.Measured:
    found = survey(world)
    judged = [code for path, code in found.codes.items() if role_of(path) not in {"test", "docs"}]
    functions = [function for code in judged for function in code.functions]
    head = world.git.line("rev-parse", "--verify", "--quiet", "HEAD") if world.git else ""
    limits = tuple(_limit(functions, *one) for one in _LIMITS)
    return starter.Measured(head, len(judged), len(functions), limits, tuple(_targets(world, found)))


def _limit(functions: list[Function], key: str, default: int, field: str, what: str) -> starter.Limit:
    values = sorted(getattr(function, field) for function in functions) or [0]
    now = values[-(-95 * len(values) // 100) - 1]  # the smallest value that 95 of 100 functions stay within
    return starter.Limit(key, max(now, default), now, values[-1], what)


def _targets(world: World, found: Survey) -> Iterator[str]:
    layout = layout_of(found.codes)
    left = _MOST_TARGETS
    for path in found.codes:
        module = module_of(path, layout) if role_of(path) in {"package", "script", "example"} else ""
        if not module or not left:
            continue
        try:
            data = read_regular(os.path.join(world.root, path))  # noqa: PTH118  bytes in names
            names = tuple(trainer_factories(Source(path, data).tree)) if b"Trainer" in data else ()
        except ReadError:
            continue
        for name in names[:left]:
            yield f"{module}:{name}"
        left -= len(names[:left])


def _existing(root: str, path: str) -> tuple[str | None, str]:
    """The file's text, or None; and why it cannot be had where something is there."""
    place = os.path.join(root, path)  # noqa: PTH118  bytes in names
    if not os.path.lexists(place):
        return None, ""
    try:
        return read_regular(place).decode("utf-8"), ""
    except (ReadError, UnicodeDecodeError) as problem:
        return None, f"it is there, and {problem if isinstance(problem, ReadError) else 'is not UTF-8'}"
