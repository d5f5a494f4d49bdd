"""A LightningModule as a plain loop: its own steps and hooks, in the order in which Lightning calls them.

Lightning's Trainer is not run: it would turn off what is looked at, and adds seconds. What is the module's own is
called: training_step, configure_optimizers, backward, the gradient hooks. What is the Trainer's (the division by
accumulated batches, the clip that it was given) is done as it does it.
"""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from antifoul.smoke.building import BuildError, guarded
from antifoul.smoke.quiet import replaced
from antifoul.smoke.results import tensor_of

_NAMES = ("module", "model", "lightning_module", "lit_model", "pl_module")


def is_module(found: object) -> bool:
    """It is a LightningModule, told by its class names."""
    return "LightningModule" in {kind.__name__ for kind in type(found).__mro__}


def module_in(found: Any) -> Any:  # noqa: ANN401  whatever the user gave; a LightningModule or None
    """The LightningModule that the target is or holds."""
    if is_module(found):
        return found
    return next((one for one in _held(found) if is_module(one)), None)


def _held(found: Any) -> list[Any]:  # noqa: ANN401  whatever the user gave
    if isinstance(found, list | tuple):
        return list(found)
    if isinstance(found, Mapping):
        return list(found.values())
    return [getattr(found, name, None) for name in (*_NAMES, "trainer", "datamodule", "dataloader", "train_dataloader")]


def parts_of(found: Any) -> dict[str, Any]:  # noqa: ANN401  whatever the user gave
    """The parts of a plain loop that the module has, and those that were given beside it.

    Raises:
        BuildError: its optimizers cannot be made.
    """
    module = module_in(found)
    lit = _Lit(module, _trainer(found))
    given = dict(found) if isinstance(found, Mapping) else {}
    if not isinstance(found, Mapping | list | tuple) and found is not module:
        given = {name: one for name, one in getattr(found, "__dict__", {}).items() if not name.startswith("_")}
    usual: dict[str, Any] = {
        "optimizer": lit.optimizers,
        "scheduler": lit.scheduler,
        "train_step": lit.train_step,
        "compute_loss": lit.compute_loss if lit.automatic else None,
        "dataloader": _loader(found, module),
        # Lightning divides the loss of each batch by their number, whatever it is a mean of.
        "normalise": "micro-batch" if lit.automatic else None,
        "tokenizer": getattr(module, "tokenizer", None),
    }
    known = {name: one for name, one in usual.items() if one is not None}
    return {**known, **given, "model": module}


def _trainer(found: Any) -> Any:  # noqa: ANN401  whatever the user gave; a Trainer or None
    many = [found] if is_module(found) else _held(found)
    return next((one for one in many if hasattr(one, "fit") and hasattr(one, "gradient_clip_val")), None)


def _loader(found: Any, module: Any) -> Any:  # noqa: ANN401  whatever the user gave; a data loader or None
    for one in [] if is_module(found) else _held(found):
        if "LightningDataModule" in {kind.__name__ for kind in type(one).__mro__}:
            guarded(one.prepare_data, "prepare_data stopped")
            guarded(partial(one.setup, "fit"), "setup stopped")
            return guarded(one.train_dataloader, "train_dataloader stopped")
        if hasattr(one, "__iter__") and hasattr(one, "dataset"):
            return one
    try:
        return module.train_dataloader()
    except Exception:  # noqa: BLE001  the module has none
        return None


