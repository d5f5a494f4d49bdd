"""The same steps twice: without a break, and from a checkpoint in the middle."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import isnan
from pathlib import Path
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.saving import Apart, Moment, Resuming
from antifoul.smoke.adapters import HfTrainer, Loop, Program
from antifoul.smoke.building import guarded, told
from antifoul.smoke.moments import of_steps
from antifoul.smoke.prints import batch_print
from antifoul.smoke.quiet import has_dropout
from antifoul.smoke.recorder import Steps
from antifoul.smoke.scramble import apart, between, scrambled, values_of
from antifoul.smoke.world import set_seed

_BREAK = 2  # steps before the checkpoint, and after it


def record(program: Program, seed: int) -> Resuming | Unjudged:
    """The steps after the checkpoint, both ways, or why it could not be tried."""
    if refused := program.savers() or program.refused():
        return refused
    if program.samples:
        return Unjudged("the trainer makes its own rows, so that no two runs see the same")
    with tempfile.TemporaryDirectory(prefix="antifoul-") as folder:
        try:
            found = _tried(program, folder, seed)
        except Exception as problem:  # noqa: BLE001  a guest's functions
            return Unjudged(f"saving or resuming stopped ({told(problem)})")
    if isinstance(found, Resuming) and any(isnan(one.gradient) for one in found.whole):
        return Unjudged("the gradient is NaN, which is not equal to itself: the law `finite` tells of it")
    return found


def _tried(program: Program, folder: str, seed: int) -> Resuming | Unjudged:
    if isinstance(program, HfTrainer):
        return _of_trainer(program, folder, seed)
    return _of_loop(program, folder, seed) if isinstance(program, Loop) else Unjudged("no loop to resume")


def _of_loop(loop: Loop, folder: str, seed: int) -> Resuming | Unjudged:
    """Two steps, a checkpoint and two more; then the last two from the checkpoint, in a fresh loop where there is one.

    A loop that can be made anew goes on with its own rows; another one is given those of the first run.
    """
    again = loop.fresh(seed=seed)
    first = loop.fresh(seed=seed) if again is not None else None
    if first is None or again is None:
        if loop.feeds_itself():
            return Unjudged("train_step has its own rows", "def make(seed=0): ...  # a function that makes the loop")
        first = again = loop
    own = loop.feeds_itself() or (loop.get("next_batch") is not None and (first is not again or _rewinds(loop)))
    with first.untouched():
        set_seed(seed)
        first.model.train()
        first.moments(_BREAK, None)
        at_break = values_of(first.model)
        first.save(folder)
        batches = [first.next_rows() for _ in range(_BREAK)]
        whole = first.moments(_BREAK, batches)
    with again.untouched():
        if first is not again:
            _same_frozen(first.model, again.model)
        noise = scrambled(again.model)
        again.model.train()
        set_seed(seed + 1)
        if again.load(folder) is not again.model:
            return Unjudged("load gives another model than the one that train_step trains")
        differ = apart(again.model, at_break, noise)
        if not own:
            _ = [again.next_rows() for _ in range(_BREAK)]  # they may be drawn from the process's random numbers
        resumed = again.moments(_BREAK, None if own else batches)
    return Resuming(whole, resumed, differ, has_dropout(loop.model), own and not loop.feeds_itself())


def _rewinds(loop: Loop) -> bool:
    """What next_batch remembers is put back with the rest, so that a loop can be its own successor."""
    found = []
    for _ in range(2):
        with loop.untouched():
            found.append(batch_print(loop.next_rows()))
            loop.next_rows()
    return found[0] == found[1]


def _same_frozen(source: Any, target: Any) -> None:  # noqa: ANN401  torch modules
    """A base that is not trained is not saved: a fresh one is given that of the first."""
    import torch

    theirs = dict(target.named_parameters())
    with torch.no_grad():
        for name, one in source.named_parameters():
            if not one.requires_grad and name in theirs and theirs[name].shape == one.shape:
                theirs[name].copy_(one)


def _of_trainer(program: HfTrainer, folder: str, seed: int) -> Resuming | Unjudged:
    """A run that writes a checkpoint on its way, and one that begins there."""
    trainer = program.trainer
    usual = {"max_steps": 2 * _BREAK, "save_steps": _BREAK, "save_strategy": "steps", "save_total_limit": None}
    small = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 1, "output_dir": folder}
    with program.borrowed(**usual, **small), _heard(program, _BREAK) as whole:
        program.resize()
        set_seed(seed)
        guarded(trainer.train, "train() stopped")
    checkpoint = Path(folder) / f"checkpoint-{_BREAK}"
    if not checkpoint.is_dir():
        return Unjudged("the Trainer writes no checkpoint")
    with program.borrowed(**usual, **small), _heard(program, 0) as resumed:
        program.resize()
        noise = scrambled(program.model)
        set_seed(seed)  # the order of the rows comes from the seed that the process began with
        _spend()
        guarded(lambda: trainer.train(resume_from_checkpoint=str(checkpoint)), "resuming stopped")
    one, other = whole.moments()[_BREAK:], resumed.moments()
    if not one or not other:
        return Unjudged("the Trainer took no step after the checkpoint")
    return Resuming(one, other, _differ(resumed, whole, noise), has_dropout(program.model), fed=True)


def _spend() -> None:
    """Random numbers are drawn, so that the next ones are not those that a checkpoint kept."""
    import torch

    torch.rand(997)
    random.shuffle(list(range(97)))


def _differ(resumed: "_Heard", whole: "_Heard", noise: dict[str, Any]) -> tuple[Apart, ...]:
    return between(resumed.weights, whole.weights, noise)


class _Heard:
    """The steps of a run, and the weights before one of them."""

    def __init__(self, model: Any, at: int) -> None:  # noqa: ANN401  a torch module
        self.steps = Steps(lambda: model)
        self.weights: dict[str, Any] = {}
        self.seen: list[Any] = []
        self.losses: list[float] = []
        self._model = model
        self._at = at
        self._count = 0

    def before(self, *_: Any) -> None:  # noqa: ANN401  as torch calls it
        if self._count == self._at:
            self.weights = values_of(self._model)
        self._count += 1

    def moments(self) -> tuple[Moment, ...]:
        """One for each optimizer step, where each has one micro-batch."""
        return of_steps(self.steps, [hash(one) for one in self.seen], self.losses)


@contextmanager
def _heard(program: HfTrainer, at: int) -> Iterator[_Heard]:
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    heard = _Heard(program.model, at)
    handle = register_optimizer_step_pre_hook(heard.before)
    try:
        with program.heard(heard.losses, heard.seen, prints=True), heard.steps:
            yield heard
    finally:
        handle.remove()
