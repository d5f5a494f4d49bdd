# ruff: noqa: ANN401  torch's own signatures
"""A script on a stage: it runs in the main thread, an optimizer step at a time, when another thread asks for one.

It is stopped where the trained model is called for the first time in a step. Between two steps the other thread may do
with the model what it likes, as with a step that it could call: the script becomes a loop with a `train_step`.
"""

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Ended(BaseException):
    """The script ended, or stopped, before the step that was asked for. No `except Exception` may keep it."""


class Stage:
    """The script's process. `act` is called in a thread of its own at the first stop, and must not return."""

    def __init__(self, act: Callable[["Stage"], None]) -> None:
        self._act = act
        self._main = threading.main_thread().ident
        self._depth = 0
        self._backward = 0
        self._acting: threading.Thread | None = None
        self._turn = threading.Condition()
        self._whose = "script"
        self._armed = False
        self._over = ""
        self.failed = False  # the script stopped by an error of its own
        self.closed = False  # something else drives the training
        self.steps = 0
        self.roots: dict[int, Any] = {}  # modules called from outside of any other, with gradients on
        self.others: dict[int, Any] = {}  # and with gradients off
        self.optimizers: dict[int, Any] = {}
        self.losses: list[float] = []  # what backward started from, since the last stop
        self.pulled: list[Any] = []  # batches that loaders gave since the last step
        self.mirror = False  # loaders give the batches of the last step once more
        self._queue: list[Any] = []
        self._first: list[tuple[Any, Any]] = []
        self._listener: Callable[[str], None] | None = None

    def build(self, torch: Any) -> None:
        """Listen to torch."""
        from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

        call, backward = torch.nn.Module.__call__, torch.autograd.backward
        register_optimizer_step_pre_hook(self._begins)
        register_optimizer_step_post_hook(self._stepped)

        def outermost(module: Any, *args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() != self._main or self._depth or self._backward or self.closed:
                return call(module, *args, **kwargs)
            self._meet(module, with_gradient=torch.is_grad_enabled())
            self._depth += 1
            try:
                return call(module, *args, **kwargs)
            finally:
                self._depth -= 1

        def started(tensors: Any, *args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() != self._main or self.closed:
                return backward(tensors, *args, **kwargs)
            for one in tensors if isinstance(tensors, list | tuple) else (tensors,):
                if one.numel() == 1:
                    self.losses.append(float(one.detach()))
            self._hear("before")
            self._backward += 1
            try:
                return backward(tensors, *args, **kwargs)
            finally:
                self._backward -= 1
                self._hear("after")

        torch.nn.Module.__call__ = outermost
        torch.autograd.backward = started
        self._serve(torch.utils.data.DataLoader)

    def _serve(self, loader: Any) -> None:
        """Let a loader that is trained on begin anew where it ends: a few rows are enough for any number of steps."""
        plain = loader.__iter__

        def again(self_: Any) -> Iterator[Any]:
            while True:
                before = self.steps
                for batch in plain(self_):
                    if not self.closed:
                        self.pulled.append(batch)
                    yield batch
                    while self._queue:
                        yield self._queue.pop(0)
                if self.steps == before or self.closed:
                    return

        loader.__iter__ = again

    def _meet(self, module: Any, *, with_gradient: bool) -> None:
        if next(module.parameters(), None) is None:
            return
        (self.roots if with_gradient else self.others)[id(module)] = module
        if with_gradient and self._armed and self._is_trained(module):
            self._armed = False
            self._stop()

    def _is_trained(self, module: Any) -> bool:
        held = {
            id(one)
            for optimizer in self.optimizers.values()
            for group in optimizer.param_groups
            for one in group["params"]
        }
        return any(id(one) in held for one in module.parameters())

    def _begins(self, optimizer: Any, *_: Any) -> None:
        """Keep what the first step is about to change: the laws are judged from where the script starts."""
        if self._acting is not None or self.closed or id(optimizer) in self.optimizers:
            return
        held = [one for group in optimizer.param_groups for one in group["params"]]
        buffers = [one for module in self.roots.values() for one in module.buffers()]
        self._first += [(one, one.detach().clone()) for one in (*held, *buffers)]

    def _undo(self) -> None:
        """Put back what the script's first steps changed."""
        import torch

        with torch.no_grad():
            for tensor, value in reversed(self._first):
                tensor.copy_(value)
        for optimizer in self.optimizers.values():
            optimizer.state.clear()
        self._first = []

    def _stepped(self, optimizer: Any, *_: Any) -> None:
        if threading.get_ident() != self._main or self.closed:
            return
        self.steps += 1
        self.optimizers[id(optimizer)] = optimizer
        self._armed = True
        if self.mirror:
            self._queue = list(self.pulled)
        self.pulled = []

    def _stop(self) -> None:
        """Hand over to the acting thread, and wait to be asked for a step."""
        with self._turn:
            self._whose = "act"
            if self._acting is None:
                self._undo()
                self._acting = threading.Thread(target=self._act, args=(self,), name="antifoul")
                self._acting.start()
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._whose == "script")

    def advance(self) -> dict[str, float]:
        """One optimizer step of the script, as it wrote it: called by the acting thread.

        Raises:
            Ended: there is none.
        """
        if self._over:
            raise Ended(self._over)
        self.losses = []
        with self._turn:
            self._whose = "script"
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._whose == "act")
        if self._over:
            raise Ended(self._over)
        return {"loss": sum(self.losses)} if self.losses else {}

    @contextmanager
    def around_backward(self, listen: Callable[[str], None]) -> Iterator[None]:
        """While open, this is called "before" and "after" each backward of the script."""
        self._listener = listen
        try:
            yield
        finally:
            self._listener = None

    def _hear(self, moment: str) -> None:
        if self._listener is not None:
            self._listener(moment)

    def end(self, why: str, *, failed: bool) -> None:
        """The script is over: the acting thread is told, and waited for. Returns at once where there is none."""
        self._over, self.failed = why, failed
        if self._acting is None:
            return
        with self._turn:
            self._whose = "act"
            self._turn.notify_all()
        self._acting.join()

    def model(self) -> Any:
        """The module that is trained: the smallest that holds what the optimizers hold."""
        held = {
            id(one)
            for optimizer in self.optimizers.values()
            for group in optimizer.param_groups
            for one in group["params"]
        }
        called = [one for one in self.roots.values() if _share(one, held) > 0.9]
        found = called or [one for one in _modules() if _share(one, held) > 0.9]
        if not found:
            return max(self.roots.values(), key=lambda one: _share(one, held), default=None)
        best = min(found, key=lambda one: sum(1 for _ in one.parameters()))
        return getattr(best, "module", best) if type(best).__name__ == "DistributedDataParallel" else best

    def reference(self, model: Any) -> Any:
        """A module that is called without gradients and is built like the model; None where there is none."""
        names = {name for name, _ in model.named_parameters()}
        alike = [
            one
            for one in self.others.values()
            if one is not model and {name for name, _ in one.named_parameters()} == names
        ]
        return alike[0] if len(alike) == 1 else None


def _share(module: Any, held: set[int]) -> float:
    own = {id(one) for one in module.parameters()}
    return len(own & held) / len(held) if held else 0.0


def _modules() -> list[Any]:
    kind = sys.modules["torch"].nn.Module
    return [one for one in gc.get_objects() if isinstance(one, kind)]
