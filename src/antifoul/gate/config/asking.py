"""What the `config` commands ask for, and how it becomes a stack."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from antifoul.facts.errors import AntifoulError, ReadError, UsageError
from antifoul.facts.paths import shown
from antifoul.facts.stack.check import Misfit
from antifoul.facts.stack.nodes import Note, Origin
from antifoul.facts.stack.paths import dotted
from antifoul.readers.stack.assembly import Asked, Assembled, assembled
from antifoul.readers.stack.files import NoMappingError
from antifoul.readers.stack.static_modules import Modules
from antifoul.readers.stack.static_schema import static_schema


class Question(NamedTuple):
    """The layers that the command line names beside a config's own."""

    overrides: tuple[str, ...] = ()
    schema: str = ""  # `file.py:Class`, `package.module:Class`, the file of a JSON Schema
    defaults: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    prefix: str = ""  # of variables; "" where the environment is not looked at
    environ: Mapping[str, str] = {}
    by_hydra: bool = False  # have Hydra compose it too, and say where it differs


def answered(file: str, question: Question) -> Assembled:
    """The config with its layers. Of a Python config nothing is run.

    Raises:
        UsageError: a file cannot be read, a base is not there, an override sets what there is not.
    """
    if not os.path.isfile(file):  # noqa: PTH113  the message is the same for a folder
        kind = "a folder" if os.path.isdir(file) else "no file"  # noqa: PTH112  as above
        raise UsageError(f"{shown(file)} is {kind}: a config is wanted")
    try:
        schema = static_schema(question.schema, Modules()) if question.schema else None
        return assembled(
            file,
            Asked(
                defaults=question.defaults,
                user=question.user,
                overrides=question.overrides,
                environ=question.environ if question.prefix else None,
                prefix=question.prefix or "CONFIG",
                schema=schema,
            ),
        )
    except ReadError as problem:
        raise UsageError(str(problem)) from None


def tried(file: str) -> Assembled | Note | None:
    """The config with its files; why it cannot be read; None for a file that is data: its top is a list."""
    try:
        return assembled(file, Asked())
    except NoMappingError:
        return None
    except AntifoulError as problem:
        return skipped(problem, file)


def problems_of(whole: Assembled) -> tuple[Note, ...]:
    """Why no run may start with it, each at its place."""
    unset = [Misfit(path, origin, "it must be set: it is ???") for path, origin in whole.missing]
    misfits = [
        Note(f"{dotted(one.path)}: {one.message}", one.origin, fatal=True)
        for one in (*whole.misfits, *unset)
        if one.certain
    ]
    return (*(note for note in whole.notes if note.fatal), *misfits)


def skipped(problem: Exception, file: str) -> Note:
    """A config that cannot be read, for a list of them."""
    message = str(problem)
    for head in (f"{shown(file)}:", f"{file}:"):
        message = message.removeprefix(head).strip()
    return Note(message, Origin("", file))
