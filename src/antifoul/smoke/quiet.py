"""Hold still what would blur a comparison of gradients: dropout, clipping. All is put back afterwards."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

_DROPOUTS = (
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "alpha_dropout",
    "feature_alpha_dropout",
)


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:  # noqa: ANN401  any attribute of anything
    """While open, the owner's attribute is another one."""
    own = name in vars(owner)
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if own:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


def has_dropout(model: Any) -> bool:  # noqa: ANN401  a torch module
    """The model has a layer that behaves otherwise in training, as far as modules and configuration tell."""
    for module in model.modules():
        if type(module).__name__.startswith(("Dropout", "BatchNorm")) and getattr(module, "p", True):
            return True
        if _is_share(getattr(module, "dropout", None)):
            return True
    config = getattr(model, "config", None)
    names = ("dropout", "resid_pdrop", "attn_pdrop", "embd_pdrop", "hidden_dropout_prob", "attention_dropout")
    return any(_is_share(getattr(config, name, None)) for name in names)


def _is_share(value: object) -> bool:
    return isinstance(value, float) and value > 0


@contextmanager
def held_still(model: Any, precisions: set[str]) -> Iterator[None]:  # noqa: ANN401  a torch module
    """While open, nothing drops out or is clipped, and the dtypes that the model computes in are noted."""
    with without_dropout(model), without_clipping(), watched_precision(model, precisions):
        yield


@contextmanager
def without_dropout(model: Any) -> Iterator[None]:  # noqa: ANN401  a torch module
    """While open, dropout lets everything through, also where a model calls it as a function."""
    import torch

    functional = torch.nn.functional
    attention = functional.scaled_dot_product_attention

    def plain(first: Any, *_args: Any, **_kwargs: Any) -> Any:  # noqa: ANN401  as torch's own
        return first

    def attend(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  as torch's own
        kwargs.pop("dropout_p", None)
        return attention(*args[:4], *((0.0, *args[5:]) if len(args) > 4 else ()), **kwargs)

    with ExitStack() as stack:
        for name in _DROPOUTS:
            stack.enter_context(replaced(functional, name, plain))
        stack.enter_context(replaced(functional, "scaled_dot_product_attention", attend))
        for module in model.modules():
            if isinstance(module, torch.nn.RNNBase) and module.dropout:
                stack.enter_context(replaced(module, "dropout", 0.0))
        yield


@contextmanager
def without_clipping() -> Iterator[None]:
    """While open, torch's clipping by norm or value measures and changes nothing."""
    from torch.nn import utils

    def nothing(*_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401  as torch's own
        return None

    with ExitStack() as stack:
        if hasattr(utils.clip_grad, "_clip_grads_with_norm_"):
            # What clip_grad_norm_ calls: reaches the loops that imported clip_grad_norm_ by name, too.
            stack.enter_context(replaced(utils.clip_grad, "_clip_grads_with_norm_", nothing))
        else:
            stack.enter_context(replaced(utils, "clip_grad_norm_", _measuring(utils.clip_grad_norm_)))
        stack.enter_context(replaced(utils, "clip_grad_value_", nothing))
        yield


def _measuring(clip: Callable[..., Any]) -> Callable[..., Any]:
    def measure(parameters: Any, _max_norm: float, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  as torch's own
        return clip(parameters, float("inf"), *args, **kwargs)

    return measure


@contextmanager
def watched_roots(seen: list[float]) -> Iterator[None]:
    """While open, the number by which each tensor is divided right before its backward is noted, 1 where none is."""
    import torch

    backward = torch.autograd.backward

    def watch(tensors: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  as torch's own
        roots = tensors if isinstance(tensors, list | tuple) else (tensors,)
        seen.extend(_divisor(root.grad_fn) for root in roots)
        return backward(tensors, *args, **kwargs)

    with replaced(torch.autograd, "backward", watch):
        yield


def _divisor(node: Any) -> float:  # noqa: ANN401  a node of torch's graph
    """The whole number, up to 16, that the last operations before a loss divide by; a loss scaler's factor apart."""
    for _ in range(3):
        if node is None:
            return 1.0
        other = getattr(node, "_saved_other", None)
        if other is None or other.numel() != 1 or other.requires_grad:
            return 1.0
        number = float(other)
        if type(node).__name__ == "DivBackward0" and number == int(number) and 2 <= number <= 16:
            return number
        if type(node).__name__ == "MulBackward0" and 0 < number < 1 and abs(1 / number - round(1 / number)) < 1e-6:
            return float(round(1 / number))
        node = node.next_functions[0][0] if node.next_functions else None
    return 1.0


@contextmanager
def watched_precision(model: Any, seen: set[str]) -> Iterator[None]:  # noqa: ANN401  a torch module
    """While open, the dtypes that the innermost modules compute in are noted: their own, and that of autocast."""
    import torch

    def note(module: Any, _args: Any, output: Any) -> None:  # noqa: ANN401  as torch's own
        kind = next((one.device.type for one in module.parameters(recurse=False)), "cpu")
        if torch.is_autocast_enabled(kind):
            seen.add(str(torch.get_autocast_dtype(kind)).removeprefix("torch."))
        if torch.is_tensor(output) and output.is_floating_point():
            seen.add(str(output.dtype).removeprefix("torch."))

    leaves = [module for module in model.modules() if not any(True for _ in module.children())]
    handles = [module.register_forward_hook(note) for module in leaves]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
