"""ppo-clip."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.reinforcement import Surrogate
from antifoul.rules.registry import rule

_OTHER = ("cispo", "reinforce", "rloo", "vanilla")


@rule("ppo-clip", severity="error", cost="run")
def ppo_clip(surrogate: Surrogate) -> Iterator[Hit]:
    """A policy loss that pushes the wrong way, clips the wrong side, or counts what is masked.

    The clip is there to stop a step that has gone far enough, and to let one that went the wrong way come back. With
    max for min, or a clip on the wrong side, it does the opposite, and training is merely unstable.

    The loss is asked for at known ratios: at 1 a good answer's log-probability must rise and a bad one's fall;
    beyond the clip, a good one at twice its old probability and a bad one at half must have no slope, and the other
    two must have one.

    Bad::

        loss = -torch.max(ratio * adv, ratio.clamp(1 - eps, 1 + eps) * adv).mean()

    Good::

        loss = -torch.min(ratio * adv, ratio.clamp(1 - eps, 1 + eps) * adv).mean()
    """
    slopes = dict(surrogate.slopes)
    near = 1e-6 * max(map(abs, slopes.values()), default=0.0)
    up, down = slopes["up"], slopes["down"]
    if abs(up) <= near and abs(down) <= near:
        yield _hit(
            "the policy loss has no slope at a ratio of 1",
            slopes,
            "the new log-probabilities are detached, or clipped at 1",
            "ratio = (logps - old_logps).exp(), with only old_logps detached",
        )
        return
    if up > 0 or down < 0:
        yield _hit(
            "the policy loss makes good answers less likely",
            slopes,
            "the minus is missing: the surrogate is to be maximised, and the loss minimised",
            "loss = -min(ratio * adv, clipped * adv)",
        )
        return
    if not surrogate.uses_old:
        yield _hit(
            "the policy loss does not depend on old_logps",
            slopes,
            "the ratio is taken of the new log-probabilities with themselves, so that nothing is ever clipped",
            "ratio = (logps - old_logps.detach()).exp()",
        )
    elif surrogate.loss_type not in _OTHER:
        yield from _sides(slopes, near)
    if surrogate.masked:
        yield _hit(
            "masked log-probabilities change the policy loss",
            slopes,
            "the mean is taken before the mask is multiplied in, or without it",
            "(loss * mask).sum() / mask.sum()",
        )
    elif surrogate.widened is not None and "dr" not in surrogate.loss_type:
        one, more = surrogate.widened
        if abs(one - more) > 1e-6 * max(abs(one), 1e-3):
            yield Hit(
                line=1,
                anchor="denominator",
                message="more padding makes the policy loss smaller\n"
                f"losses: {one:.4g}, and {more:.4g} with two more masked columns\n"
                "likely cause: the sum is divided by all positions, masked ones included\n"
                "seen in: TRL < 1.9 (PR 6439)\n"
                "fix: (loss * mask).sum() / mask.sum(), or a constant length for Dr. GRPO (loss_type = 'dr_grpo')",
            )


def _sides(slopes: dict[str, float], near: float) -> Iterator[Hit]:
    """Which of the four far corners are flat: only the two that have gone far enough may be."""
    flat = {name for name in ("up high", "up low", "down high", "down low") if abs(slopes[name]) <= near}
    if flat == {"up high", "down low"}:
        return
    if not flat:
        likely = "nothing is clipped", "min(ratio * adv, ratio.clamp(1 - eps, 1 + eps) * adv)"
    elif flat == {"up low", "down high"}:
        likely = "max is taken for min: the clip acts on the wrong side", "-min(...), which is max(-..., -...)"
    elif flat == {"up high", "up low", "down high", "down low"}:
        likely = (
            "the clipped ratio alone is used, so that a step that went the wrong way cannot come back",
            "take the minimum with the unclipped term",
        )
    else:
        likely = "one side is clipped and not the other", "clamp(1 - eps, 1 + eps), and the minimum of both terms"
    shown = ", ".join(sorted(flat)) or "none"
    yield _hit(f"the policy loss is clipped on the wrong side (flat: {shown})", slopes, *likely)


def _hit(title: str, slopes: dict[str, float], likely: str, fix: str) -> Hit:
    shown = ", ".join(f"{name} {value:.3g}" for name, value in slopes.items())
    return Hit(
        line=1,
        anchor=likely,
        message=f"{title}\n"
        f"slopes: {shown} (up and down: the sign of the advantage; high and low: a ratio of 2 and of 1/2)\n"
        f"likely cause: {likely}\nfix: {fix}",
    )
