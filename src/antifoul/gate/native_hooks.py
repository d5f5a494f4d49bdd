"""The native git hooks of a repository: where they go, and what is there already."""

import os
from importlib.resources import files

from antifoul.facts.errors import ReadError
from antifoul.gate.starting import Proposal
from antifoul.gate.survey import World
from antifoul.readers.disk import read_regular
from antifoul.readers.git import Git

_NAMES = ("pre-commit", "pre-push")


def propose_hooks(world: World) -> tuple[Proposal, ...]:
    """The hooks as `antifoul init --git-hooks` would write them; paths are absolute."""
    if world.git is None:
        return (Proposal("hooks", None, why="this is not in a git repository"),)
    scope, _, value = world.git.line("config", "--show-scope", "--get", "core.hooksPath").partition("\t")
    if value and scope in {"global", "system"}:
        why = f"your {scope} core.hooksPath is {value}: a hook there would run in every repository"
        return (Proposal(value, None, why=why),)
    folder = _folder(world.git)
    names = (*_NAMES, *(("commit-msg",) if world.settings.messages else ()))
    return tuple(_proposal(folder, name) for name in names)


def _folder(git: Git) -> str:
    """Where git looks for hooks, core.hooksPath included."""
    return os.path.normpath(os.path.join(git.root, git.line("rev-parse", "--git-path", "hooks")))  # noqa: PTH118


def _proposal(folder: str, name: str) -> Proposal:
    shipped = files("antifoul").joinpath("hooks", name).read_text(encoding="utf-8")
    place = os.path.join(folder, name)  # noqa: PTH118  bytes in names
    if not os.path.lexists(place):
        return Proposal(place, shipped)
    try:
        before = read_regular(place).decode("utf-8", "replace")
    except ReadError as problem:
        return Proposal(place, None, why=f"it is there, and {problem}")
    if before == shipped:
        return Proposal(place, None, before, "it is installed")
    if "pre-commit.com" in before or "prek" in before:
        return Proposal(place, None, before, f"a hook manager has it: add the hook `antifoul` to {_config()} instead")
    line = next(one for one in reversed(shipped.splitlines()) if one.startswith("exec ")) if "exec " in shipped else ""
    how = f"add to it: {line.removeprefix('exec ')} || exit" if line else "call hooks/pre-push of antifoul from it"
    return Proposal(place, None, before, f"there is a hook of yours: {how}")


def _config() -> str:
    return ".pre-commit-config.yaml"
