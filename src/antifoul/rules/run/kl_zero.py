"""kl-zero."""

from collections.abc import Iterator
from math import isfinite

from antifoul.facts.finding import Hit
from antifoul.facts.reinforcement import Rollout
from antifoul.rules.registry import rule


@rule("kl-zero", severity="error", cost="run")
def kl_zero(rollout: Rollout) -> Iterator[Hit]:
    """A KL to the reference that is not zero before the first step.

    Where training starts, the policy is its reference. A KL above zero pulls it to another model from the first step
    on; one that is not a number, or negative, is no KL.

    The KL that the first step tells must be 0, and the reference's weights those of the policy.

    Bad::

        ref_model = AutoModelForCausalLM.from_pretrained(base)     # the policy starts from the SFT checkpoint

    Good::

        ref_model = copy.deepcopy(model).eval().requires_grad_(False)
    """
    kl = rollout.kl
    if kl is not None and not (isfinite(kl) and abs(kl) < 1e-4):
        other = bool(rollout.differ)
        yield Hit(
            line=1,
            anchor="kl",
            message=f"the KL is {kl:.4g} before the first step, and must be 0\n"
            + (f"where: {len(rollout.differ)} parameters of the reference are not the policy's\n" if other else "")
            + "likely cause: "
            + (
                "the reference is another model\n"
                if other
                else "dropout, a temperature, or another formula than log-probability differences\n"
            )
            + "seen in: TRL < 0.18 (PR 3397)\n"
            "fix: copy the policy before the first step, and compute both by one function",
        )
    elif rollout.differ:
        yield Hit(
            line=1,
            anchor="weights",
            message=f"the reference has other weights than the policy before the first step ({len(rollout.differ)} "
            "parameters)\n"
            f"parameters: {', '.join(rollout.differ[:4])}\n"
            "likely cause: it was loaded from another checkpoint\n"
            "seen in: TRL < 0.18 (PR 3397)\n"
            "fix: copy the policy before the first step",
        )
