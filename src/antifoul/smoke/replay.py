"""A call of a model once more, with some of its tensors replaced: in evaluation mode, without a graph."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Any

from antifoul.facts.run import Unjudged
from antifoul.smoke.adapters import Program
from antifoul.smoke.batches import is_tensor
from antifoul.smoke.trained import is_vocabulary
from antifoul.smoke.watch import HALF, Call, logits_of

_DROPPED = ("labels", "fused_lm_head", "num_items_in_batch", "logits_to_keep", "shift_labels")


def first_call(program: Program) -> Call | Unjudged:
    """The first call that the training step makes of the model with token ids, or why there is none."""
    calls = program.observed()
    if isinstance(calls, Unjudged):
        return calls
    own = [call for call in calls if call.name == "policy" and call.ids is not None and call.ids.dim() == 2]
    if not own:
        return Unjudged("the step does not call the model with token ids of (rows, positions)")
    if getattr(getattr(program.model, "config", None), "is_encoder_decoder", False):
        return Unjudged("an encoder with a decoder: its tokens are not read from left to right")
    graph = [call for call in own if call.graph]
    found = (graph or own)[0]
    if not is_vocabulary(found):
        return Unjudged("the model gives no logits of (rows, positions, vocabulary)")
    return found


def changed_in(value: Any, change: Callable[[Any], Any]) -> Any:  # noqa: ANN401  arguments of any kind
    """The same arguments with each tensor changed."""
    if is_tensor(value):
        return change(value)
    if isinstance(value, Mapping) or hasattr(value, "keys"):
        return {key: changed_in(value[key], change) for key in value.keys()}  # noqa: SIM118  a BatchEncoding
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(changed_in(one, change) for one in value))
    if isinstance(value, list | tuple):
        return type(value)(changed_in(one, change) for one in value)
    return value


@contextmanager
def evaluating(model: Any) -> Iterator[None]:  # noqa: ANN401  a torch module
    """While open, the model evaluates, without a graph; afterwards all its parts are in the mode they were in."""
    import torch

    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode


def replayed(model: Any, call: Call, change: Callable[[Any], Any]) -> Any:  # noqa: ANN401  a torch module; a tensor
    """The logits of the call with each of its tensors changed, None where the model does not take it so."""
    ways = (call.module, model) if model is call.model and call.module is not model else (model,)
    args = changed_in(call.args, change)
    kwargs = changed_in(call.kwargs, change)
    plain = {name: value for name, value in kwargs.items() if name not in _DROPPED}
    for called, given in product(ways, (plain, kwargs)):
        try:
            found = logits_of(called(*args, **given))
        except Exception:  # noqa: BLE001, S112  a guest's model: the next way to call it
            continue
        if found is not None:
            return found.detach()
    return None


def steady(model: Any, call: Call) -> Any:  # noqa: ANN401  a torch module; a tensor or why there is none
    """The logits of (rows, positions, vocabulary) that the call gives in evaluation mode, twice the same."""
    first = replayed(model, call, lambda one: one)
    if first is None or first.dim() != 3 or first.shape[1] != call.ids.shape[1]:
        return Unjudged("the model cannot be called once more by itself")
    again = replayed(model, call, lambda one: one)
    if again is None or not float((first - again).abs().max()) <= tolerance_of(call) * float(first.abs().max()):
        return Unjudged("two calls in evaluation mode differ: the law `eval-determinism` tells of it")
    return first


def tolerance_of(call: Call) -> float:
    """The difference that rounding may cause, as a share of the largest logit."""
    coarse = call.coarse or any(str(one.dtype) in HALF for one in call.model.parameters())
    return 0.05 if coarse else 1e-4


def others(ids: Any) -> Any:  # noqa: ANN401  torch tensors
    """Another token, of those that occur, for each of these."""
    import torch

    pool = ids.unique()
    return pool[(torch.searchsorted(pool, ids) + 1) % pool.numel()]


def cropped(call: Call, row: int, start: int, end: int) -> Callable[[Any], Any]:
    """A change that leaves one row's positions from start to end, of everything that has rows and positions."""
    rows, length = call.ids.shape

    def crop(one: Any) -> Any:  # noqa: ANN401  a torch tensor
        if one.dim() >= 2 and one.shape[0] == rows:
            one = one[row : row + 1]
        elif one.dim() >= 2 and one.shape[0] == 1 and one.shape[-1] == length:
            pass  # the same positions or mask for all rows
        elif one.dim() == 1 and one.shape[0] == length:
            return one[start:end]
        else:
            return one
        if one.dim() >= 3 and one.shape[-1] == length and one.shape[-2] == length:  # (B, H, T, T)
            return one[..., start:end, start:end]
        return one[..., start:end] if one.shape[-1] == length else one

    return crop
