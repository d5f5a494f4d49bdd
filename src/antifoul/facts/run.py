"""What a training program did when it was tried for a few steps: recordings of plain numbers, never tensors."""

from collections.abc import Mapping
from typing import NamedTuple


class Run(NamedTuple):
    """What was recorded of one target for a law, by the names of its parameters, which are those of the probes."""

    target: str
    recordings: Mapping[str, object] = {}


class Unjudged(NamedTuple):
    """Why a law could not be judged, and the one line that would enable it, "" where there is none."""

    reason: str
    enable: str = ""

    def __str__(self) -> str:
        return f"{self.reason}; to enable it: {self.enable}" if self.enable else self.reason


ELSEWHERE = Unjudged("it is about another kind of training")
