"""The same step twice, from the same weights: has the second one more gradient than the first?"""

from typing import Any

from antifoul.facts.accumulation import Trial
from antifoul.facts.run import Unjudged
from antifoul.smoke.adapters import Loop, Program
from antifoul.smoke.batches import rows_of, take
from antifoul.smoke.passes import twice
from antifoul.smoke.probes.accumulation import compared

_PARTS = 4


def record(program: Program, seed: int) -> Trial | Unjudged:
    """The gradient of a step beside that of the same step once more, or why it was not taken."""
    if not isinstance(program, Loop):
        return Unjudged("the Trainer's own loop resets gradients")
    if not any(one.requires_grad for one in program.model.parameters()):
        return Unjudged("no parameter of the model is trainable")
    pool = program.pool()
    if isinstance(pool, Unjudged):
        return pool
    rows = rows_of(pool) or 1
    size = max(rows // _PARTS, 1)
    micros = [take(pool, range(at, min(at + size, rows))) for at in range(0, min(size * _PARTS, rows), size)]
    first, second = _gradients(program, micros, seed)
    if not first:
        first, second = _gradients(program, [take(pool, range(rows))], seed)
    if not first or not second:
        return Unjudged("the step could not be taken twice over the same rows")
    return compared(first, {"whole": first, "again": second}, (len(micros), rows, False))


def _gradients(loop: Loop, micros: list[Any], seed: int) -> tuple[dict[str, Any], ...]:
    """Of both steps: over a list of micro-batches, or over one batch."""
    step = (lambda: loop.one(micros[0])) if len(micros) == 1 else (lambda: loop.step(micros))
    return twice(loop, step, seed, set())
