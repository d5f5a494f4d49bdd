"""kl-penalty."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.reinforcement import Rollout
from antifoul.rules.registry import rule


@rule("kl-penalty", severity="error", cost="run")
def kl_penalty(rollout: Rollout) -> Iterator[Hit]:
    """A KL term that drives the policy away from its reference.

    With a minus too many, or the two log-probabilities swapped in a linear term, the penalty is a reward for
    leaving, which looks like fast learning for a while.

    The policy is moved a little, advantages are set to 0, so that the KL alone is left in the loss, and the loss's
    slope is compared with that of the KL: minimising the one must lower the other.

    Bad::

        loss = policy_loss - beta * kl

    Good::

        loss = policy_loss + beta * kl
    """
    slope = rollout.kl_slope
    if slope is None or slope > -0.05:
        return
    yield Hit(
        line=1,
        anchor="kl",
        message=f"minimising the loss raises the KL to the reference (cosine {slope:.2f} of their slopes)\n"
        "where: with advantages of 0 and a policy that was moved a little\n"
        "likely cause: the KL is subtracted, or its sign is turned\n"
        "seen in: TRL < 0.24 (PRs 2277, 2575, 3043, 4105)\n"
        "fix: loss = policy_loss + beta * kl, with kl = exp(ref - new) - (ref - new) - 1",
    )
