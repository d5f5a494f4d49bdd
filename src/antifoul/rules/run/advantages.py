"""advantages."""

from collections.abc import Iterator
from itertools import pairwise
from math import isfinite

from antifoul.facts.finding import Hit
from antifoul.facts.reinforcement import Advantages
from antifoul.rules.registry import rule
from antifoul.rules.telling import seen_in, told


@rule("advantages", severity="error", cost="run")
def advantages(advantages: Advantages) -> Iterator[Hit]:
    """Advantages that are not centred in their group, or that mix groups.

    An easy prompt's completions all get a push up when the mean is taken over the batch; a wrong reshape compares
    answers to different questions; a group of equal rewards divides by zero. The reward curve looks the same.

    Rewards of three groups are given, then one of them is changed, then all are made equal: advantages must add up
    to zero in each group, rise with the reward, change in that group alone and be finite. A scale that is taken over
    the batch is allowed.

    Bad::

        return (rewards - rewards.mean()) / rewards.std()

    Good::

        groups = rewards.view(-1, group_size)
        return ((groups - groups.mean(1, keepdim=True)) / (groups.std(1, keepdim=True) + 1e-4)).flatten()
    """
    size, given = advantages.size, advantages.given
    if not all(map(isfinite, advantages.equal)):
        yield _hit(
            "advantages of equal rewards are not finite",
            f"advantages: {_listed(advantages.equal, size)} of a group of equal rewards",
            "the standard deviation of 0 divides",
            "divide by std + 1e-4",
        )
    if not all(map(isfinite, given)):
        one = " of one" if size == 1 else ""
        yield _hit(
            f"advantages of a group{one} are not finite",
            f"advantages: {_listed(given, size)}",
            "the unbiased standard deviation of one value is not a number" if size == 1 else "a division by zero",
            "std(unbiased=False) + 1e-4",
            "OpenRLHF < 0.11 (PR 1250)",
        )
        return
    stray = [at for at in advantages.touched if at >= size]
    if size > 1 and stray:
        yield _hit(
            "groups are mixed: advantages of other groups change with a reward of the first",
            f"where: the reward at 0 was changed, and advantages at {_places(stray)} changed, outside of 0-{size - 1}",
            _mixed(advantages, stray),
            f"rewards.view(-1, {size}), and mean and std over dim=1",
            "TRL < 0.23 (PR 3992)",
        )
        return
    if size > 1 and advantages.resized and advantages.scale in {"group", "none"}:
        yield _hit(
            f"advantages are scaled over the batch, where scale_rewards is {advantages.scale}",
            "where: the reward at 0 was changed, and the advantages of other groups changed in size",
            "the branches for group and batch are swapped",
            "take the standard deviation over dim=1 of the groups",
            "TRL < 0.23 (PR 3992)",
        )
    groups = [range(start, start + size) for start in range(0, len(given), size)]
    scale = max(map(abs, given)) or 1.0
    sums = [sum(given[at] for at in group) / size for group in groups]
    if size > 1 and any(abs(one) > 1e-3 * scale for one in sums):
        yield _hit(
            "advantages are not centred in their group",
            f"means: {', '.join(f'{one:.3g}' for one in sums)} of the groups, and must be 0",
            "no mean is taken off, or that of something else",
            "take the mean of the group off each reward",
        )
        return
    if size > 1 and not all(_rises(advantages, group) for group in groups):
        yield _hit(
            "a higher reward has a lower advantage",
            f"rewards: {_listed(advantages.rewards, size)}; advantages: {_listed(given, size)}",
            "the sign is turned, or rewards are ranked the wrong way",
            "advantage = reward - mean",
        )


def _rises(advantages: Advantages, group: range) -> bool:
    pairs = sorted((advantages.rewards[at], advantages.given[at]) for at in group)
    values = [value for _, value in pairs]
    return all(one <= other + 1e-6 for one, other in pairwise(values))


def _mixed(advantages: Advantages, stray: list[int]) -> str:
    count = len(advantages.given)
    if len(stray) >= count - advantages.size:
        return "mean or standard deviation are taken over the whole batch"
    return "rewards are reshaped to (group, prompts) where they come as (prompts, group), or the mean is over dim=0"


def _places(places: list[int]) -> str:
    return ", ".join(map(str, places[:6]))


def _listed(values: tuple[float, ...], size: int) -> str:
    return ", ".join(f"{one:.3g}" for one in values[:size])


def _hit(title: str, evidence: str, likely: str, fix: str, seen: str = "") -> Hit:
    return told(title, evidence, f"likely cause: {likely}", seen_in(seen), f"fix: {fix}")
