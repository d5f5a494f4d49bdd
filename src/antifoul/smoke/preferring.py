"""What preference programs say of themselves, and log-probabilities computed by hand."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from antifoul.smoke.adapters import HfTrainer, Loop, Program
from antifoul.smoke.replay import evaluating, replayed
from antifoul.smoke.results import number
from antifoul.smoke.trained import rows_of_call
from antifoul.smoke.watch import Call

BY_MEAN = ("ipo", "simpo", "orpo", "cpo", "sigmoid_norm")  # losses of mean log-probabilities
_EXTRA = ("rpo_alpha", "sft_weight", "loss_weights", "use_weighting", "ld_alpha", "reference_free")


class Terms(NamedTuple):
    """What the program declares of its loss."""

    beta: float | None
    loss_type: str
    plain: bool
    reference: Any  # a module or None


def terms_of(program: Program) -> Terms:
    """What the program declares of its loss, on the object or in the Trainer's arguments."""
    if isinstance(program, HfTrainer):
        args = program.trainer.args
        kinds = getattr(args, "loss_type", "")
        kinds = list(kinds) if isinstance(kinds, list | tuple) else [kinds]
        plain = len(kinds) == 1 and not any(getattr(args, name, None) for name in _EXTRA)
        return Terms(
            number(getattr(args, "beta", None)),
            str(getattr(kinds[0], "value", kinds[0] or "")) if kinds else "",
            plain,
            getattr(program.trainer, "ref_model", None),
        )
    if not isinstance(program, Loop):
        return Terms(None, "", plain=True, reference=None)
    beta = program.get("beta")
    plain = not any(program.get(name) for name in _EXTRA)
    reference = program.get("ref_model")
    return Terms(
        number(beta) if beta is not None else None,
        str(program.get("loss_type") or "").lower(),
        plain,
        reference if hasattr(reference, "parameters") else None,
    )


def token_logps(logits: Any, ids: Any) -> Any:  # noqa: ANN401  torch tensors
    """The log-probability of each token after the first, (B, T - 1)."""
    import torch

    return torch.log_softmax(logits[:, :-1].double(), -1).gather(-1, ids[:, 1:, None])[..., 0]


def row_logps(model: Any, calls: list[Call]) -> list[tuple[int, float]]:  # noqa: ANN401  a torch module
    """The sign of each row's targets and the sum of their log-probabilities now; 0 for rows without."""
    import torch

    found: list[tuple[int, float]] = []
    for call in calls:
        with evaluating(model):
            logits = replayed(model, call, lambda one: one)
        rows = rows_of_call(call)
        if logits is None or logits.dim() != 3 or logits.shape[1] != call.ids.shape[1]:
            continue
        logps = token_logps(logits, call.ids)
        for number_of, row in enumerate(rows):
            places = [one.at for one in row.targets if one.at < logps.shape[1]]
            weight = sum(one.weight for one in row.targets)
            total = float(logps[number_of, torch.tensor(places)].sum()) if places else 0.0
            found.append(((weight > 0) - (weight < 0), total))
    return found


def ask_logps(function: Callable[..., Any], model: Any, call: Call, labels: Any) -> Any:  # noqa: ANN401  torch's own
    """What the program's log-probabilities are, its arguments told by their names, else by their order."""
    import torch

    mask = call.mask if call.mask is not None else torch.ones_like(call.ids)
    values = {"model": model, "ids": call.ids, "mask": mask, "labels": labels}
    order = []
    try:
        names = [name.lower() for name in inspect.signature(function).parameters]
    except (TypeError, ValueError):
        names = []
    for name in names:
        if "model" in name or "policy" in name:
            order.append("model")
        elif "label" in name or "target" in name:
            order.append("labels")
        elif "mask" in name:
            order.append("mask")
        elif "id" in name or "token" in name or name == "x":
            order.append("ids")
    wanted = order if len(order) >= 3 and len(order) == len(set(order)) else list(values)
    return function(*(values[name] for name in wanted))
