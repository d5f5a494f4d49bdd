"""What the optimizers hold of the model, before any step."""

from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.facts.stepping import Coverage, Group
from antifoul.smoke.adapters import Program

_NONE = Unjudged("no optimizer was given", "optimizer = ...  # beside model")


def record(program: Program, _seed: int) -> Coverage | Unjudged:
    """The groups of the optimizers, and what they lack."""
    optimizers = program.made_optimizers()
    if isinstance(optimizers, Unjudged):
        return optimizers
    if not optimizers or not all(hasattr(one, "param_groups") for one in optimizers):
        return _NONE
    names = {id(one): name for name, one in program.model.named_parameters()}
    embedded = _embeddings(program.model)
    groups, held = [], []
    for number, optimizer in enumerate(optimizers):
        for group in optimizer.param_groups:
            own = [one for one in group["params"] if id(one) in names]
            held += [id(one) for one in group["params"]]
            groups.append(
                Group(
                    names=tuple(names[id(one)] for one in own),
                    kinds=tuple(
                        "embedding" if id(one) in embedded else "matrix" if one.dim() >= 2 else "vector" for one in own
                    ),
                    lr=float(group["lr"]) if group.get("lr") is not None else None,
                    decay=float(group.get("weight_decay") or 0.0),
                    optimizer=number,
                )
            )
    trainable = [one for one in program.model.parameters() if one.requires_grad]
    return Coverage(
        groups=tuple(groups),
        missing=tuple(names[id(one)] for one in trainable if id(one) not in set(held)),
        twice=tuple(sorted({names[one] for one in held if held.count(one) > 1 and one in names})),
        strangers=len({one for one in held if one not in names}),
        trainable=len(trainable),
    )


def _embeddings(model: Any) -> set[int]:  # noqa: ANN401  a torch module
    import torch

    return {
        id(one)
        for module in model.modules()
        if isinstance(module, torch.nn.Embedding)
        for one in module.parameters(recurse=False)
    }
