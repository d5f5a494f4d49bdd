"""What a script's process is asked, and what it answers."""

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Task(NamedTuple):
    """A script to be tried."""

    command: str
    root: str  # the repository
    folder: str  # where it runs, from the root
    out: str  # where it may write
    needs: tuple[str, ...]  # the recordings to make
    seed: int
    budget: float
    config: str = ""
    overrides: Mapping[str, Any] = {}
    names: Mapping[str, str] = {}
    declared: Mapping[str, Any] = {}


class Answer(NamedTuple):
    """What came of it. A recording is plain numbers, an `Unjudged`, or the text of what stopped."""

    recordings: Mapping[str, object] = {}
    stopped: str = ""  # why nothing could be recorded: the script's own error
    skipped: str = ""  # why nothing could be recorded: what cannot be had on a CPU
    replaced: tuple[str, ...] = ()
    strangers: Mapping[str, str] = {}  # modules of the repository that came from elsewhere, with their files
    untold: str = ""  # a tokenizer that is not here, so that a tiny one stood for it


def write(path: Path, value: Task | Answer) -> None:
    """Keep the value for the other process; it is there whole or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(value))
    part.replace(path)


def read(path: Path) -> Any:  # noqa: ANN401  a Task or an Answer
    """The value that the other process kept. Both processes are ours, and so is the folder."""
    return pickle.loads(path.read_bytes())  # noqa: S301  see above
