"""Make a program forget what it has learnt, so that what comes back was loaded."""

from typing import Any

from antifoul.facts.saving import Apart
from antifoul.smoke.world import set_seed


def scrambled(model: Any) -> dict[str, Any]:  # noqa: ANN401  a torch module
    """The trainable parameters' new values: noise was added to each."""
    import torch

    set_seed(4711)
    found = {}
    with torch.no_grad():
        for name, one in model.named_parameters():
            if one.requires_grad and one.is_floating_point():
                one.add_(torch.randn_like(one) * (0.5 + float(one.abs().mean())))
                found[name] = one.detach().clone()
    return found


def values_of(model: Any) -> dict[str, Any]:  # noqa: ANN401  a torch module
    """Copies of the trainable parameters."""
    return {name: one.detach().clone() for name, one in model.named_parameters() if one.requires_grad}


def apart(model: Any, wanted: dict[str, Any], noise: dict[str, Any]) -> tuple[Apart, ...]:  # noqa: ANN401
    """The parameters that are not as wanted, the furthest first."""
    return between({name: one.detach() for name, one in model.named_parameters()}, wanted, noise)


def between(now: dict[str, Any], wanted: dict[str, Any], noise: dict[str, Any]) -> tuple[Apart, ...]:
    """The values that are not as wanted, the furthest first."""
    found = []
    for name, value in wanted.items():
        one = now.get(name)
        if one is None or one.shape != value.shape:
            found.append(Apart(name, float("inf"), 0.0, scrambled=False))
            continue
        difference = float((one.double() - value.double()).abs().max()) if value.numel() else 0.0
        if difference > 0:
            still = name in noise and one.shape == noise[name].shape and bool((one == noise[name]).all())
            found.append(Apart(name, difference, float(value.double().abs().max()), still))
    return tuple(sorted(found, key=lambda each: -each.difference))
