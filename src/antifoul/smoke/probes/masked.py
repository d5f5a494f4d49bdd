"""A step over a batch of which one row has no target."""

from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.stepping import Masked
from antifoul.smoke.adapters import Loop, Program
from antifoul.smoke.batches import IGNORED, rows_of
from antifoul.smoke.building import BuildError
from antifoul.smoke.forms import ids_in, labels_in, loss_mask_in, named_parts
from antifoul.smoke.quiet import held_still
from antifoul.smoke.recorder import Steps, norm
from antifoul.smoke.replay import changed_in
from antifoul.smoke.results import loss_of


def record(program: Program, _seed: int) -> Masked | Unjudged:
    """The loss and the gradients of such a batch, or why there is none."""
    if not isinstance(program, Loop) or program.task != "sft" or program.feeds_itself():
        return Unjudged("its rows are not changed: a Trainer, its own batches, or answers that are compared")
    if refused := program.refused():
        return refused
    with program.untouched():
        batch = program.told_batch(4)
    parts = dict(named_parts(batch))
    name = ids_in(parts)
    if name is None or (rows_of(batch) or 0) < 2:
        return Unjudged("the batch cannot be cut into rows of token ids")
    ids = parts[name]
    labels, mask = labels_in(parts, ids), loss_mask_in(parts, ids)
    if mask is None and (labels is None or not bool((parts[labels] == IGNORED).any())):
        return Unjudged("no label of the batch is ignored (-100), and it has no mask of what is trained")
    chosen = parts[mask] if mask else parts[labels]  # type: ignore[index]  # one of them is there
    filler = 0 if mask else IGNORED

    def empty(one: Any) -> Any:  # noqa: ANN401  a torch tensor
        if one is not chosen:
            return one
        without = one.clone()
        without[-1] = filler
        return without

    return _stepped(program, changed_in(batch, empty))


def _stepped(program: Loop, batch: Any) -> Masked | Unjudged:  # noqa: ANN401  a batch of any kind
    steps = Steps(lambda: program.model, vectors=True)
    try:
        with held_still(program.model, set()), program.untouched(), steps:
            program.zero()
            loss = loss_of(program.one(batch))
    except BuildError:
        raise
    except Exception as problem:  # noqa: BLE001  a guest's step: it may refuse such a row
        return Unjudged(f"the step does not take a row without a target ({type(problem).__name__})")
    return Masked(loss, sum(norm(one) ** 2 for one in steps.gradients.values()) ** 0.5)
