"""optimizer-coverage."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.names import grouped
from antifoul.facts.stepping import Coverage, Group
from antifoul.rules.registry import rule


@rule("optimizer-coverage", severity="error", cost="run")
def optimizer_coverage(optimizer: Coverage) -> Iterator[Hit]:
    """An optimizer that does not hold what should be trained, or decays what should not be.

    A parameter that no optimizer holds keeps its first values for the whole run. One that two groups hold is moved
    twice. Tensors that the model no longer has are trained for nothing.

    Groups are read before any step. Where a program decays some parameters and not others, weights of norms and
    biases among the decayed ones are warned about: names were looked for that this model does not use.

    Bad::

        optimizer = torch.optim.AdamW(model.backbone.parameters())

    Good::

        optimizer = torch.optim.AdamW(p for p in model.parameters() if p.requires_grad)
    """
    if optimizer.missing and optimizer.trainable:
        stale = bool(optimizer.strangers)
        yield Hit(
            line=1,
            anchor="missing",
            message=f"{len(optimizer.missing)} of {optimizer.trainable} trainable parameters are in no optimizer"
            + (f", which holds {optimizer.strangers} tensors that the model does not have\n" if stale else "\n")
            + f"parameters: {'; '.join(grouped(optimizer.missing))}\n"
            + (
                "likely cause: the model was wrapped, moved or given adapters after the optimizer was built\n"
                "seen in: accelerate issue 2665\nfix: build the optimizer last"
                if stale
                else "likely cause: the optimizer was built from a part of the model, or before a part was added\n"
                "fix: give them to the optimizer, or freeze them with requires_grad_(False)"
            ),
        )
    if optimizer.twice:
        yield Hit(
            line=1,
            anchor="twice",
            message=f"{len(optimizer.twice)} parameters are in several groups, so that they are moved several times\n"
            f"parameters: {'; '.join(grouped(optimizer.twice))}\n"
            "likely cause: two conditions that sort parameters into groups overlap\n"
            "fix: put each parameter into one group",
        )
    for number in sorted({group.optimizer for group in optimizer.groups}):
        yield from _decay([group for group in optimizer.groups if group.optimizer == number])


def _decay(groups: list[Group]) -> Iterator[Hit]:
    """Vectors that are decayed although their optimizer has a group without decay."""
    decayed = [group for group in groups if group.decay > 0]
    if not decayed or len(decayed) == len(groups):
        return
    norms = [name for group in decayed for name, kind in _members(group) if kind == "vector"]
    spared = [
        name
        for group in groups
        if not group.decay
        for name, kind in _members(group)
        if kind == "matrix" and "lora" not in name
    ]
    if norms:
        yield Hit(
            line=1,
            anchor="decay",
            severity="warning",
            message=f"{len(norms)} norms or biases are decayed, although a group without decay exists\n"
            f"parameters: {'; '.join(grouped(norms))}\n"
            "likely cause: they are looked for by a name that this model does not use (LayerNorm.weight)\n"
            "fix: choose by dimension: decay where parameter.ndim >= 2",
        )
    if spared and norms:
        yield Hit(
            line=1,
            anchor="spared",
            severity="warning",
            message=f"{len(spared)} matrices are not decayed, while norms or biases are\n"
            f"parameters: {'; '.join(grouped(spared))}\n"
            "likely cause: the two groups have each other's weight_decay\n"
            "fix: choose by dimension: decay where parameter.ndim >= 2",
        )


def _members(group: Group) -> Iterator[tuple[str, str]]:
    yield from zip(group.names, group.kinds, strict=True)
