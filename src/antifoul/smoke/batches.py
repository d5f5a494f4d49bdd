"""Batches as rows: how many there are, which are alike, and some of them as a batch of their own."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

IGNORED = -100  # the label that torch's cross entropy passes over


def is_tensor(value: Any) -> bool:  # noqa: ANN401  anything in a batch
    """It is a torch tensor, or something like one."""
    return hasattr(value, "dim") and hasattr(value, "numel")


def rows_of(batch: Any) -> int | None:  # noqa: ANN401  a batch of any kind
    """How many rows a batch has; None where its parts do not agree, as in a packed batch."""
    parts = _parts(batch)
    sizes = {_length(part) for part in parts}
    sizes.discard(None)
    return sizes.pop() if len(sizes) == 1 else None


def _parts(batch: Any) -> list[Any]:  # noqa: ANN401  a batch of any kind
    if isinstance(batch, Mapping) or hasattr(batch, "keys"):
        return [batch[key] for key in batch.keys()]  # noqa: SIM118  a BatchEncoding iterates over other things
    if hasattr(batch, "__dataclass_fields__"):
        return list(vars(batch).values())
    return list(batch) if isinstance(batch, list | tuple) else [batch]


def _length(part: Any) -> int | None:  # noqa: ANN401  a part of a batch
    if is_tensor(part):
        return int(part.shape[0]) if part.dim() else None
    if isinstance(part, Mapping):
        return rows_of(part)
    return len(part) if isinstance(part, list | tuple) else None


def take(batch: Any, rows: Sequence[int]) -> Any:  # noqa: ANN401  a batch of any kind
    """These rows as a batch of the same kind; a row may be taken twice."""
    if isinstance(batch, Mapping) or hasattr(batch, "keys"):
        taken = {key: _rows(batch[key], rows) for key in batch.keys()}  # noqa: SIM118  see above
        return taken if isinstance(batch, dict) and type(batch) is dict else _remade(batch, taken)
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(_rows(part, rows) for part in batch))
    if isinstance(batch, list | tuple):
        return type(batch)(_rows(part, rows) for part in batch)
    if hasattr(batch, "__dataclass_fields__"):
        taken = copy(batch)
        vars(taken).update({name: _rows(part, rows) for name, part in vars(batch).items()})
        return taken
    return _rows(batch, rows)


def _remade(batch: Any, taken: dict[str, Any]) -> Any:  # noqa: ANN401  a batch of any kind
    try:
        return type(batch)(taken)
    except TypeError:
        return taken


def _rows(part: Any, rows: Sequence[int]) -> Any:  # noqa: ANN401  a part of a batch
    if is_tensor(part):
        return part[list(rows)] if part.dim() else part
    if isinstance(part, Mapping):
        return take(part, rows)
    return type(part)(part[row] for row in rows) if isinstance(part, list | tuple) else part


def alike(batch: Any, count: int) -> list[int]:  # noqa: ANN401  a batch of any kind
    """The rows of the largest group that agree in length, padding and number of targets, first come first.

    Micro-batches made of them hold equal numbers of targets, so that every normalisation must agree.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row in range(count):
        groups.setdefault(signature(take(batch, [row])), []).append(row)
    return max(groups.values(), key=len)


def mixed(signatures: Sequence[tuple[Any, ...]]) -> list[int]:
    """Rows taken in turn from groups that are alike, so that neighbours differ; empty where there is one group."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row, one in enumerate(signatures):
        groups.setdefault(one, []).append(row)
    if len(groups) < 2:
        return []
    queues = [list(group) for group in groups.values()]
    found: list[int] = []
    while any(queues):
        found += [queue.pop(0) for queue in queues if queue]
    return found


def signature(batch: Any) -> tuple[Any, ...]:  # noqa: ANN401  a batch of any kind
    """What two batches must share to hold equal numbers of tokens, of padding and of targets."""
    return tuple(_shape(part) for part in _parts(batch))


def _shape(part: Any) -> tuple[Any, ...]:  # noqa: ANN401  a part of a batch
    if isinstance(part, Mapping):
        return signature(part)
    if not is_tensor(part):
        return tuple(len(one) for one in part if hasattr(one, "__len__")) if isinstance(part, list | tuple) else ()
    shape = (tuple(part.shape), str(part.dtype))
    if part.is_floating_point() or part.is_complex() or part.dim() < 2:
        return (*shape, float(part.sum()) if part.dim() and part.is_floating_point() and _zero_one(part) else None)
    if part.dtype.is_signed is False or _zero_one(part):
        return (*shape, float(part.double().sum()))
    targets = int((part != IGNORED).sum()), int((part[..., 1:] != IGNORED).sum())
    ends = int(_run(part, first=True)), int(_run(part, first=False))
    return (*shape, targets, ends)


def _zero_one(part: Any) -> bool:  # noqa: ANN401  a torch tensor
    return bool(((part == 0) | (part == 1)).all())


def _run(part: Any, *, first: bool) -> int:  # noqa: ANN401  a torch tensor
    """How many equal values the rows begin or end with: padding, where there is any."""
    rows = part if first else part.flip(-1)
    return int((rows == rows[..., :1]).long().cumprod(-1).sum()) if part.shape[-1] else 0
