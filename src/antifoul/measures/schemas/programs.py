"""Which program a command starts, and with which arguments."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal, TypeAlias

    from antifoul.facts.launch import Command, Word

ProgramKind: TypeAlias = "Literal['file', 'module', 'name']"

_WRAPPERS = frozenset({
    "srun", "mpirun", "mpiexec", "nohup", "time", "sudo", "env", "timeout", "nice", "stdbuf", "numactl", "nsys", "ncu",
    "uv", "poetry", "pipenv", "pdm", "conda", "mamba", "micromamba", "pixi", "hatch", "xvfb-run", "setsid", "watch",
    "ray", "docker", "singularity", "apptainer", "kubectl", "sbatch", "salloc", "bash", "sh", "torchx", "sky", "exec",
    "caffeinate", "viztracer", "py-spy", "coverage", "nvprof", "strace", "pueue", "tsp", "beaker", "gantry", "mason.py",
})  # fmt: skip
_PYTHONS = ("python", "pypy")
_LAUNCHERS = frozenset({"torchrun", "deepspeed", "accelerate", "torchpippy", "horovodrun", "colossalai", "composer"})
_LAUNCHER_MODULES = frozenset({
    "torch.distributed.run", "torch.distributed.launch", "torch.distributed.elastic", "accelerate.commands.launch",
    "accelerate.commands.accelerate_cli", "deepspeed.launcher.runner", "debugpy", "pdb", "cProfile", "coverage",
    "memory_profiler", "viztracer", "scalene", "kernprof", "ray.scripts.scripts",
})  # fmt: skip


class Program(NamedTuple):
    """What a command starts. `arguments` are the words after it; `launcher` the words between a launcher and it."""

    kind: ProgramKind
    name: str  # a file as written, a module, or a command's name
    word: Word
    arguments: tuple[Word, ...]
    launcher: tuple[Word, ...] = ()  # "accelerate", "launch", "--num_processes"...


def programs_of(command: Command) -> Iterator[Program]:
    """The programs that a command starts: its own, and those that it hands on after `--`."""
    words = command.words
    yield from _programs(words, 0)


def _programs(words: Sequence[Word], depth: int) -> Iterator[Program]:
    if depth > 6 or not words:
        return
    name = words[0].text.rpartition("/")[2]
    ahead = _after_dashes(words)
    if name.startswith(_PYTHONS) and not name.endswith(".py"):
        program = _python(words)
        if program is not None:
            split = _after_dashes(program.arguments)
            handed = [one for one in _segments(split) if _starts_program(one)]
            if handed:
                yield program._replace(arguments=program.arguments[: len(program.arguments) - len(split) - 1])
                for one in handed:
                    yield from _programs(one, depth + 1)
            else:
                yield program
    elif name in _LAUNCHERS:
        yield from _launched(words)
    elif name in _WRAPPERS:
        handed = [one for one in _segments(ahead) if _starts_program(one)]
        inner = _first_program(words[1:])
        for one in handed or ([inner] if inner else []):
            yield from _programs(one, depth + 1)
    elif name.endswith(".py") and "/" in words[0].text:
        yield Program("file", words[0].text, words[0], tuple(words[1:]))
    else:
        yield Program("name", name, words[0], tuple(words[1:]))


def _after_dashes(words: Sequence[Word]) -> Sequence[Word]:
    """The words after the first lone `--`."""
    for at, word in enumerate(words):
        if word.text == "--":
            return words[at + 1 :]
    return ()


def _segments(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The commands that are handed on as one: parted by operators that were quoted."""
    segment: list[Word] = []
    for word in words:
        text = word.text
        if text.startswith("&&") and len(text) > 2:
            yield segment
            segment = [word._replace(text=text[2:], column=word.column + 2)]
        elif text in {"&&", "||", ";", "|", "&"}:
            yield segment
            segment = []
        else:
            segment.append(word)
    yield segment


def _starts_program(words: Sequence[Word]) -> bool:
    """A program is started by the first word, after variables that are set for it."""
    name = words[0].text.rpartition("/")[2] if words else ""
    return name.startswith(_PYTHONS) or name in _LAUNCHERS or name in _WRAPPERS or name.endswith(".py")


def _first_program(words: Sequence[Word]) -> Sequence[Word]:
    """The words from the first that names a program on; a wrapper's own options are passed over."""
    for at, word in enumerate(words):
        name = word.text.rpartition("/")[2]
        if word.open or word.text.startswith("-") or any(sign in word.text for sign in " \t\n="):
            continue
        if (name.startswith(_PYTHONS) and not name.endswith(".py")) or name in _LAUNCHERS or name.endswith(".py"):
            return words[at:]
        if name in _WRAPPERS and at == 0:
            return words[at:]
    for at, word in enumerate(words):  # `uv run NAME`, `poetry run NAME`
        if word.text == "run" and at + 1 < len(words) and not words[at + 1].text.startswith("-"):
            return words[at + 1 :]
    return ()


_PYTHON_TAKES = frozenset({"-W", "-X", "-m", "-c", "-Q"})


def _python(words: Sequence[Word]) -> Program | None:
    at = 1
    while at < len(words):
        text = words[at].text
        if text == "-m" and at + 1 < len(words):
            module = words[at + 1]
            if module.text in _LAUNCHER_MODULES or module.text.startswith("torch.distributed"):
                return next(iter(_launched(words[at + 1 :])), None)
            return Program("module", module.text, module, tuple(words[at + 2 :])) if not module.open else None
        if text in {"-c", "-"}:
            return None
        if text.startswith("-"):
            at += 2 if text in _PYTHON_TAKES else 1
            continue
        if text.endswith(".py") and not words[at].open:
            return Program("file", text, words[at], tuple(words[at + 1 :]))
        return None
    return None


def _launched(words: Sequence[Word]) -> Iterator[Program]:
    """The script behind a launcher's own options: the first word that is a Python file, or follows `-m`."""
    for at in range(1, len(words)):
        word = words[at]
        before = words[at - 1].text
        if word.text.endswith(".py") and not word.open and not before.startswith("--config"):
            yield Program("file", word.text, word, tuple(words[at + 1 :]), tuple(words[:at]))
            return
        if before in {"-m", "--module"} and not word.text.startswith("-") and at > 1:
            yield Program("module", word.text, word, tuple(words[at + 1 :]), tuple(words[:at]))
            return
        if word.text == "--" and at + 1 < len(words):
            yield from _programs(words[at + 1 :], 1)
            return
    yield Program("name", words[0].text.rpartition("/")[2], words[0], tuple(words[1:]), tuple(words[:1]))
