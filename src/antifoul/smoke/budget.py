"""How much computing time a target may take. The clock starts when its first optimizer is built: imports are free."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Seconds = float


class Spent(BaseException):
    """The budget ran out inside a step. No `except Exception` of a guest's code may keep it."""


class Budget:
    """Seconds of computing time for one target, and what they went to. `now` is a clock of such seconds."""

    def __init__(self, limit: Seconds, now: Callable[[], Seconds]) -> None:
        self.limit = limit
        self._now = now
        self._since: Seconds | None = None  # None: stands still
        self._counts = False  # an optimizer was built
        self.spent: dict[str, Seconds] = {}

    @property
    def total(self) -> Seconds:
        """What was spent so far."""
        running = self._now() - self._since if self._since is not None else 0.0
        return sum(self.spent.values()) + running

    @property
    def is_spent(self) -> bool:
        """Nothing is left."""
        return self.total >= self.limit

    def __str__(self) -> str:
        parts = sorted(self.spent.items(), key=lambda one: -one[1])
        told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in parts[:3])
        return f"the budget of {self.limit:g} s is spent ({told})" if told else f"the budget is {self.limit:g} s"

    @contextmanager
    def running(self, name: str, *, built: bool) -> Iterator[None]:
        """While open, time counts, from the first optimizer on where none is `built` yet.

        Raises:
            Spent: at an optimizer step for which nothing is left.
        """
        self._counts |= built
        self._since = self._now() if self._counts else None
        handles = self._listen()
        try:
            yield
        finally:
            for remove in handles:
                remove()
            if self._since is not None:
                self.spent[name] = self.spent.get(name, 0.0) + self._now() - self._since
            self._since = None

    def _listen(self) -> list[Callable[[], None]]:
        """Hear of optimizers that are built, and stop those that step without budget."""
        torch = sys.modules.get("torch")
        if not hasattr(torch, "optim"):
            return []
        from torch.optim import Optimizer
        from torch.optim.optimizer import register_optimizer_step_pre_hook

        init = Optimizer.__init__

        def noted(optimizer: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as torch's own
            self._counts = True
            self._since = self._now() if self._since is None else self._since
            init(optimizer, *args, **kwargs)

        def unnoted() -> None:
            Optimizer.__init__ = init

        def stop(*_: object) -> None:
            if self.is_spent:
                raise Spent

        Optimizer.__init__ = noted
        return [register_optimizer_step_pre_hook(stop).remove, unnoted]
