"""From the gradient at the logits to the tokens that each position is trained on."""

from typing import Any

from antifoul.facts.targets import Row, Target
from antifoul.smoke.batches import IGNORED
from antifoul.smoke.watch import PLACES, Call

_SILENT = 1e-7  # of the largest gradient: nothing
_EXPLAINED = 0.25  # share of a gradient that may be left over: label smoothing, another term in the loss


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
        spoken, told = _counted(call, call.outputs[place], call.gradients[place])
        if not spoken or told < 0.9 * spoken:
            call.silent.add(place)
        else:
            return


def _counted(call: Call, logits: Any, gradient: Any) -> tuple[int, int]:  # noqa: ANN401  torch tensors
    """How many positions have a gradient, and of how many a target can be told."""
    if logits.shape[-1] < 3 or logits.dim() < 2:
        return 0, 0
    rows = 1 if call.ids.dim() == 1 else int(call.ids.shape[0])
    if logits.numel() % (rows * logits.shape[-1]):
        return 0, 0
    found = _read(logits.reshape(rows, -1, logits.shape[-1]), gradient)
    return sum(spoken for spoken, _ in found), sum(len(targets) for _, targets in found)


def targets_of(call: Call) -> list[list[Target]]:
    """The targets of each row of a call; empty where the gradient is not that of a cross entropy over tokens."""
    if call.spoken is not None:
        return _of_labels(call)
    if not is_vocabulary(call) or (gradient := call.gradient) is None:
        return []
    rows = 1 if call.ids.dim() == 1 else int(call.ids.shape[0])
    logits = call.logits.reshape(rows, -1, call.logits.shape[-1])  # (B, L, V)
    skipped = int(call.ids.shape[-1]) - int(logits.shape[1])  # logits of the last positions alone
    return [
        [Target(at + skipped, token, weight) for at, token, weight in targets] for _, targets in _read(logits, gradient)
    ]


def _read(logits: Any, gradient: Any) -> list[tuple[int, list[tuple[int, int, float]]]]:  # noqa: ANN401  torch tensors
    """Of each row: how many positions have a gradient, and position, token and weight of each that can be told.

    The gradient of a cross entropy is weight x (probabilities - one-hot of the target). The target is the lowest entry
    where the weight is positive and the highest where it is negative: the one that explains the others is taken.
    """
    import torch

    gradient = gradient.to_dense().reshape(logits.shape)
    peak = float(gradient.abs().sum(-1).max()) if gradient.numel() else 0.0
    if not peak or not torch.isfinite(gradient).all():
        return [(0, []) for _ in range(logits.shape[0])]
    heat = temperature_of(logits, gradient)
    return [_row(one.double() / heat, slope.double(), peak) for one, slope in zip(logits, gradient, strict=True)]


def _row(logits: Any, slope: Any, peak: float) -> tuple[int, list[tuple[int, int, float]]]:  # noqa: ANN401  torch's own
    import torch

    total = slope.abs().sum(-1)  # (L,)
    places = (total > _SILENT * peak).nonzero()[:, 0]
    likely, slope, total = torch.softmax(logits[places], -1), slope[places], total[places]
    best: list[Any] = []
    for token in (slope.argmin(-1), slope.argmax(-1)):
        own = slope.gather(-1, token[:, None])[:, 0]
        weight = -own / (1 - likely.gather(-1, token[:, None])[:, 0]).clamp(min=1e-9)
        wanted = weight[:, None] * likely
        wanted.scatter_(-1, token[:, None], own[:, None])
        best.append(((slope - wanted).abs().sum(-1) / total, token, weight))
    (low, token, weight), (high, other, negative) = best
    up = low <= high
    token, weight = torch.where(up, token, other), torch.where(up, weight, negative)
    fits = torch.minimum(low, high) < _EXPLAINED
    found = [
        (int(at), int(token[number]), float(weight[number]))
        for number, at in enumerate(places.tolist())
        if bool(fits[number])
    ]
    return len(places), found


def temperature_of(logits: Any, gradient: Any) -> float:  # noqa: ANN401  torch tensors
    """What the loss divides these logits by before its softmax: 1 unless all positions agree on another number.

    Beside the target the gradient is in proportion to the probabilities, so that of two tokens the logarithm of its
    ratio is the difference of their logits over the temperature.
    """
    import torch

    row = int(gradient.abs().sum((-1, -2)).argmax())
    one, slope = logits[row].double(), gradient[row].double()
    extremes = torch.stack([slope.argmin(-1), slope.argmax(-1)], -1)
    high = one.scatter(-1, extremes, -torch.inf).argmax(-1, keepdim=True)
    low = one.scatter(-1, extremes, torch.inf).argmin(-1, keepdim=True)
    gap = (one.gather(-1, high) - one.gather(-1, low))[..., 0]
    ratio = (slope.gather(-1, high) / slope.gather(-1, low))[..., 0]
    good = (gap > 0.1) & (ratio > 1) & torch.isfinite(ratio)
    found = (gap / ratio.clamp(min=1e-12).log())[good]
    if found.numel() < 3:
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
    if not is_vocabulary(call) or call.gradient is None:
        return 0.0
    spoken, told = _counted(call, call.logits, call.gradient)
    return told / spoken if spoken else 0.0
