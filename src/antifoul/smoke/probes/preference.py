"""The first steps of preference training: loss, reference, log-probabilities, margins."""

from collections.abc import Callable
from typing import Any

from antifoul.facts.preference import Logps, Metric, Preference
from antifoul.facts.run import ELSEWHERE, Unjudged
from antifoul.smoke.adapters import HfTrainer, Loop, Program
from antifoul.smoke.preferring import BY_MEAN, Terms, ask_logps, row_logps, terms_of, token_logps
from antifoul.smoke.quiet import has_dropout, without_dropout
from antifoul.smoke.replay import evaluating, replayed
from antifoul.smoke.results import loss_of, metrics_of
from antifoul.smoke.trained import is_vocabulary
from antifoul.smoke.watch import Call

_STEPS = 8


def record(program: Program, _seed: int) -> Preference | Unjudged:
    """What the first steps did, or why they could not be tried."""
    if program.task != "preference":
        return ELSEWHERE
    if refused := program.refused():
        return refused
    observed = program.observed()
    calls = observed if not isinstance(observed, Unjudged) else []
    terms = terms_of(program)
    reference = terms.reference
    differ = weights_apart(program.model, reference) if reference is not None else ()
    live, _, _ = stepped(program, reference)
    with without_dropout(program.model):
        still, _, _ = stepped(program, reference)
    return Preference(
        live=live,
        still=still,
        beta=terms.beta,
        loss_type=terms.loss_type,
        plain=terms.plain,
        reference="model"
        if reference is not None
        else "adapter"
        if hasattr(program.model, "disable_adapter")
        else "none",
        differ=differ,
        dropout=any(call.training for call in calls if call.name == "reference") and has_dropout(reference),
        logps=_logps(program, calls),
        **_learnt(program, calls, terms),
    )


def weights_apart(model: Any, reference: Any) -> tuple[str, ...]:  # noqa: ANN401  torch modules
    """The parameters of the reference that are not those of the model, as far as they have the same names."""
    theirs = dict(reference.named_parameters())
    mine = dict(model.named_parameters())
    both = [name for name in mine if name in theirs and mine[name].shape == theirs[name].shape]
    if len(both) < 0.5 * len(mine):
        return ()  # named otherwise: adapters, a wrapper
    return tuple(
        name
        for name in both
        if not bool(
            (mine[name].detach().double() - theirs[name].detach().double()).abs().max() <= 1e-2 * _scale(mine[name])
        )
    )


def _scale(one: Any) -> float:  # noqa: ANN401  a torch tensor
    return float(one.detach().abs().max()) + 1e-8


def shares(model: Any, reference: Any) -> bool:  # noqa: ANN401  torch modules
    """The reference is the model, or holds some of its trained tensors."""
    if model is reference:
        return True
    trained = {one.data_ptr() for one in model.parameters() if one.requires_grad and one.numel()}
    return any(one.data_ptr() in trained for one in reference.parameters() if one.numel())


def stepped(program: Program, reference: Any) -> tuple[float | None, tuple[str, ...], tuple[str, ...]]:  # noqa: ANN401
    """The loss of a first step, and what it did to the reference."""
    before = {name: one.detach().clone() for name, one in reference.named_parameters()} if reference is not None else {}
    own = program.model if reference is not program.model else None
    if isinstance(program, Loop):
        with program.untouched():
            program.model.train()
            program.zero()
            for one in reference.parameters() if own is not None and reference is not None else ():
                one.grad = None
            given = () if program.feeds_itself() else (program.told_batch(6),)
            loss = loss_of(program.one(*given))
            return loss, *_changed(reference, before)
    losses = program.drive(1, 1, 4)
    return (loss_of(losses[0]) if losses else None), *_changed(reference, before)


