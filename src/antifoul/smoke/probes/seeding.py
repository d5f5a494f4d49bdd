"""Build the target twice from one seed, from different random numbers: are weights, rows and losses the same?"""

from math import isnan
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.saving import Build, Seeding
from antifoul.smoke.adapters import HfTrainer, Loop, Program
from antifoul.smoke.building import BuildError, told
from antifoul.smoke.prints import batch_print, print_of
from antifoul.smoke.results import loss_of
from antifoul.smoke.world import set_seed

_STEPS = 3
_FACTORY = Unjudged("the target is one object", "def make(seed=0): ...  # a function that makes it anew")


def record(program: Program, seed: int) -> Seeding | Unjudged:
    """The builds, or why there are none."""
    if program.rebuild is None:
        return _FACTORY
    if program.samples:
        return Unjudged("the trainer makes its own rows, so that builds are compared by weights alone")
    if refused := program.refused():
        return refused
    named = program.takes_seed
    try:
        first, again = _built(program, seed, 1001), _built(program, seed, 2002)
        other = _built(program, seed + 1, 1001) if named and isinstance(program, Loop) else None
    except Exception as problem:  # noqa: BLE001  a guest's factory
        return Unjudged(f"a second one could not be made or trained ({told(problem)})")
    if any(isnan(loss) for one in (first, again) for loss in one.losses):
        return Unjudged("the loss is NaN, which is not equal to itself: the law `finite` tells of it")
    return Seeding(first, again, other, named)


def _built(program: Program, seed: int, junk: int) -> Build:
    """A fresh target, made while the process's random numbers are somewhere else."""
    set_seed(junk)
    made = program.fresh(seed=seed)
    if made is None:
        raise BuildError("the target is one object")
    weights = tuple((name, print_of(one)) for name, one in made.model.named_parameters())
    if isinstance(made, HfTrainer):
        losses: list[float] = []
        seen: list[Any] = []
        with made.borrowed(max_steps=_STEPS), made.heard(losses, seen, prints=True):
            made.resize()
            made.trainer.train()
        return Build(weights, tuple(seen), tuple(losses))
    if not isinstance(made, Loop):
        return Build(weights, (), ())
    batches, found = [], []
    with made.untouched():
        for _ in range(_STEPS):
            batch = made.next_rows()
            batches.append(batch_print(batch))
            found.append(loss_of(made.one(*([] if batch is None else [batch]))))
    return Build(weights, tuple(batches), tuple(one for one in found if one is not None))
