"""Does the loss pull the policy back to its reference, where nothing but the KL is left in it?"""

from typing import Any

from antifoul.smoke.adapters import Loop
from antifoul.smoke.forms import named_parts
from antifoul.smoke.preferring import token_logps
from antifoul.smoke.quiet import without_dropout
from antifoul.smoke.replay import changed_in, replayed
from antifoul.smoke.trained import is_vocabulary, rows_of_call
from antifoul.smoke.watch import Call, logits_of, watched
from antifoul.smoke.world import set_seed


def kl_slope(program: Loop, batch: Any, reference: Any) -> float | None:  # noqa: ANN401  a batch; a torch module
    """The cosine between the slopes of the loss and of the KL, away from the reference and without advantages.

    None where the loss cannot be asked, or has no slope then: beta is 0.
    """
    import torch

    if program.get("compute_loss") is None:
        return None
    named = dict(named_parts(batch))
    advantages = [one for name, one in named.items() if "adv" in name.lower() and one.is_floating_point()]
    if len(advantages) != 1:
        return None
    flat = changed_in(batch, lambda one: torch.zeros_like(one) if one is advantages[0] else one)
    with without_dropout(program.model), program.untouched():
        set_seed(7)
        with torch.no_grad():
            for one in program.model.parameters():
                if one.requires_grad:
                    one.add_(torch.randn_like(one) * 0.05 * (one.abs().mean() + 1e-3))
        program.zero()
        try:
            with watched({"policy": program.model}) as calls:
                loss = program.loss(flat)
            loss.backward()
        except Exception:  # noqa: BLE001  a guest's function
            return None
        mine = _gradient(program.model)
        program.zero()
        call = next((one for one in calls if one.graph and is_vocabulary(one) and one.ids.dim() == 2), None)
        if call is None or mine is None or float(mine.norm()) < 1e-12:
            return None
        with torch.no_grad():
            theirs = replayed(reference, call, lambda one: one)
        logits = logits_of(program.model(*call.args, **call.kwargs))
        if theirs is None or logits is None or logits.shape != theirs.shape or logits.shape[1] != call.ids.shape[1]:
            return None
        ratio = token_logps(theirs, call.ids) - token_logps(logits, call.ids)
        ((ratio.exp() - ratio - 1) * _counted(call, ratio)).sum().backward()
        other = _gradient(program.model)
    return float((mine @ other) / (mine.norm() * other.norm() + 1e-30)) if other is not None else None


def _counted(call: Call, ratio: Any) -> Any:  # noqa: ANN401  torch tensors
    """1 for the tokens that the loss looks at, (B, T - 1); for all where that cannot be told."""
    import torch

    found = torch.zeros_like(ratio)
    for number, row in enumerate(rows_of_call(call)):
        found[number, [one.at for one in row.targets if one.at < ratio.shape[1]]] = 1.0
    return found if bool(found.any()) else torch.ones_like(ratio)


def _gradient(model: Any) -> Any:  # noqa: ANN401  a torch module; a torch tensor or None
    import torch

    found = [one.grad.detach().double().flatten() for one in model.parameters() if one.grad is not None]
    return torch.cat(found) if found else None
