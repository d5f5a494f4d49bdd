"""compute_metrics asked about predictions that are all right, and about ones that are all wrong."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from antifoul.facts.evaluation import Metrics
from antifoul.facts.run import Unjudged
from antifoul.smoke.adapters import HfTrainer, Loop, Program
from antifoul.smoke.building import told
from antifoul.smoke.forms import ids_in, labels_in, named_parts
from antifoul.smoke.results import metrics_of

_SURE = 20.0  # logit of the token that is predicted


class Predictions(NamedTuple):
    """As transformers hands them to compute_metrics: by attribute, or unpacked."""

    predictions: Any
    label_ids: Any


def record(program: Program, _seed: int) -> Metrics | Unjudged:
    """What it says of them, or why it was not asked."""
    function = program.trainer.compute_metrics if isinstance(program, HfTrainer) else None
    function = program.get("compute_metrics") if isinstance(program, Loop) else function
    if function is None:
        return Unjudged("no compute_metrics", "compute_metrics = lambda prediction: ...  # of .predictions, .label_ids")
    labels = _labels(program)
    size = _vocabulary(program)
    if labels is None or size is None:
        return Unjudged("no batch with labels of token ids, or no logits of a vocabulary")
    before = getattr(program.trainer, "preprocess_logits_for_metrics", None) if isinstance(program, HfTrainer) else None
    try:
        ask = _ask(function, before)
        ahead = ask(_logits(labels, size, 1, 0), labels)
        level = ask(_logits(labels, size, 0, 0), labels) if isinstance(program, Loop) else {}
        wrong = ask(_logits(labels, size, 1, 1), labels)
    except Exception as problem:  # noqa: BLE001  a guest's function
        return Unjudged(f"compute_metrics stopped ({told(problem)})")
    # A loop of one's own may hand logits and labels that are aligned already.
    best = {name: max(value, level.get(name, value)) for name, value in ahead.items()}
    return Metrics(tuple(best.items()), tuple(wrong.items()))


def _labels(program: Program) -> Any:  # noqa: ANN401  a torch tensor or None
    observed = program.observed()
    if isinstance(observed, Unjudged):
        return None
    if isinstance(program, Loop) and not program.feeds_itself():
        with program.untouched():
            parts = dict(named_parts(program.told_batch(4)))
    else:
        parts = next((dict(call.parts) for call in observed if call.name == "policy" and call.graph), {})
    ids = ids_in(parts)
    name = labels_in(parts, parts[ids]) if ids else None
    return parts[name] if name and parts[name].dim() == 2 else None


def _vocabulary(program: Program) -> int | None:
    observed = program.observed()
    calls = observed if not isinstance(observed, Unjudged) else []
    for call in calls:
        if call.logits is not None and call.logits.dim() == 3:
            return int(call.logits.shape[-1])
    size = getattr(getattr(program.model, "config", None), "vocab_size", None)
    return size if isinstance(size, int) else None


def _logits(labels: Any, size: int, ahead: int, off: int) -> Any:  # noqa: ANN401  torch tensors
    """Logits that are sure of each label, `ahead` positions before it; or, with `off`, of another token."""
    import torch

    found = torch.zeros(*labels.shape, size)
    known = (labels.clamp(min=0) + off) % size
    source = known[:, ahead:]
    found[:, : source.shape[1]].scatter_(-1, source[..., None], _SURE)
    return found


def _ask(function: Callable[..., Any], before: Any) -> Callable[[Any, Any], dict[str, float]]:  # noqa: ANN401
    try:
        count = len([one for one in inspect.signature(function).parameters.values() if one.default is one.empty])
    except (TypeError, ValueError):
        count = 1

    def ask(logits: Any, labels: Any) -> dict[str, float]:  # noqa: ANN401  torch tensors
        if before is not None:
            logits = before(logits, labels)
            logits = logits[0] if isinstance(logits, tuple) else logits
        if count > 1:
            return metrics_of(function(logits, labels))
        return metrics_of(function(Predictions(logits.numpy(), labels.numpy())))

    return ask
