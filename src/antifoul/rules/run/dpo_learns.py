"""dpo-learns."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.preference import Preference
from antifoul.rules.registry import rule


@rule("dpo-learns", severity="error", cost="run")
def dpo_learns(preference: Preference) -> Iterator[Hit]:
    """Preference training that does not widen the margin it trains.

    A few steps are taken on one batch with dropout off. The margin of log-probabilities between the answers that the
    loss pushes up and those that it pushes down must grow.

    Bad::

        loss = -logsigmoid(beta * margin.detach()).mean() + 0 * policy_logps.sum()

    Good::

        loss = -logsigmoid(beta * margin).mean()
    """
    if preference.margins is None:
        return
    before, after = preference.margins
    if after > before:
        return
    yield Hit(
        line=1,
        anchor="margin",
        severity="error" if after < before - 1e-3 else "warning",
        message=f"the margin goes from {before:.4g} to {after:.4g} in a few steps on one batch\n"
        "where: mean log-probability of the answers that the gradient pushes up, less that of the others\n"
        "likely cause: the optimizer goes up the gradient, or the weights are put back after the step\n"
        "fix: minimise -logsigmoid(beta * margin)",
    )
