"""reward-fn."""

from collections.abc import Iterator
from math import isnan

from antifoul.facts.finding import Hit, Severity
from antifoul.facts.reinforcement import Rewards, Rollout
from antifoul.rules.registry import rule
from antifoul.rules.telling import told


@rule("reward-fn", severity="error", cost="run")
def reward_fn(rewarding: Rewards, rollout: Rollout | None = None) -> Iterator[Hit]:
    """A reward that goes to another completion, that prefers the bad answer, or that is missing.

    The policy learns whatever the reward says. An order that is lost between scoring and training, a sign, a reward
    of 0.0 that is taken for none: the reward curve rises, and the model gets worse.

    Completions are scored in two orders and twice, and `good_bad`, a known good and a known bad answer to the first
    prompt, says which must have more.

    Bad::

        rewards = [score(c) or -1.0 for c in completions]     # 0.0 becomes -1.0

    Good::

        rewards = [score(c) for c in completions]
    """
    given, turned = rewarding.given, rewarding.turned
    if any(isnan(one) for one in given):
        yield _hit(
            "some completions have no reward",
            f"rewards: {_listed(given)}",
            "the function gives None or NaN for what it cannot parse",
            "give such completions a number",
        )
        return
    if rollout is not None and (strange := [pair for pair in rollout.told if abs(pair[0] - pair[1]) > 1e-5]):
        yield _hit(
            f"{len(strange)} of {len(rollout.told)} rewards in the sampled batch are not those of its completions",
            f"rewards: {_listed(tuple(one for one, _ in rollout.told))} in the batch, and "
            f"{_listed(tuple(one for _, one in rollout.told))} of its completions",
            "rewards are sorted, shifted or gathered in another order than completions",
            "keep both in one list until they are tensors",
        )
    steady = _same(given, rewarding.again)
    if steady and not _same(given, turned):
        yield _hit(
            "rewards do not go with their completions",
            f"rewards: {_listed(given)}; and {_listed(turned)} when the same completions come in another order",
            "they are sorted, cached by place, or compared within the batch",
            "give one reward a completion, in the order of the completions",
        )
    elif not steady:
        yield _hit(
            "two calls with the same completions give other rewards",
            f"rewards: {_listed(given)}; then {_listed(rewarding.again)}",
            "something is random, or remembered from the call before",
            "seed it, or leave it out",
            "warning",
        )
    if rewarding.good is not None and rewarding.bad is not None and not rewarding.good > rewarding.bad:
        yield _hit(
            "the known good answer has no higher reward than the bad one",
            f"rewards: {rewarding.good:.4g} for the good answer, {rewarding.bad:.4g} for the bad one",
            "the sign is turned, the answer is not found in the text, or 0.0 is taken for no reward (OpenRLHF PR 1219)"
            if rewarding.good < rewarding.bad
            else "both get the same: the answer is not found in the text, or the scores are overwritten",
            "score the two by hand, and follow them through the function",
        )


def _same(left: tuple[float, ...], right: tuple[float, ...]) -> bool:
    return len(left) == len(right) and all(abs(one - other) < 1e-6 for one, other in zip(left, right, strict=True))


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{one:.4g}" for one in values[:8])


def _hit(title: str, evidence: str, likely: str, fix: str, severity: Severity = "error") -> Hit:
    return told(title, evidence, f"likely cause: {likely}", f"fix: {fix}", severity=severity)