def _changed(reference: Any, before: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:  # noqa: ANN401
    if reference is None:
        return (), ()
    named = list(reference.named_parameters())
    moved = tuple(name for name, one in named if not bool((one == before[name]).all()))
    return moved, tuple(name for name, one in named if one.grad is not None and bool(one.grad.abs().max() > 0))


def _logps(program: Program, calls: list[Call]) -> Logps | None:
    """The program's own function on rows of which the second half is labelled."""
    function = program.get("logps") if isinstance(program, Loop) else None
    call = next((one for one in calls if one.name == "policy" and is_vocabulary(one) and one.ids.dim() == 2), None)
    if function is None or call is None:
        return None
    return _asked(function, program.model, call)


def _half_labelled(call: Call) -> Any:  # noqa: ANN401  a torch tensor
    """Labels over the second half of each row's real tokens."""
    labels = call.ids.clone()
    for row in range(labels.shape[0]):
        real = [*range(labels.shape[1])]
        if call.mask is not None and call.mask.shape == call.ids.shape:
            real = call.mask[row].nonzero()[:, 0].tolist()
        kept = set(real[(len(real) + 1) // 2 :])
        labels[row, [at for at in range(labels.shape[1]) if at not in kept]] = -100
    return labels


def _asked(function: Callable[..., Any], model: Any, call: Call) -> Logps | None:  # noqa: ANN401  a torch module
    ids = call.ids
    labels = _half_labelled(call)
    with evaluating(model):
        logits = replayed(model, call, lambda one: one)
        if logits is None or logits.dim() != 3 or logits.shape[1] != ids.shape[1]:
            return None
        try:
            given = ask_logps(function, model, call, labels)
        except Exception:  # noqa: BLE001  a guest's function: it wants something else
            return None
    given = given[0] if isinstance(given, tuple) else given
    given = given.sum(-1) if hasattr(given, "dim") and given.dim() == 2 else given
    if not hasattr(given, "tolist") or given.dim() != 1 or given.shape[0] != ids.shape[0]:
        return None
    logps = token_logps(logits, ids)
    real = labels[:, 1:] != -100
    seen = call.mask[:, 1:] != 0 if call.mask is not None and call.mask.shape == ids.shape else logps == logps  # noqa: PLR0124
    import torch

    every = torch.log_softmax(logits.double(), -1)
    at = labels.clamp(min=0)
    whole = labels != -100
    unshifted = (every.gather(-1, at[..., None])[..., 0] * whole).sum(1)
    twice = (every[:, :-2].gather(-1, at[:, 2:, None])[..., 0] * whole[:, 2:]).sum(1)
    count = real.sum(1).clamp(min=1)
    others = {
        "mean": (logps * real).sum(1) / count,
        "prompt": (logps * seen).sum(1),
        "padding": logps.sum(1),
        "unshifted": unshifted,
        "shifted twice": twice,
        "logits": (logits[:, :-1].double().gather(-1, ids[:, 1:, None])[..., 0] * real).sum(1),
        "negated": -(logps * real).sum(1),
    }
    return Logps(
        tuple(float(one) for one in given.double().tolist()),
        tuple((logps * real).sum(1).tolist()),
        tuple((name, tuple(one.tolist())) for name, one in others.items()),
    )


def _learnt(program: Program, calls: list[Call], terms: Terms) -> dict[str, Any]:
    """Margins before and after a few steps, and the metrics after them."""
    own = [one for one in calls if one.name == "policy" and one.graph and is_vocabulary(one) and one.ids.dim() == 2]
    if not own:
        return {}
    before = row_logps(program.model, own)
    if {sign for sign, _ in before} < {1, -1} or isinstance(program, HfTrainer):
        return {}
    if not isinstance(program, Loop) or program.feeds_itself():
        return {}
    with program.untouched():
        batch = program.told_batch(8)
        with without_dropout(program.model):
            for _ in range(_STEPS):
                program.one(batch)
        after = row_logps(program.model, own)
        metrics = tuple(_metrics(program, batch, own, terms)) if terms.reference is not None else ()
    return {"margins": (_margin(before), _margin(after)), "metrics": metrics}


def _margin(rows: list[tuple[int, float]]) -> float:
    """The mean log-probability of rows that are pushed up, less that of rows that are pushed down."""
    up = [value for sign, value in rows if sign > 0]
    down = [value for sign, value in rows if sign < 0]
    return sum(up) / max(len(up), 1) - sum(down) / max(len(down), 1)


def _metrics(program: Loop, batch: Any, calls: list[Call], terms: Terms) -> list[Metric]:  # noqa: ANN401  a batch
    """What the program tells of rewards after the steps, beside rewards computed by hand."""
    told: dict[str, float] = {}
    compute = program.get("compute_loss")
    with without_dropout(program.model):
        if compute is not None:
            told = metrics_of(program.computed(batch))
        told = told or metrics_of(program.one(batch))
    policy, reference = row_logps(program.model, calls), row_logps(terms.reference, calls)
    if len(policy) != len(reference) or not told or terms.beta is None or terms.loss_type in BY_MEAN:
        return []
    ratios = [(sign, mine - theirs) for (sign, mine), (_, theirs) in zip(policy, reference, strict=True)]
    chosen = [ratio for sign, ratio in ratios if sign > 0]
    rejected = [ratio for sign, ratio in ratios if sign < 0]
    if len(chosen) != len(rejected) or not chosen:
        return []
    wanted = {
        ("chosen",): sum(chosen) / len(chosen),
        ("rejected",): sum(rejected) / len(rejected),
        ("margin",): (sum(chosen) - sum(rejected)) / len(chosen),
    }
    found = []
    for name, value in told.items():
        low = name.lower()
        if "reward" in low and "acc" not in low:
            plain = next((one for words, one in wanted.items() if all(word in low for word in words)), None)
            if plain is not None:
                found.append(Metric(name, value, terms.beta * plain, plain))
        elif "acc" in low:
            share = sum(one > other for one, other in zip(chosen, rejected, strict=True)) / len(chosen)
            found.append(Metric(name, value, share, float("nan")))
    return found