class _Lit:
    """The optimizers of a module, and its steps."""

    def __init__(self, module: Any, trainer: Any) -> None:  # noqa: ANN401  Lightning's own
        self.module = module
        self.automatic = bool(getattr(module, "automatic_optimization", True))
        self._clip = getattr(trainer, "gradient_clip_val", None)
        self._way = getattr(trainer, "gradient_clip_algorithm", None) or "norm"
        made = guarded(module.configure_optimizers, "configure_optimizers stopped")
        self.optimizers, schedulers = _unpacked(made)
        if not self.optimizers:
            raise BuildError("configure_optimizers gives no optimizer")
        self._schedulers = schedulers
        self._stepwise = [one for one, interval in schedulers if interval == "step"]

    @property
    def scheduler(self) -> Any:  # noqa: ANN401  torch's own or None
        """The scheduler that is stepped with the optimizer; one stepped by epochs is not judged here."""
        return self._stepwise[0] if self._stepwise else None

    def compute_loss(self, _model: Any, batch: Any) -> Any:  # noqa: ANN401  torch's own
        """The loss that training_step gives."""
        with self._attached():
            return tensor_of(self._training_step(batch, 0))

    def train_step(self, batches: Any) -> dict[str, Any]:  # noqa: ANN401  a batch or a list of them
        """One optimizer step over micro-batches, as Lightning's loop takes it."""
        many = batches if isinstance(batches, list) and not hasattr(batches, "dim") else [batches]
        with self._attached():
            if self.automatic:
                return {"loss": self._automatic(many)}
            losses = [tensor_of(self._training_step(batch, number)) for number, batch in enumerate(many)]
        told = [float(one.detach()) for one in losses if one is not None]
        return {"loss": sum(told) / len(told)} if told else {}

    def _automatic(self, many: list[Any]) -> float:
        module, total = self.module, 0.0
        for optimizer in self.optimizers:
            module.optimizer_zero_grad(0, 0, optimizer)
        for number, batch in enumerate(many):
            loss = tensor_of(self._training_step(batch, number))
            if loss is None:
                continue
            module.backward(loss / len(many))
            module.on_after_backward()
            total += float(loss.detach()) / len(many)
        for optimizer in self.optimizers:
            module.on_before_optimizer_step(optimizer)
            if self._clip:
                self._clipped(optimizer)
            if type(module).optimizer_step.__qualname__.startswith("LightningModule."):
                optimizer.step()
            else:
                module.optimizer_step(0, 0, optimizer, None)
        for scheduler in self._stepwise:
            module.lr_scheduler_step(scheduler, None)
        return total

    def _clipped(self, optimizer: Any) -> None:  # noqa: ANN401  torch's own
        from torch.nn import utils

        held = [one for group in optimizer.param_groups for one in group["params"]]
        if str(getattr(self._way, "value", self._way)) == "value":
            utils.clip_grad_value_(held, self._clip)
        else:
            utils.clip_grad_norm_(held, self._clip)

    def _training_step(self, batch: Any, number: int) -> Any:  # noqa: ANN401  what the module gives
        step = self.module.training_step
        takes = [one for one in inspect.signature(step).parameters.values() if one.kind is not one.KEYWORD_ONLY]
        return step(batch, number) if len(takes) > 1 else step(batch)

    @contextmanager
    def _attached(self) -> Iterator[None]:
        """While open, what a module asks its Trainer for is answered, and what it logs is dropped."""
        module, many = self.module, self.optimizers
        schedulers = [one for one, _ in self._schedulers]
        answers: dict[str, Any] = {
            "optimizers": lambda *_, **__: many[0] if len(many) == 1 else many,
            "lr_schedulers": lambda: schedulers[0] if len(schedulers) == 1 else (schedulers or None),
            "manual_backward": lambda loss, *_, **__: loss.backward(),
            "log": lambda *_, **__: None,
            "log_dict": lambda *_, **__: None,
            "clip_gradients": lambda optimizer, gradient_clip_val=None, **_: _clip_to(optimizer, gradient_clip_val),
        }
        with ExitStack() as stack:
            for name, answer in answers.items():
                stack.enter_context(replaced(module, name, answer))
            yield


def _clip_to(optimizer: Any, limit: float | None) -> None:  # noqa: ANN401  torch's own
    from torch.nn import utils

    if limit:
        utils.clip_grad_norm_([one for group in optimizer.param_groups for one in group["params"]], limit)


def _unpacked(made: Any) -> tuple[list[Any], list[tuple[Any, str]]]:  # noqa: ANN401  what the module gives
    """Optimizers, and schedulers with their interval, of all the forms that Lightning knows."""
    if made is None:
        return [], []
    if isinstance(made, Mapping):
        own = _scheduler(made["lr_scheduler"]) if made.get("lr_scheduler") is not None else []
        return [made["optimizer"]], own
    if isinstance(made, list | tuple):
        if len(made) == 2 and isinstance(made[0], list | tuple):
            return list(made[0]), [pair for one in made[1] for pair in _scheduler(one)]
        if all(isinstance(one, Mapping) for one in made):
            pairs = [_unpacked(one) for one in made]
            return [one for many, _ in pairs for one in many], [one for _, many in pairs for one in many]
        return list(made), []
    return [made], []


def _scheduler(given: Any) -> list[tuple[Any, str]]:  # noqa: ANN401  what the module gives
    if isinstance(given, Mapping):
        return [(given["scheduler"], str(given.get("interval", "epoch")))]
    return [(given, "epoch")]
