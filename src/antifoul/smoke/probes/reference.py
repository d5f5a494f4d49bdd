"""What a training step does to the reference model, and in which mode it is called."""

from typing import Any

from antifoul.facts.preference import Reference
from antifoul.facts.run import ELSEWHERE, Unjudged
from antifoul.smoke.adapters import Program
from antifoul.smoke.preferring import terms_of
from antifoul.smoke.probes.preference import shares, stepped
from antifoul.smoke.quiet import has_dropout


def record(program: Program, _seed: int) -> Reference | Unjudged:
    """What happened to the reference, or why there is none."""
    reference = terms_of(program).reference
    if program.task not in {"preference", "reinforcement"}:
        return ELSEWHERE
    if reference is None:
        return Unjudged("no reference model", "ref_model = copy.deepcopy(model)  # beside model")
    if refused := program.refused():
        return refused
    observed = program.observed()
    calls = observed if not isinstance(observed, Unjudged) else []
    _, moved, pulled = stepped(program, reference)
    return Reference(
        itself=shares(program.model, reference),
        moved=moved,
        pulled=pulled,
        held=_held(program, reference),
        dropout=any(call.training for call in calls if call.name == "reference") and has_dropout(reference),
    )


def _held(program: Program, reference: Any) -> tuple[str, ...]:  # noqa: ANN401  a torch module
    """The reference's parameters in the optimizers that the program names."""
    own = {id(one) for one in program.model.parameters()}
    groups = [group for optimizer in getattr(program, "optimizers", ()) for group in optimizer.param_groups]
    taken = {id(one) for group in groups for one in group["params"]} - own
    return tuple(name for name, one in reference.named_parameters() if id(one) in taken)
