"""From the gradient at the logits to the tokens that each position is trained on."""

from typing import Any

from antifoul.facts.targets import Row, Target
from antifoul.smoke.batches import IGNORED
from antifoul.smoke.watch import PLACES, Call

_SILENT = 1e-7  # of the largest gradient: nothing
_LEADS = 0.3  # share of a position's gradient that its target has at least: half of it, less what smoothing takes


def rows_of_call(call: Call) -> list[Row]:
    """The rows of one call, with the targets of each; rows without any where no gradient came back."""
    if call.ids is None:
        return []
    ids = _as_rows(call.ids)
    mask = _as_rows(call.mask) if call.mask is not None and call.mask.shape == call.ids.shape else None
    targets = targets_of(call)
    return [
        Row(
            ids=tuple(int(one) for one in row),
            attended=tuple(bool(one) for one in mask[number]) if mask is not None else None,
            targets=tuple(targets[number]) if number < len(targets) else (),
        )
        for number, row in enumerate(ids)
    ]


def _as_rows(tensor: Any) -> list[list[Any]]:  # noqa: ANN401  a torch tensor
    found: list[list[Any]] = (tensor if tensor.dim() == 2 else tensor[None]).tolist()
    return found


def is_vocabulary(call: Call) -> bool:
    """The call gave logits of a vocabulary for each position, or for the last ones."""
    if call.spoken is not None:
        return True
    _settle(call)
    logits = call.logits
    if logits is None or call.ids is None or logits.shape[-1] < 3:
        return False
    rows = 1 if call.ids.dim() == 1 else call.ids.shape[0]
    if logits.dim() == 3:
        return bool(logits.shape[0] == rows and 0 < logits.shape[1] <= call.ids.shape[-1])
    return bool(logits.dim() == 2 and logits.shape[0] == call.ids.numel())


def _settle(call: Call) -> None:
    """Find the place whose gradient is that of a cross entropy, where several got one."""
    heard = [one for one in PLACES if one in call.gradients and one not in call.silent]
    for place in heard[:-1]:
        gradient = call.gradients[place]
        sizes = gradient.double().abs() if gradient.shape[-1] > 2 else gradient.double().abs() * 0
        total = sizes.sum(-1)
        loud = total > _SILENT * total.max().clamp(min=1e-30)
        told = (sizes.amax(-1) >= _LEADS * total) & loud
        if not int(loud.sum()) or int(told.sum()) < 0.9 * int(loud.sum()):
            call.silent.add(place)
        else:
            return


def targets_of(call: Call) -> list[list[Target]]:
    """The targets of each row of a call; empty where the gradient is not that of a cross entropy over tokens."""
    import torch

    if call.spoken is not None:
        return _of_labels(call)
    if not is_vocabulary(call) or (gradient := call.gradient) is None:
        return []
    rows = 1 if call.ids.dim() == 1 else int(call.ids.shape[0])
    logits = call.logits.reshape(rows, -1, call.logits.shape[-1])  # (B, L, V)
    gradient = gradient.to_dense().reshape(logits.shape)
    skipped = int(call.ids.shape[-1]) - int(logits.shape[1])  # logits of the last positions alone
    sizes = gradient.double().abs()
    total = sizes.sum(-1)  # (B, L)
    top, token = sizes.max(-1)
    peak = float(total.max()) if total.numel() else 0.0
    if not peak or not torch.isfinite(total).all():
        return []
    heat = temperature_of(logits.double(), gradient.double(), token)
    likely = torch.softmax(logits.double() / heat, -1).gather(-1, token[..., None])[..., 0]
    sign = -torch.sign(gradient.gather(-1, token[..., None])[..., 0].double())
    weight = sign * top / (1 - likely).clamp(min=1e-9)
    spoken = (total > _SILENT * peak) & (top >= _LEADS * total)
    found: list[list[Target]] = []
    for row in range(rows):
        places = spoken[row].nonzero()[:, 0].tolist()
        found.append([Target(at + skipped, int(token[row, at]), float(weight[row, at])) for at in places])
    return found


def temperature_of(logits: Any, gradient: Any, token: Any) -> float:  # noqa: ANN401  torch tensors
    """What the loss divides these logits by before its softmax: 1 unless all positions agree on another number.

    Beside the target the gradient is in proportion to the probabilities, so that of two tokens the logarithm of its
    ratio is the difference of their logits over the temperature.
    """
    import torch

    others = logits.scatter(-1, token[..., None], float("nan"))
    high = others.nan_to_num(nan=-torch.inf).argmax(-1, keepdim=True)
    low = others.nan_to_num(nan=torch.inf).argmin(-1, keepdim=True)
    gap = (logits.gather(-1, high) - logits.gather(-1, low))[..., 0]
    ratio = (gradient.gather(-1, high) / gradient.gather(-1, low))[..., 0]
    good = (gap > 0.1) & (ratio > 1) & torch.isfinite(ratio)
    found = (gap / ratio.clamp(min=1e-12).log())[good]
    if found.numel() < 4:
        return 1.0
    middle = float(found.median())
    near = float(((found - middle).abs() < 0.02 * middle).double().mean())
    return middle if near > 0.8 and 0.05 < middle < 20 else 1.0


def _of_labels(call: Call) -> list[list[Target]]:
    """The targets where the model gave log-probabilities of its labels, shifted by itself: (B, T - 1) of (B, T)."""
    gradient, labels = call.spoken.double(), call.labels
    if labels.dim() != 2 or gradient.shape != labels[:, 1:].shape:
        return []
    gradient = gradient.masked_fill(labels[:, 1:] == IGNORED, 0.0)
    peak = float(gradient.abs().max()) if gradient.numel() else 0.0
    loud = gradient.abs() > _SILENT * peak
    return [
        [Target(at, int(labels[row, at + 1]), -float(gradient[row, at])) for at in places.nonzero()[:, 0].tolist()]
        for row, places in enumerate(loud)
    ]


def share_understood(call: Call) -> float:
    """The share of the positions with a gradient of which a target could be told: 0 for another kind of loss."""
    if call.spoken is not None:
        return 1.0 if any(targets_of(call)) else 0.0
    if not is_vocabulary(call) or (gradient := call.gradient) is None:
        return 0.0
    total = gradient.double().abs().sum(-1)
    spoken = int((total > _SILENT * float(total.max())).sum()) if total.numel() else 0
    told = sum(len(row) for row in targets_of(call))
    return told / spoken if spoken else 0.0
