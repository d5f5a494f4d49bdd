"""Advantages of groups of rewards."""

from typing import Any

from antifoul.facts.reinforcement import Advantages
from antifoul.facts.run import ELSEWHERE, Unjudged
from antifoul.smoke.adapters import Loop, Program
from antifoul.smoke.building import told

_GROUPS = 3
_VALUES = (1.0, 0.0, 0.25, 2.0, 0.5, 1.5, 0.75, 3.0)


def record(program: Program, _seed: int) -> Advantages | Unjudged:
    """Advantages of rewards that differ and of equal ones, or why there are none."""
    if program.task != "reinforcement":
        return ELSEWHERE
    function = program.get("advantages") if isinstance(program, Loop) else None
    if function is None or not isinstance(program, Loop):
        return Unjudged("no advantages", "advantages = lambda rewards: ...  # of rewards, group after group")
    size = program.get("group_size") or program.get("num_generations")
    if not isinstance(size, int) or size < 1:
        return Unjudged("no group_size", "group_size = 4  # completions of one prompt")
    rewards = [_VALUES[at % len(_VALUES)] + (at // size) * 10.0 for at in range(_GROUPS * size)]
    try:
        ask = _shaped(function, rewards, size)
        given = ask(rewards)
        changed = ask([rewards[0] + 0.7, *rewards[1:]])
        equal = ask([0.5] * len(rewards))
    except Exception as problem:  # noqa: BLE001  a guest's function
        return Unjudged(f"advantages stopped ({told(problem)})")
    if len(given) != len(rewards):
        return Unjudged("advantages gives another number of values than it was given")
    touched, resized = _touched(given, changed, size)
    scale = program.get("scale_rewards")
    return Advantages(
        size,
        tuple(given),
        tuple(rewards),
        touched,
        resized,
        tuple(equal),
        {True: "group", False: "none"}.get(scale, str(scale or "").lower()) if scale is not None else "",
    )


def _shaped(function: Any, rewards: list[float], size: int) -> Any:  # noqa: ANN401  the user's
    """The function in the shape that it takes: a row of rewards, or one row a group."""
    import torch

    def flat(values: list[float]) -> list[float]:
        return _listed(function(torch.tensor(values)))

    def square(values: list[float]) -> list[float]:
        return _listed(function(torch.tensor(values).view(-1, size)))

    def plain(values: list[float]) -> list[float]:
        return _listed(function(list(values)))

    stopped: Exception | None = None
    for ask in (flat, square, plain):
        try:
            if len(ask(rewards)) == len(rewards):
                return ask
        except Exception as problem:  # noqa: BLE001  a guest's function: the next shape
            stopped = stopped or problem
    raise stopped or ValueError("another number of values")


def _listed(found: Any) -> list[float]:  # noqa: ANN401  what the user's function gives
    import torch

    return [float(one) for one in torch.as_tensor(found).detach().double().flatten().tolist()]


def _touched(before: list[float], after: list[float], size: int) -> tuple[tuple[int, ...], bool]:
    """Outside of the first group: what changes, apart from a common factor."""
    pairs = [(at, one, other) for at, (one, other) in enumerate(zip(before, after, strict=True))]
    first = [at for at, one, other in pairs[:size] if abs(one - other) > 1e-5]
    others = [(at, one, other) for at, one, other in pairs[size:] if abs(one - other) > 1e-5]
    ratios = [other / one for _, one, other in pairs[size:] if abs(one) > 1e-6]
    common = bool(others) and len(ratios) > 1 and max(ratios) - min(ratios) < 1e-3 * abs(max(ratios))
    return (*first, *(at for at, _, _ in others if not common)), common
