"""Learning rates at optimizer steps, with one micro-batch a step and with several, beside those of the scheduler."""

import warnings
from contextlib import suppress
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.stepping import Schedule
from antifoul.smoke.adapters import HfTrainer, Loop, Program
from antifoul.smoke.quiet import without_dropout
from antifoul.smoke.results import named, number

_STEPS = 8
_MICRO = 3
_LONGEST = 5000  # steps of a run that are looked at


def record(program: Program, _seed: int) -> Schedule | Unjudged:
    """The learning rates of a few steps, or why none could be taken."""
    if refused := program.refused():
        return refused
    if isinstance(program, HfTrainer):
        return program.scheduled()
    if not isinstance(program, Loop):
        return Unjudged("no scheduler that could be stepped by itself")
    scheduler = _scheduler(program)
    rates, results = _rates(program, 1)
    many = _rates(program, _MICRO)[0] if program.takes_list() else ()
    with program.untouched():
        planned = _planned(scheduler, _STEPS)
    total = next(
        (one for name in ("total_steps", "max_steps", "num_training_steps") if (one := program.get(name))), None
    )
    whole: tuple[float, ...] = ()
    if isinstance(total, int) and 1 < total <= _LONGEST:
        with program.untouched():
            whole = _planned(scheduler, total)
    if scheduler is None and len({*rates, *many}) <= 1 and not results:
        return Unjudged(
            "no scheduler was given, and the learning rate is constant", "scheduler = ...  # beside optimizer"
        )
    return Schedule(rates, many, planned, type(scheduler).__name__ if scheduler else "", _MICRO, results, whole)


def _scheduler(program: Loop) -> Any:  # noqa: ANN401  the user's
    given = program.get("scheduler") or program.get("lr_scheduler")
    if given is not None:
        return given
    return next((one for one in program.keepers() if hasattr(one, "get_last_lr")), None)


def _rates(program: Loop, micro: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The learning rates at the steps of the first optimizer, and those that the steps gave."""
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    seen: list[tuple[int, float]] = []

    def note(optimizer: Any, *_args: Any) -> None:  # noqa: ANN401  as torch calls it
        seen.append((id(optimizer), float(optimizer.param_groups[0].get("lr") or 0.0)))

    handle = register_optimizer_step_pre_hook(note)
    try:
        with without_dropout(program.model), program.untouched(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = program.drive(_STEPS, micro, 2)
    finally:
        handle.remove()
    told = [number(one) for result in results if (one := named(result, "lr", "learning_rate")) is not None]
    first = seen[0][0] if seen else 0
    return tuple(rate for who, rate in seen if who == first), tuple(one for one in told if one is not None)


def _planned(scheduler: Any, count: int) -> tuple[float, ...]:  # noqa: ANN401  the user's
    """The first learning rates of the scheduler, stepped by itself; empty where it wants to be told more."""
    if scheduler is None or not hasattr(scheduler, "optimizer"):
        return ()
    group = scheduler.optimizer.param_groups[0]
    found = [float(group["lr"])]
    with warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        for _ in range(count - 1):
            scheduler.step()
            found.append(float(group["lr"]))
    return tuple(found) if len(found) > 1 else ()
