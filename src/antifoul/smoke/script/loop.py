"""A script as a loop that can be driven: its step is the script's own, one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from antifoul.smoke.loop import Loop
from antifoul.smoke.script.stage import Stage


class ScriptLoop(Loop):
    """A loop whose step brings its own batches."""

    def __init__(self, parts: SimpleNamespace, stage: Stage) -> None:
        super().__init__(parts)
        self.stage = stage

    @contextmanager
    def mirrored(self) -> Iterator[None]:
        """While open, loaders give the batches of the last step once more."""
        self.stage.mirror = True
        try:
            yield
        finally:
            self.stage.mirror = False

    def repeat(self, steps: int) -> list[float]:
        """The losses of steps on one and the same batch."""
        with self.mirrored():
            return super().repeat(steps)
