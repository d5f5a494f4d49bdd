"""What a user's functions give: a loss, a learning rate, a norm, in whatever form."""

from collections.abc import Mapping
from typing import Any


def named(result: Any, *names: str) -> Any:  # noqa: ANN401  what a step gives
    """The value under the first of these names that the result has, as a key or an attribute; None if none."""
    for name in names:
        if isinstance(result, Mapping):
            if name in result:
                return result[name]
        elif getattr(result, name, None) is not None:
            return getattr(result, name)
    return None


def number(value: Any) -> float | None:  # noqa: ANN401  a number, or a tensor that holds one
    """The value as a number, None if it is none."""
    try:
        return float(value.detach().double().mean()) if hasattr(value, "detach") else float(value)
    except (TypeError, ValueError):
        return None


def loss_of(result: Any) -> float | None:  # noqa: ANN401  what a step gives
    """The loss in what a step gives: under its name, as an attribute, first in a tuple, or the thing itself."""
    found = named(result, "loss", "train_loss", "total_loss")
    if found is None and not isinstance(result, Mapping):
        found = (result[0] if result else None) if isinstance(result, list | tuple) else result
    return number(found)


def tensor_of(result: Any) -> Any:  # noqa: ANN401  what a loss function gives; a torch tensor or None
    """The loss in what a function gives: the tensor itself, under its name, as an attribute or first in a tuple."""
    found = named(result, "loss", "total_loss", "train_loss")
    if found is not None:
        return found
    if isinstance(result, list | tuple):
        return result[0] if result else None
    return result if hasattr(result, "backward") else None


def metrics_of(result: Any) -> dict[str, float]:  # noqa: ANN401  what a loss function or a step gives
    """The numbers beside a loss: of a mapping, or of the mapping in a tuple."""
    if isinstance(result, list | tuple) and not hasattr(result, "_fields"):
        result = next((one for one in result if isinstance(one, Mapping)), {})
    if not isinstance(result, Mapping):
        result = getattr(result, "metrics", None) or getattr(result, "_asdict", dict)()
    found = {str(name): number(value) for name, value in result.items()} if isinstance(result, Mapping) else {}
    return {name: value for name, value in found.items() if value is not None}
