"""Slopes of the policy loss where they are known: at a ratio of 1, and beyond the clip on both sides."""

import inspect
from collections.abc import Callable
from typing import Any

from antifoul.facts.reinforcement import Surrogate
from antifoul.facts.run import ELSEWHERE, Unjudged
from antifoul.smoke.adapters import Loop, Program
from antifoul.smoke.building import told
from antifoul.smoke.results import tensor_of

_FAR = 0.7  # log-ratio: a factor of 2, beyond any usual clip, and short of the second clip of dual-clip PPO
_ROWS, _TOKENS = 3, 4

Ask = Callable[[Any, Any, Any, Any], Any]


def record(program: Program, _seed: int) -> Surrogate | Unjudged:
    """The slopes, or why there are none."""
    if program.task != "reinforcement":
        return ELSEWHERE
    function = program.get("policy_loss") if isinstance(program, Loop) else None
    if function is None or not isinstance(program, Loop):
        return Unjudged("no policy_loss", "policy_loss = lambda logps, old_logps, advantages: ...")
    names = _names(function)
    try:
        ask, shape = _ask(function, names)
        slopes = {
            f"{side} {place}".strip(): _slope(ask, shape, sign, ratio)
            for side, sign in (("up", 1.0), ("down", -1.0))
            for place, ratio in (("", 0.0), ("high", _FAR), ("low", -_FAR))
        }
        uses_old = _value(ask, shape, 0.3) != _value(ask, shape, -0.3)
        masked, widened = _masking(ask, shape) if "mask" in names.values() else (None, None)
    except Exception as problem:  # noqa: BLE001  a guest's function
        return Unjudged(f"policy_loss stopped ({told(problem)})")
    return Surrogate(tuple(slopes.items()), uses_old, masked, widened, str(program.get("loss_type") or "").lower())


def _names(function: Callable[..., Any]) -> dict[str, str]:
    """What each parameter of the function is given, told by its name, else by its place."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return {"logps": "logps", "old_logps": "old", "advantages": "advantages"}
    found: dict[str, str] = {}
    for place, one in enumerate(parameters):
        low = one.name.lower()
        if "mask" in low:
            found[one.name] = "mask"
        elif "adv" in low:
            found[one.name] = "advantages"
        elif "ref" in low or "old" in low or "behav" in low or "sampl" in low:
            found[one.name] = "old"
        elif "logp" in low or "log_p" in low or "lp" in low or "new" in low:
            found[one.name] = "logps"
        elif one.default is one.empty and place < 3 and one.kind is not one.VAR_KEYWORD:
            found[one.name] = ("logps", "old", "advantages")[place]
    return found


def _ask(function: Callable[..., Any], names: dict[str, str]) -> tuple[Ask, str]:
    """The function with its arguments in place, and the shape of advantages that it takes."""

    def ask(logps: Any, old: Any, advantages: Any, mask: Any) -> Any:  # noqa: ANN401  torch tensors
        given = {"logps": logps, "old": old, "advantages": advantages, "mask": mask}
        found = tensor_of(function(**{name: given[kind] for name, kind in names.items()}))
        return found.mean() if found.dim() else found

    stopped: Exception | None = None
    for shape in ("rows", "column", "tokens", "flat"):
        try:
            _value(ask, shape, 0.0)
        except Exception as problem:  # noqa: BLE001  a guest's function: the next shape
            stopped = stopped or problem
        else:
            return ask, shape
    raise stopped or ValueError("no shape fits")


def _inputs(shape: str, sign: float, ratio: float) -> tuple[Any, Any, Any, Any]:
    import torch

    size = (_ROWS,) if shape == "flat" else (_ROWS, _TOKENS)
    logps = torch.full(size, -1.5, dtype=torch.float64, requires_grad=True)
    old = torch.full(size, -1.5 - ratio, dtype=torch.float64)
    advantages = sign * torch.ones({"rows": (_ROWS,), "column": (_ROWS, 1)}.get(shape, size), dtype=torch.float64)
    return logps, old, advantages, torch.ones(size, dtype=torch.float64)


def _slope(ask: Ask, shape: str, sign: float, ratio: float) -> float:
    """The sum of the loss's slopes in the log-probabilities."""
    logps, old, advantages, mask = _inputs(shape, sign, ratio)
    loss = ask(logps, old, advantages, mask)
    if not loss.requires_grad:
        return 0.0
    loss.backward()
    return float(logps.grad.sum()) if logps.grad is not None else 0.0


def _value(ask: Ask, shape: str, ratio: float) -> float:
    return float(ask(*_inputs(shape, 1.0, ratio)).detach())


def _masking(ask: Ask, shape: str) -> tuple[bool, tuple[float, float] | None]:
    """Whether masked log-probabilities count, and the loss beside that with two more masked columns."""
    import torch

    logps, old, advantages, mask = _inputs(shape, 1.0, 0.05)
    if logps.dim() != 2:
        return False, None
    mask[:, -1] = 0
    plain = float(ask(logps, old, advantages, mask).detach())
    moved = logps.detach().clone()
    moved[:, -1] -= 0.4
    masked = abs(float(ask(moved, old, advantages, mask)) - plain) > 1e-9

    def wider(one: Any, filler: float) -> Any:  # noqa: ANN401  a torch tensor
        return torch.cat([one.detach(), torch.full((_ROWS, 2), filler, dtype=torch.float64)], 1)

    wide = advantages if advantages.dim() == 1 or advantages.shape[1] == 1 else wider(advantages, 1.0)
    more = float(ask(wider(logps, -1.5), wider(old, -1.5), wide, wider(mask, 0.0)))
    return masked, (plain, more)
