"""One optimizer step over the same rows, once as micro-batches and once as one batch: their gradients compared."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from antifoul.facts.run import Accumulation, Reference, Trial, Unjudged
from antifoul.smoke.batches import alike, rows_of, take
from antifoul.smoke.building import BuildError
from antifoul.smoke.loop import Loop, loss_of
from antifoul.smoke.quiet import watched_precision, watched_roots, without_clipping, without_dropout
from antifoul.smoke.recorder import Steps
from antifoul.smoke.trainer import HfTrainer
from antifoul.smoke.world import set_seed

_COUNT = 4  # micro-batches: more than 2, so that a factor tells what it comes from
_ONE_STEP = "train_step = lambda batches: ...  # a list of micro-batches, one optimizer.step() after the last"
_HALVES = {"float16", "bfloat16"}

Vector = dict[str, Any]  # parameter -> its gradient


def record(program: Loop | HfTrainer, seed: int) -> Accumulation | Unjudged:
    """The accumulated gradient beside that of one batch, or why they cannot be compared."""
    if program.samples:
        return Unjudged("the trainer makes its own rows, so that no two steps see the same")
    precisions = {str(one.dtype).removeprefix("torch.") for one in program.model.parameters() if one.requires_grad}
    with _held(program.model, precisions):
        trials = _of_loop(program, seed) if isinstance(program, Loop) else _of_trainer(program, seed)
    if isinstance(trials, Unjudged):
        return trials
    precision = next((one for one in ("bfloat16", "float16", "float32") if one in precisions), "float64")
    return Accumulation(tuple(trials), precision, trainer=isinstance(program, HfTrainer))


@contextmanager
def _held(model: Any, precisions: set[str]) -> Iterator[None]:  # noqa: ANN401  a torch module
    with ExitStack() as stack:
        stack.enter_context(without_dropout(model))
        stack.enter_context(without_clipping())
        stack.enter_context(watched_precision(model, precisions))
        yield


class _Pass:
    """One optimizer step: the gradient at it, the loss it gave, and what its loss was divided by."""

    def __init__(self, model: Callable[[], Any]) -> None:
        self.steps = Steps(model, vectors=True)
        self.divisors: list[float] = []
        self.losses: list[float] = []

    @property
    def gradient(self) -> Vector:
        return self.steps.gradients

    @property
    def divisor(self) -> int:
        return int(max(self.divisors, default=1.0))

    def once(self) -> bool:
        return bool(self.steps.stepped) and set(self.steps.stepped.values()) == {1}


def _of_loop(loop: Loop, seed: int) -> list[Trial] | Unjudged:
    pool = loop.pool()
    if isinstance(pool, Unjudged):
        return pool
    group = alike(pool, rows_of(pool) or 1)
    count = _COUNT
    probe = _loop_pass(loop, [take(pool, group[:1])], seed)
    if isinstance(probe, Unjudged):
        return probe
    if probe.divisor > 1:
        count = probe.divisor  # the loop divides by a number of its own, whatever it is given: give it that many
    trials: list[Trial] = []
    for rows in _choices(group, count):
        trial = _loop_trial(loop, pool, rows, count, seed)
        if isinstance(trial, Unjudged):
            return trial
        trials.append(trial)
        if _fits(trial):
            break
    return trials


def _choices(group: list[int], count: int) -> Iterator[list[int]]:
    """Rows for a trial: different ones where there are any, then copies of one."""
    size = 2 if len(group) >= 2 * count else 1
    if len(group) > 1:
        yield [group[number % len(group)] for number in range(size * count)]
    yield group[:1] * count


def _fits(trial: Trial) -> bool:
    return min(trial.distance("whole"), trial.distance("loss")) <= 1e-3


def _loop_trial(loop: Loop, pool: Any, rows: list[int], count: int, seed: int) -> Trial | Unjudged:  # noqa: ANN401
    size = len(rows) // count
    micros = [take(pool, rows[number * size : (number + 1) * size]) for number in range(count)]
    whole = _loop_pass(loop, [take(pool, rows)], seed)
    again = _loop_pass(loop, [take(pool, rows)], seed + 1)
    split = _loop_pass(loop, micros, seed)
    last, first = _loop_pass(loop, micros[-1:], seed), _loop_pass(loop, micros[:1], seed)
    for one in (whole, again, split, last, first):
        if isinstance(one, Unjudged):
            return one
    assert not isinstance(whole, Unjudged)  # noqa: S101  for the type checker
    assert not isinstance(again, Unjudged)  # noqa: S101  for the type checker
    assert not isinstance(split, Unjudged)  # noqa: S101  for the type checker
    assert not isinstance(last, Unjudged)  # noqa: S101  for the type checker
    assert not isinstance(first, Unjudged)  # noqa: S101  for the type checker
    if shaken := _shaken(whole, again):
        return shaken
    references = {"whole": whole.gradient, "last": last.gradient, "first": first.gradient}
    if loss := _loss_gradient(loop, take(pool, rows), seed):
        references["loss"] = loss
    elif whole.divisor == count:
        # The loop divides by this number even when it is given one batch: its whole gradient, undivided.
        references["whole"] = {name: one * count for name, one in whole.gradient.items()}
    parts = [one.losses[0] for one in (last, first) if one.losses]
    return _compared(split.gradient, references, _Shape(count, len(rows), len(set(rows)) == 1), _Losses(whole.losses, parts))


class _Shape(tuple[int, int, bool]):
    """Micro-batches, rows, whether they are copies."""

    __slots__ = ()
