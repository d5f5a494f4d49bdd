"""What a change does to configs and commands: both sides are linted, files that the change does not touch included."""

from __future__ import annotations

import re

from antifoul.facts.change import ChangedFile
from antifoul.facts.config import format_of
from antifoul.facts.record import NamedTuple
from antifoul.facts.roles import SCRIPTS, TEXTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from antifoul.facts.change import Change
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.source import Source
    from antifoul.facts.usage import Usage
    from antifoul.gate.facts import Providers

_PINS = (".cfg", ".lock", ".txt")  # versions of libraries
_NAMES = frozenset({"Makefile", "makefile", "GNUmakefile", "Dockerfile", "setup.py", "setup.cfg"})
_DECLARES = (
    b"@dataclass", b"dataclasses.dataclass", b"BaseModel", b"BaseSettings", b"@define", b"@attr", b"add_argument(",
    b"ArgumentParser", b"TrlParser", b"@click", b"typer", b"fire.Fire", b"tyro", b"hydra", b"DEFINE_", b"subprocess",
    b"OmegaConf", b"safe_load", b"_component_", b"_target_",
)  # fmt: skip
_TOP = rb"^(?:async def|def|class)[ \t]+(\w+)"  # compiled when first needed


class Usages(NamedTuple):
    """What the files of both sides ask for, by path, and the files that a finding may be new in."""

    before: Mapping[RepoPath, Usage]
    after: Mapping[RepoPath, Usage]
    files: tuple[ChangedFile, ...]


def concerns(change: Change) -> bool:
    """The change touches a config, a launch command, or code that declares options."""
    return any(_touched(file) for file in change.files)


def _touched(file: ChangedFile) -> bool:
    path = file.path
    name = path.rpartition("/")[2]
    if format_of(path) is not None or path.endswith((*SCRIPTS, *_PINS)) or name in _NAMES:
        return True
    sides = [side for side in (file.before, file.after) if side is not None]
    if path.endswith(TEXTS):
        return any(b" --" in side.data for side in sides)
    if path.endswith(".py"):
        # A name that goes away may be one that a config names.
        return any(word in side.data for side in sides for word in _DECLARES) or _loses_a_name(file)
    return "." not in name and any(side.data.startswith(b"#!") for side in sides)


def _loses_a_name(file: ChangedFile) -> bool:
    if file.before is None:
        return False
    left = set(re.findall(_TOP, file.after.data, re.MULTILINE)) if file.after is not None else set()
    return not left.issuperset(re.findall(_TOP, file.before.data, re.MULTILINE))


def both_sides(
    change: Change,
    paths: frozenset[RepoPath],
    providers: Providers,
    configs: tuple[tuple[str, tuple[str, ...]], ...] = (),
) -> Usages:
    """What both sides ask for; the code that does not differ is parsed once."""
    from antifoul.gate.lint.side import Given, Side  # noqa: PLC0415  only where something concerns configs
    from antifoul.gate.lint.tree import Lint  # noqa: PLC0415
    from antifoul.readers.libraries import Libraries  # noqa: PLC0415

    after = {file.after.path: file.after for file in change.files if file.after is not None}
    before = {file.before.path: file.before for file in change.files if file.before is not None}
    touched = {*after, *before, *(file.path for file in change.files)}

    def read_after(path: RepoPath) -> bytes | None:
        return after[path].data if path in after else providers.read(path)

    def read_before(path: RepoPath) -> bytes | None:
        return before[path].data if path in before else None if path in touched else providers.read(path)

    places = providers.places()
    new = Side(
        Given(paths, read_after, providers.role, providers.judged, Libraries(paths, read_after, places, {}), configs)
    )
    said_after = {usage.path: usage for usage in Lint(new).usages()}
    said_after = {
        path: said if path in touched else said._replace(alike=(), names=()) for path, said in said_after.items()
    }
    if not any(any(usage[1:-3]) for usage in said_after.values()):
        return Usages({}, {}, ())
    gone = providers.paths_before()
    old = Side(
        Given(gone, read_before, providers.role, providers.judged, Libraries(gone, read_before, places, {}), configs)
    )
    old.share(new, touched)
    said_before = {usage.path: usage for usage in Lint(old).usages()}
    others = (new.source(path) for path in said_after if path not in touched)
    return Usages(said_before, said_after, (*change.files, *(_as_it_was(one) for one in others if one is not None)))


def _as_it_was(source: Source) -> ChangedFile:
    return ChangedFile(source.path, "modified", source, source, ())
