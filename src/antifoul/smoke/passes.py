"""One pass: the same rows through one optimizer step, in as many micro-batches as asked, nothing left changed."""

from collections.abc import Callable
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.smoke.batches import alike, mixed, rows_of, signature, take
from antifoul.smoke.building import told
from antifoul.smoke.loop import Loop
from antifoul.smoke.quiet import held_still, watched_roots
from antifoul.smoke.recorder import Steps
from antifoul.smoke.results import loss_of
from antifoul.smoke.trainer import HfTrainer
from antifoul.smoke.world import set_seed

_COUNT = 4  # micro-batches: more than 2, so that a factor tells what it comes from
_TAKES_LIST = "train_step = lambda batches: ...  # a list of micro-batches, one optimizer.step() after the last"


class Refused(Exception):  # noqa: N818  not an error: a law that cannot be judged
    """What a probe needs is not there."""

    def __init__(self, why: Unjudged, steps: int = 1) -> None:
        super().__init__(str(why))
        self.why = why
        self.steps = steps  # of the optimizer, where those are too many


class Pass:
    """One optimizer step: the gradient at it, the losses it gave, and what they were divided by."""

    def __init__(self, steps: Steps, losses: list[float], divisors: list[float]) -> None:
        stepped = steps.stepped.values()
        if not stepped:
            raise Refused(Unjudged("no optimizer stepped, or it is not one of torch's kind"))
        if set(stepped) != {1}:
            raise Refused(Unjudged(f"one training step calls optimizer.step() {max(stepped)} times"), max(stepped))
        self.gradient = dict(steps.gradients)
        self.losses = losses
        self.divisor = int(max(divisors, default=1.0))


def twice(loop: Loop, step: Callable[[], object], seed: int, precisions: set[str]) -> tuple[dict[str, Any], ...]:
    """The gradients at a step and at the same step once more, from the same weights and with what the first left.

    Both are empty where the step stops, as it may when it is given the same rows again.
    """
    both = [Steps(lambda: loop.model, vectors=True) for _ in range(2)]
    with held_still(loop.model, precisions), loop.untouched():
        loop.zero()
        for steps in both:
            set_seed(seed)
            try:
                with loop.untouched(gradients=False), steps:
                    step()
            except Exception:  # noqa: BLE001  a guest's step: that it stops is told where it is tried by itself
                return {}, {}
    return tuple(dict(steps.gradients) for steps in both)


class LoopRows:
    """Rows of a plain loop, cut out of one batch of its own."""

    ordered = True

    def __init__(self, loop: Loop, seed: int, precisions: set[str]) -> None:
        pool = loop.pool()
        if isinstance(pool, Unjudged):
            raise Refused(pool)
        self._loop = loop
        self._precisions = precisions
        self._pool = pool
        self._group = alike(pool, rows_of(pool) or 1)
        # A loop that divides by a number of its own, whatever it is given, is given that many. What it divides by is
        # its own where it stays the same with twice the rows: a number of targets does not.
        once = self.run(self._group[:1], 1, seed).divisor
        twofold = self.run(self._group[:1] * 2, 1, seed).divisor if once > 1 else once
        self.divisor = once if once == twofold else 1
        self.count = self.divisor if self.divisor > 1 else _COUNT

    def group(self) -> list[int]:
        """The rows that are alike."""
        return self._group

    def mixed(self) -> list[int]:
        """Rows of which neighbours have different numbers of targets; empty where all are alike."""
        return mixed([signature(take(self._pool, [row])) for row in range(rows_of(self._pool) or 1)])

    def run(self, rows: list[int], parts: int, seed: int) -> Pass:
        """One optimizer step over these rows in so many micro-batches."""
        size = len(rows) // parts
        micros = [take(self._pool, rows[number * size : (number + 1) * size]) for number in range(parts)]
        steps = Steps(lambda: self._loop.model, vectors=True)
        divisors: list[float] = []
        set_seed(seed)
        still = held_still(self._loop.model, self._precisions)
        with still, self._loop.untouched(), watched_roots(divisors), steps:
            self._loop.zero()
            try:
                result = self._loop.step(micros)
            except Exception as problem:  # noqa: BLE001  a guest's step: whatever it raises says that it takes no list
                raise Refused(
                    Unjudged(f"train_step does not take a list of micro-batches ({told(problem)})", _TAKES_LIST)
                ) from None
        loss = loss_of(result)
        return Pass(steps, [] if loss is None else [loss], divisors)

    def loss_gradient(self, rows: list[int], seed: int) -> dict[str, Any]:
        """The gradient of `compute_loss` of these rows as one batch; empty if it was not given or gives no tensor."""
        compute = self._loop.get("compute_loss")
        if compute is None:
            return {}
        set_seed(seed)
        with held_still(self._loop.model, self._precisions), self._loop.untouched():
            self._loop.zero()
            try:
                result = compute(self._loop.model, take(self._pool, rows))
                loss = result[0] if isinstance(result, tuple) else getattr(result, "loss", result)
                loss.backward()
            except Exception:  # noqa: BLE001  a guest's function: without it the step alone is compared
                return {}
            named = self._loop.model.named_parameters()
            return {name: one.grad.detach().clone() for name, one in named if one.grad is not None}


class TrainerRows:
    """Rows of a Trainer's own data set."""

    ordered = False  # its sampler shuffles them
    divisor = 1  # its own loop knows how many micro-batches there are
    count = _COUNT

    def __init__(self, program: HfTrainer, precisions: set[str]) -> None:
        if why := program.refused():
            raise Refused(why)
        self._program = program
        self._precisions = precisions
        self._group = program.alike()

    def group(self) -> list[int]:
        """The rows that are alike."""
        return self._group

    def mixed(self) -> list[int]:
        """Rows of which neighbours have different numbers of targets; empty where all are alike."""
        return mixed(self._program.signatures())

    def run(self, rows: list[int], parts: int, seed: int) -> Pass:
        """One optimizer step over these rows in so many micro-batches."""
        program = self._program.sized(len(rows) // parts, parts)
        steps = Steps(lambda: program.model, vectors=True)
        set_seed(seed)
        with held_still(program.model, self._precisions):  # a fresh Trainer has a model of its own
            losses, seen = program.accumulate(rows, parts, steps)
        if len(seen) != parts:
            raise Refused(
                Unjudged(
                    f"the Trainer took {len(seen)} micro-batches where {parts} were asked for: "
                    "it makes its own data loader",
                    "def make_trainer(output_dir, **overrides): ...  # overrides go to the training arguments",
                )
            )
        return Pass(steps, losses, [])

    def loss_gradient(self, _rows: list[int], _seed: int) -> dict[str, Any]:
        """Empty: a Trainer's loss is normalised by its loop, and has no gradient of its own."""
        return {}
