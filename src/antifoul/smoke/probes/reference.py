"""What a training step does to the reference model, and in which mode it is called."""

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
        dropout=any(call.training for call in calls if call.name == "reference") and has_dropout(reference),
    )
