"""Hold the flags of launch commands against the parsers of the programs that they start."""

from __future__ import annotations

import re
from difflib import get_close_matches

from antifoul.facts.finding import Skip
from antifoul.facts.record import NamedTuple
from antifoul.facts.usage import Stray
from antifoul.measures.schemas.programs import programs_of
from antifoul.readers.launch.shell import OPEN
from antifoul.readers.launch.sources import commands_in, is_launch_file, of_comments, of_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from antifoul.facts.launch import Command, Word
    from antifoul.facts.options import Interface
    from antifoul.facts.paths import RepoPath
    from antifoul.gate.lint.programs import Programs, Target
    from antifoul.gate.lint.side import Side
    from antifoul.measures.schemas.programs import Program
    from antifoul.measures.schemas.surfaces import Surface

_LONG = re.compile(r"--[A-Za-z][\w.-]*")
_PYTHON_HINTS = (
    b"subprocess",
    b"os.system",
    b"sys.executable",
    b"torchrun",
    b"accelerate launch",
    b"python ",
    b"python3 ",
    b"deepspeed ",
)


class Launched(NamedTuple):
    """A command whose program was found."""

    command: Command
    program: Program
    target: Target
    surface: Surface


def all_commands(side: Side, path: RepoPath) -> Iterator[Command]:
    """The commands of one file."""
    if not side.is_judged(path):
        return
    if path.endswith((".yaml", ".yml")):
        config = side.config(path)
        for document in config.documents if config is not None else ():
            yield from of_yaml(path, document)
        if config is not None and config.documents:
            yield from of_comments(path, (side.data(path) or b"").decode("utf-8", "replace"))
        return
    data = (
        side.data(path) if path.endswith(".py") or is_launch_file(path) or "." not in path.rpartition("/")[2] else None
    )
    if data is None or (path.endswith(".py") and not any(hint in data for hint in _PYTHON_HINTS)):
        return
    if path.endswith(".py") or is_launch_file(path, data[:200]):
        yield from commands_in(path, data)


def launched(programs: Programs, command: Command, skips: list[Skip]) -> Iterator[Launched]:
    """The programs of a command that are found; the others are listed."""
    for program in programs_of(command):
        target = programs.find(program, command)
        if target is not None:
            yield Launched(command, program, target, programs.surface(target))
        elif programs.is_ours(program) and any(_LONG.match(word.text) for word in program.arguments):
            skips.append(
                Skip(command.path, f"flags not judged: {program.name} is not in this repository", program.word.line)
            )


def stray_flags(one: Launched, skips: list[Skip]) -> Iterator[Stray]:
    """The flags that the program's parser does not take."""
    interface = one.surface.interface
    flags = list(_flags(one.program.arguments))
    if not flags:
        return
    if not interface.kinds or interface.kinds == {"hydra"}:
        if not interface.kinds and one.target.outline.library is None:
            skips.append(
                Skip(one.command.path, f"flags not judged: no parser was found in {one.target.shown}", one.command.line)
            )
        return
    first = {name: word for word, name in reversed(flags)}  # one that stands twice in a command is told once
    unknown = [(word, name) for name, word in reversed(first.items()) if not _takes(interface, name)]
    if interface.open:
        if unknown:
            skips.append(Skip(one.command.path, f"{unknown[0][1]} not judged: {interface.open}", unknown[0][0].line))
        return
    yield from _elsewhere(one, first)
    for word, name in unknown:
        near = get_close_matches(name, [flag for flag in interface.flags if flag.startswith("--")], n=1, cutoff=0.7)
        close = interface.flags[near[0]] if near else None
        yield Stray(
            name,
            word.line,
            word.column,
            one.target.shown,
            interface.place,
            near[0] if near else "",
            close.place if close else None,
        )


def _elsewhere(one: Launched, first: Mapping[str, Word]) -> Iterator[Stray]:
    """The flags of another subcommand than the one that is started."""
    interface = one.surface.interface
    asked = {word.text for word in one.program.arguments} & interface.commands
    if not asked or any(OPEN in word.text for word in one.program.arguments if not word.text.startswith("-")):
        return
    for name, word in first.items():
        flag = interface.flags.get(name)
        if flag is not None and flag.under and not flag.under & asked:
            note = f"it is one of {', '.join(sorted(flag.under))} ({flag.place})"
            taker = f"{one.target.shown} {min(asked)}"
            yield Stray(name, word.line, word.column, taker, interface.place, note=note)


_LAUNCHERS = {
    "accelerate": "accelerate.commands.launch",
    "accelerate.commands.launch": "accelerate.commands.launch",
    "deepspeed": "deepspeed.launcher.runner",
    "deepspeed.launcher.runner": "deepspeed.launcher.runner",
    "torchrun": "torch.distributed.run",
    "torch.distributed.run": "torch.distributed.run",
    "torch.distributed.launch": "torch.distributed.run",
}
_OLD_WAYS = frozenset({"--use_env", "--use-env"})  # torch.distributed.launch's own


def launcher_strays(programs: Programs, program: Program) -> Iterator[Stray]:
    """The flags between a launcher and its program that the launcher does not take."""
    name = program.launcher[0].text.rpartition("/")[2] if program.launcher else ""
    module = _LAUNCHERS.get(name)
    surface = programs.launcher(module) if module is not None else None
    if surface is None or not surface.interface.kinds:
        return
    interface = surface.interface
    for word, flag in _flags(program.launcher):
        same = {flag, flag.replace("_", "-"), flag.replace("-", "_").replace("__", "--", 1)}
        if not any(_takes(interface, one) or one in _OLD_WAYS for one in same):
            near = get_close_matches(flag, [one for one in interface.flags if one.startswith("--")], n=1, cutoff=0.7)
            close = interface.flags[near[0]] if near else None
            yield Stray(
                flag,
                word.line,
                word.column,
                f"{name} itself",
                interface.place,
                near[0] if near else "",
                close.place if close else None,
            )


def _flags(words: tuple[Word, ...]) -> Iterator[tuple[Word, str]]:
    """The long flags among the words, up to a lone `--`."""
    for word in words:
        if word.text == "--":
            return
        name = word.text.partition("=")[0]
        if OPEN not in name and _LONG.fullmatch(name):
            yield word, name


def _takes(interface: Interface, name: str) -> bool:
    if name in interface.flags or any(re.fullmatch(pattern, name) for pattern in interface.patterns):
        return True
    if not interface.abbreviates:
        return False
    meant = {interface.flags[flag].dest for flag in interface.flags if flag.startswith(name)}
    return len(meant) == 1
