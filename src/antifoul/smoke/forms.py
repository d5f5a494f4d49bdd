"""Which part of a batch, or of a call's arguments, is what: token ids, attention mask, labels, positions."""

from collections.abc import Iterator, Mapping
from typing import Any

from antifoul.smoke.batches import IGNORED, is_tensor

_IDS = ("input_ids", "ids", "tokens", "token_ids", "input_tokens", "x", "idx", "inputs", "input", "sequences", "seq")
_LABELS = ("label", "target", "tgt")
_POSITIONS = ("position", "pos_ids", "pos")


def named_parts(*given: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  arguments or batches of any kind
    """The tensors in arguments or batches, with their names; those without one are named by their place."""
    for number, part in enumerate(given):
        if isinstance(part, Mapping) or hasattr(part, "keys"):
            for key in part.keys():  # noqa: SIM118  a BatchEncoding iterates over other things
                yield from _named(str(key), part[key])
        elif isinstance(part, list | tuple):
            names = getattr(part, "_fields", None) or [f"#{place}" for place in range(len(part))]
            for name, one in zip(names, part, strict=True):
                yield from _named(name, one)
        elif hasattr(part, "__dataclass_fields__"):
            yield from ((name, one) for name, one in vars(part).items() if is_tensor(one))
        else:
            yield from _named(f"#{number}", part)


def _named(name: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  a part of a batch
    if is_tensor(value):
        yield name, value
    elif isinstance(value, Mapping):
        yield from named_parts(value)


def ids_in(parts: Mapping[str, Any]) -> str | None:
    """The name of the token ids, None where there are none."""
    return next(iter(all_ids_in(parts)), None)


def all_ids_in(parts: Mapping[str, Any]) -> list[str]:
    """The names of all parts that hold token ids, the likeliest first."""
    plain = [name for name, one in parts.items() if _is_ids(name, one)]
    return sorted(plain, key=lambda name: (_rank(name), list(parts).index(name)))


def _rank(name: str) -> int:
    low = name.lower()
    if low in _IDS:
        return _IDS.index(low)
    return len(_IDS) if "ids" in low or "token" in low else len(_IDS) + 1


def _is_ids(name: str, one: Any) -> bool:  # noqa: ANN401  a torch tensor
    low = name.lower()
    if one.is_floating_point() or one.is_complex() or one.dim() not in {1, 2} or one.numel() < 2:
        return False
    if str(one.dtype) == "torch.bool" or "mask" in low or low.startswith(_POSITIONS) or low == "y":
        return False
    if any(word in low for word in _LABELS) or bool((one < 0).any()):
        return False
    return low in _IDS or not (zero_one(one) or counts_up(one))


def zero_one(one: Any) -> bool:  # noqa: ANN401  a torch tensor
    """It holds zeros and ones alone."""
    return bool(((one == 0) | (one == 1)).all())


def counts_up(one: Any) -> bool:  # noqa: ANN401  a torch tensor
    """Its rows are positions: each value is one more than the one before, or starts again at a small one."""
    steps = one[..., 1:] - one[..., :-1]
    return bool((one >= 0).all()) and bool(((steps == 1) | (one[..., 1:] <= 1)).all())


def mask_in(parts: Mapping[str, Any], ids: Any) -> str | None:  # noqa: ANN401  a torch tensor
    """The name of the attention mask of these ids: 1 for what is a token, 0 for padding."""
    same = {name: one for name, one in parts.items() if one.shape == ids.shape and one is not ids and zero_one(one)}
    for wanted in ("attention_mask", "attn_mask", "attention", "pad_mask", "padding_mask", "key_padding_mask", "mask"):
        for name in same:
            if name.lower().endswith(wanted) and not is_loss_mask(name):
                return name
    return next((name for name in same if name.startswith("#")), None)


def is_loss_mask(name: str) -> bool:
    """A mask of what is trained, by its name."""
    low = name.lower()
    said = ("loss", "completion", "response", "assistant", "label", "target", "answer", "action")
    return "mask" in low and any(word in low for word in said)


def labels_in(parts: Mapping[str, Any], ids: Any) -> str | None:  # noqa: ANN401  a torch tensor
    """The name of the labels: by name, or by the value that cross entropy ignores."""
    whole = {
        name: one
        for name, one in parts.items()
        if one is not ids and not one.is_floating_point() and one.dim() == ids.dim() and one.shape[0] == ids.shape[0]
    }
    for name in whole:
        low = name.lower()
        if any(word in low for word in _LABELS) or low == "y":
            return name
    return next((name for name, one in whole.items() if bool((one == IGNORED).any())), None)


def loss_mask_in(parts: Mapping[str, Any], ids: Any) -> str | None:  # noqa: ANN401  a torch tensor
    """The name of a mask that says which tokens are trained."""
    for name, one in parts.items():
        if is_loss_mask(name) and one.dim() == ids.dim() and one.shape[0] == ids.shape[0] and zero_one(one):
            return name
    return None


def positions_in(parts: Mapping[str, Any], ids: Any) -> str | None:  # noqa: ANN401  a torch tensor
    """The name of the position ids: by name, or, of what was given by place, what counts up."""
    whole = {
        name: one for name, one in parts.items() if one is not ids and one.dim() and one.shape[-1] == ids.shape[-1]
    }
    for name, one in whole.items():
        if name.lower().startswith(_POSITIONS) and not one.is_floating_point():
            return name
    return next((name for name, one in whole.items() if name.startswith("#") and _counts(one)), None)


def _counts(one: Any) -> bool:  # noqa: ANN401  a torch tensor
    return not one.is_floating_point() and str(one.dtype) != "torch.bool" and not zero_one(one) and counts_up(one)
