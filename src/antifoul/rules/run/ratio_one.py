"""ratio-one."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.reinforcement import Rollout
from antifoul.rules.registry import rule

_SPREAD = 0.02


@rule("ratio-one", severity="error", cost="run")
def ratio_one(rollout: Rollout) -> Iterator[Hit]:
    """A first step in which the policy is not the one that sampled.

    On the first inner step nothing has been learnt yet: new and old log-probabilities are the same, the ratio is 1,
    and every token of an answer has the same weight. A temperature that only one side divides by, dropout, or stale
    log-probabilities make it another number, and the clip then cuts at random.

    The weight of each token is read from the gradient at the logits. Advantages that differ from token to token are
    not judged.

    Bad::

        old_logps = logps(model, batch)                    # at temperature 1
        new_logps = logps(model, batch, temperature=0.7)

    Good::

        old_logps = logps(model, batch, temperature=0.7)
        new_logps = logps(model, batch, temperature=0.7)
    """
    if rollout.tokenwise or rollout.differ or not rollout.weights:
        return
    wide = [row for row in rollout.weights if _spread(row) > _SPREAD]
    if not wide:
        return
    calm = all(_spread(row) <= _SPREAD for row in rollout.still)
    likely, fix = (
        ("dropout is active where answers are sampled or trained, and not in the other place", "switch dropout off")
        if calm
        else (
            "old log-probabilities come from other weights, another temperature, or other positions",
            "compute them by the function that the loss uses, before the first inner step",
        )
    )
    row = wide[0]
    yield Hit(
        line=1,
        anchor="ratio",
        message=f"tokens of one answer have different weights in the first step ({len(wide)} of "
        f"{len(rollout.weights)} rows): the ratio is not 1\n"
        f"weights: {', '.join(f'{one:.4g}' for one in row[:6])} of the tokens of one answer; they differ by up to "
        f"{_spread(row):.1%}\n"
        f"likely cause: {likely}\n"
        "seen in: TRL < 0.27 (PR 4873), TRL < 0.25 (PR 4454)\n"
        f"fix: {fix}",
    )


def _spread(row: tuple[float, ...]) -> float:
    sizes = [abs(one) for one in row]
    largest = max(sizes, default=0.0)
    return (largest - min(sizes)) / largest if largest else 0.0
