"""A command line as a user writes it, read as the one Python program that it starts."""

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Literal, NamedTuple

from antifoul.smoke.building import BuildError

_SETS = re.compile(r"[A-Za-z_]\w*=")
_PREFIXES = frozenset({"nohup", "time", "exec", "env", "sudo", "srun", "mpirun", "numactl", "nice", "ionice", "stdbuf"})
_RUNNERS = frozenset({"uv", "poetry", "pipenv", "pdm", "hatch", "rye", "pixi"})  # with "run"
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*")
_WITH_VALUE = frozenset({"-W", "-X", "--check-hash-based-pycs"})  # options of python
_LAUNCHERS = {
    "torch.distributed.run": "torchrun",
    "torch.distributed.launch": "torchrun",
    "accelerate.commands.launch": "accelerate launch",
    "deepspeed.launcher.runner": "deepspeed",
}
_ALONE: Mapping[str, str] = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1", "LOCAL_WORLD_SIZE": "1"}


class Launch(NamedTuple):
    """What is started: a file, a module or an installed command, with its arguments and what its environment gets."""

    kind: Literal["file", "module", "command"]
    target: str
    args: tuple[str, ...]
    environ: Mapping[str, str]
    replaced: tuple[str, ...]


def launch_of(command: str, is_file: Callable[[str], bool]) -> Launch:
    """The program of a command line.

    Raises:
        BuildError: it starts none that can be run as Python.
    """
    try:
        words = shlex.split(command)
    except ValueError as problem:
        raise BuildError(f"{command!r} cannot be read as a command line: {problem}") from problem
    environ: dict[str, str] = {}
    while words and (_SETS.match(words[0]) or PurePath(words[0]).name in {*_PREFIXES, *_RUNNERS}):
        word = words.pop(0)
        if _SETS.match(word):
            name, _, value = word.partition("=")
            environ[name] = value
            continue
        if word in _RUNNERS:
            if words[:1] != ["run"]:
                raise BuildError(f"{command!r} starts no program that can be tried: write python FILE")
            words.pop(0)
        while words and words[0].startswith("-"):
            words.pop(0)
    if not words:
        raise BuildError(f"{command!r} starts no program")
    return _file(words, environ) if is_file(words[0]) else _started(words, environ, command)


def _file(words: list[str], environ: Mapping[str, str]) -> Launch:
    if words[0].endswith((".sh", ".bash")):
        raise BuildError(f"{words[0]} is a shell script: give the python command that it runs")
    return Launch("file", words[0], tuple(words[1:]), environ, ())


def _started(words: list[str], environ: Mapping[str, str], command: str) -> Launch:
    first = PurePath(words[0]).name
    if _PYTHON.fullmatch(first):
        return _python(words[1:], environ, command)
    if first == "accelerate" and words[1:2] == ["launch"]:
        return _launched("accelerate launch", words[2:], environ, command)
    if first in {"torchrun", "deepspeed"}:
        return _launched(first, words[1:], environ, command)
    if first in {"bash", "sh", "zsh", "source", "."}:
        raise BuildError(f"{command!r} is a shell script: give the python command that it runs")
    if first.endswith(".py"):
        raise BuildError(f"there is no file {words[0]}")
    return Launch("command", first, tuple(words[1:]), environ, ())


def _python(words: list[str], environ: Mapping[str, str], command: str) -> Launch:
    while words and words[0].startswith("-") and words[0] not in {"-m", "-c"}:
        words = words[2:] if words[0] in _WITH_VALUE else words[1:]
    if not words or words[0] == "-c":
        raise BuildError(f"{command!r} starts no file and no module")
    if words[0] != "-m":
        return _file(words, environ)
    if len(words) < 2:
        raise BuildError(f"{command!r} names no module")
    if words[1] in _LAUNCHERS:
        return _launched(_LAUNCHERS[words[1]], words[2:], environ, command)
    return Launch("module", words[1], tuple(words[2:]), environ, ())


def _launched(launcher: str, words: list[str], environ: Mapping[str, str], command: str) -> Launch:
    """The program behind a launcher's own options: the first file, or what follows `-m`."""
    said = (f"{launcher} -> one process on the CPU",)
    # Without these variables accelerate starts no process group; scripts under torchrun read them.
    around = {**environ, **({} if launcher == "accelerate launch" else _ALONE)}
    for at, word in enumerate(words):
        if word in {"-m", "--module"} and at + 1 < len(words):
            return Launch("module", words[at + 1], tuple(words[at + 2 :]), around, said)
        if word.endswith(".py"):
            return Launch("file", word, tuple(words[at + 1 :]), around, said)
    raise BuildError(f"{command!r}: no Python file stands behind {launcher}")
