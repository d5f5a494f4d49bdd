"""overfit."""

from collections.abc import Iterator
from math import isfinite

from antifoul.facts.finding import Hit
from antifoul.facts.stepping import Overfit
from antifoul.facts.targets import Targets
from antifoul.rules.registry import rule

_UPHILL = 0.05  # cosine
_SEEN = 0.002  # share of the loss: what the steps promise must be visible
_SHARE = 0.02  # of what they promise


@rule("overfit", severity="error", cost="run")
def overfit(overfit: Overfit, targets: Targets | None = None) -> Iterator[Hit]:
    """Steps on one and the same batch that do not lower its loss.

    A loss with the wrong sign, a maximising optimizer or a negative learning rate goes up the hill; labels that
    change from call to call, or a step that reaches only a part of the model, stand still.

    The same batch is stepped on 25 times with dropout off. Steps that go along the gradient instead of against it
    fail, and so do targets that are made less likely; a loss that merely does not fall is a warning.

    Bad::

        loss = log_probs.gather(-1, labels[..., None]).mean()   # to be maximised
        loss.backward()

    Good::

        loss = -log_probs.gather(-1, labels[..., None]).mean()
        loss.backward()
    """
    losses = overfit.losses
    moving = [slope for slope, rate in zip(overfit.slopes, overfit.rates, strict=False) if rate and slope]
    shown = ", ".join(f"{one:.4g}" for one in (*losses[:3], losses[-1]))
    if moving[:3] and all(slope > _UPHILL for slope in moving[:3]):
        yield Hit(
            line=1,
            anchor="uphill",
            message="the optimizer steps up the gradient instead of down\n"
            f"losses: {shown} on one batch; the first step and the gradient have cosine {moving[0]:.2f}\n"
            "likely cause: maximize=True, a negative learning rate, or gradients that are negated\n"
            "fix: minimise the loss",
        )
        return
    if targets is not None and targets.task == "sft" and (away := _pushed_away(targets)):
        yield Hit(
            line=1,
            anchor="sign",
            message="the step makes its own targets less likely\n"
            f"where: {away} of the targets have a gradient away from them; losses on one batch: {shown}\n"
            "likely cause: the loss has the wrong sign: a log-likelihood is minimised\n"
            "fix: minimise the negative log-likelihood",
        )
        return
    fell = losses[0] - losses[-1]
    if all(map(isfinite, losses)) and overfit.promised > _SEEN * abs(losses[0]) and fell < _SHARE * overfit.promised:
        yield Hit(
            line=1,
            anchor="flat",
            severity="warning",
            message=f"the loss of one batch does not fall in {len(losses)} steps\n"
            f"losses: {shown}\n"
            f"promised: the steps and gradients together would have lowered it by {overfit.promised:.3g}\n"
            f"learning rates: {', '.join(f'{one:.3g}' for one in (*overfit.rates[:3], overfit.rates[-1]))}\n"
            "likely cause: a learning rate that is far too large or too small, or targets that cannot be learnt\n"
            "fix: try ten times less and ten times more",
        )


def _pushed_away(targets: Targets) -> str:
    weights = [one.weight for row in targets.rows for one in row.targets]
    away = sum(weight < 0 for weight in weights)
    return f"{away} of {len(weights)}" if weights and away > 0.9 * len(weights) else ""
