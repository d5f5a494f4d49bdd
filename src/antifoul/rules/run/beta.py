"""beta."""

from collections.abc import Iterator
from math import isclose

from antifoul.facts.finding import Hit
from antifoul.facts.preference import Preference
from antifoul.facts.targets import Targets
from antifoul.rules.registry import rule


@rule("beta", severity="error", cost="run")
def beta(preference: Preference, targets: Targets) -> Iterator[Hit]:
    """A beta that has no effect on the gradient, or another than it says.

    Beta decides how far the policy may go from its reference. Left out of the loss, or put in twice, a sweep over it
    compares runs that are the same.

    At the start of sigmoid preference training a chosen token's logits are pushed by beta / 2, divided by the number
    of pairs where the loss is their mean: that weight is read from the gradient.

    Bad::

        loss = -F.logsigmoid(chosen_ratio - rejected_ratio).mean()

    Good::

        loss = -F.logsigmoid(beta * (chosen_ratio - rejected_ratio)).mean()
    """
    declared = preference.beta
    if not declared or not preference.plain or preference.loss_type not in {"", "sigmoid", "dpo", "robust"}:
        return
    if preference.live is None or not 0.6 < preference.live < 0.8 or targets.shift != 1:
        return  # another law tells why the start is not the start
    weights = sorted(abs(one.weight) for row in targets.rows for one in row.targets)
    if not weights or weights[-1] > 1.05 * weights[0]:
        return
    rows = sum(bool(row.targets) for row in targets.rows)
    pairs = max(rows // 2, 1)
    found = [2 * weights[0] * share for share in (pairs, 1, rows)]
    if any(isclose(one, declared, rel_tol=0.03) for one in found):
        return
    wrong = {1.0: "beta is left out of the loss", declared**2: "beta is multiplied in twice"}
    for value, likely in wrong.items():
        # The loss is near ln 2, so that it is a mean over the pairs.
        if isclose(found[0], value, rel_tol=0.03):
            yield Hit(
                line=1,
                anchor=likely,
                message=f"beta is {declared:g}, and the gradient is that of beta = {value:g}\n"
                f"weights: each chosen token's logits are pushed by {weights[0]:.4g} in a batch of {pairs} pairs; "
                f"beta / 2 / pairs is {declared / 2 / pairs:.4g}\n"
                f"likely cause: {likely}\n"
                "fix: -logsigmoid(beta * (chosen_logratio - rejected_logratio))",
            )
            return
