"""ref-frozen."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.names import grouped
from antifoul.facts.preference import Reference
from antifoul.rules.registry import rule


@rule("ref-frozen", severity="error", cost="run")
def ref_frozen(reference: Reference) -> Iterator[Hit]:
    """A reference model that is trained, is the policy itself, or drops out.

    A reference that follows the policy takes the brake off: the loss stays at ln 2 or falls for nothing, and the
    policy drifts as far as it likes.

    The reference's weights are compared before and after a step, its memory with the policy's, and the mode that it
    was called in is noted.

    Bad::

        ref_model = model

    Good::

        ref_model = copy.deepcopy(model).eval().requires_grad_(False)
    """
    if reference.itself:
        yield _hit(
            "the reference is the policy itself",
            "where: both hold the same tensors, so that all log-ratios stay 0 and nothing is learnt from them",
            "the model was assigned, not copied",
            "copy.deepcopy(model)",
        )
        return
    if reference.moved:
        yield _hit(
            f"the reference moves with a training step ({len(reference.moved)} parameters)",
            f"parameters: {'; '.join(grouped(reference.moved))}",
            "its parameters are in the optimizer, or it is updated by hand",
            "ref_model.requires_grad_(False), and build the optimizer of the policy alone",
        )
    elif reference.pulled:
        yield _hit(
            f"gradients flow into the reference ({len(reference.pulled)} parameters)",
            f"parameters: {'; '.join(grouped(reference.pulled))}",
            "its log-probabilities are computed with a graph",
            "with torch.no_grad(): ... around the reference, and requires_grad_(False)",
        )
    elif reference.held:
        yield _hit(
            f"the optimizer holds the reference ({len(reference.held)} parameters)",
            f"parameters: {'; '.join(grouped(reference.held))}",
            "the optimizer was built from both models: the first gradient that reaches the reference trains it",
            "ref_model.requires_grad_(False), and build the optimizer of the policy alone",
        )
    if reference.dropout:
        yield _hit(
            "the reference is called in training mode, and has dropout",
            "where: in the training step; its log-probabilities differ from call to call",
            "ref_model.eval() is missing, or a call of train() reaches it",
            "call ref_model.eval() before each step, or set its dropout to 0",
        )


def _hit(title: str, evidence: str, likely: str, fix: str) -> Hit:
    return Hit(line=1, anchor=title, message=f"{title}\n{evidence}\nlikely cause: {likely}\nfix: {fix}")
