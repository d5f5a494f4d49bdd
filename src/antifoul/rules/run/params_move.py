"""params-move."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from antifoul.facts.finding import Hit, Severity
from antifoul.facts.names import grouped
from antifoul.facts.training import Move, Parameter, Training
from antifoul.rules.registry import rule

# What only some batches use: experts the router did not pick, towers without an image, heads without a loss.
_SOMETIMES = re.compile(r"(^|[._])experts?([._]|$)|vision|visual|image|audio|speech|multi_modal|(^|[._])pooler([._]|$)")
# Softmax does not see what is added to every key: the gradient of this bias is zero by mathematics.
_KEY_BIAS = re.compile(r"(^|[._])(k|key|wk|to_k|k_proj|key_proj|linear_k|k_lin)\.bias$")
# What a program averages by hand into a copy that has no gradient.
_AVERAGED = re.compile(r"(^|[._])(ema|swa|averaged|target|teacher|momentum)([._]|_encoder|_model|_network|$)")
_ENOUGH = 3  # optimizer steps after which a gradient of zero is no longer that of a zero-initialised layer behind it
_NOISE = 1e-6  # of the whole gradient's norm: rounding, not a signal


class _Cause(NamedTuple):
    """Why a parameter does not train."""

    title: str
    likely: str
    fix: str
    severity: Severity = "error"


_NO_GRADIENT = _Cause(
    "get no gradient",
    "the loss does not reach them: detached, under no_grad, cut off by gradient checkpointing, or never used",
    "make the loss depend on them, or freeze them with requires_grad_(False)",
)
_ZERO = _Cause(
    "get a gradient of exactly zero at every step",
    "what they feed is multiplied by zero or masked out",
    "look at what the loss does with their output, or freeze them with requires_grad_(False)",
)
_UNUSED = _Cause(
    "were not used by these rows",
    "experts that the router did not pick, a tower without input, or a head without a loss",
    "none is needed if other rows use them",
    "warning",
)
_NOT_HELD = _Cause(
    "get a gradient but are not in the optimizer",
    "the optimizer was built from a part of the model, or before a part was added",
    "give them to the optimizer, or freeze them with requires_grad_(False)",
)
_REPLACED = _Cause(
    "get a gradient but are not in the optimizer, which holds tensors that the model no longer has",
    "the model was wrapped, moved or given adapters after the optimizer was built",
    "build the optimizer last",
)
_LR_ZERO = _Cause(
    "have a learning rate of 0 at every step",
    "the scheduler starts at 0 and is not stepped, or a parameter group has lr=0",
    "step the scheduler once an optimizer step, or freeze them with requires_grad_(False)",
)
_TOO_SMALL = _Cause(
    "move less than their dtype can hold, so they stay where they are",
    "low-precision weights with a small learning rate: w + update rounds to w",
    "keep the trained weights in float32 and use autocast",
    "warning",
)
_STUCK = _Cause(
    "have a gradient and a learning rate, but do not move",
    "something puts the old values back after optimizer.step(), or step() does not write to these tensors",
    "see what writes to them after optimizer.step()",
)
_FROZEN = _Cause(
    "are frozen, but move",
    "something other than the gradient writes to them: a copy, a decay, a leftover gradient",
    "leave frozen parameters out of the optimizer and out of averaging",
)


@rule("params-move", severity="error", cost="run")
def params_move(moving: Training) -> Iterator[Hit]:
    """A trainable parameter that does not train, or a frozen one that moves, within the first steps.

    A run with dead adapters, a head that the optimizer never got, or weights that round back to what they
    were logs a falling loss all the same, since the other parameters learn. The checkpoint is then worth less
    than the hours it cost, and nothing says so.

    The message tells the causes apart: no gradient, a gradient of exactly zero at every step, not in the
    optimizer, a learning rate of zero, an update below the resolution of the dtype. Parameters that only some
    rows use (experts, image towers) are warned about.

    Bad::

        optimizer = torch.optim.AdamW(model.parameters())
        model = get_peft_model(model, lora)

    Good::

        model = get_peft_model(model, lora)
        optimizer = torch.optim.AdamW(p for p in model.parameters() if p.requires_grad)
    """
    training = moving
    if not any(parameter.trainable for parameter in training.parameters):
        yield _nothing(
            "no parameter of the model is trainable",
            "requires_grad is False everywhere: the base was frozen, and the adapter was loaded for inference",
            "unfreeze what is meant to be trained",
        )
        return
    if not training.steps:
        yield _nothing(
            f"optimizer.step() was never reached in {training.calls} training steps",
            "the step is conditional, or the gradient scaler skips every step because of infinite gradients",
            "call optimizer.step() in each step",
        )
        return
    found: dict[_Cause, list[str]] = {}
    for number, parameter in enumerate(training.parameters):
        cause = _cause(parameter, [moves[number] for moves in training.steps], training)
        if cause is not None:
            found.setdefault(cause, []).append(parameter.name)
    trainable = sum(parameter.trainable for parameter in training.parameters)
    for cause, names in found.items():
        yield Hit(
            line=1,
            anchor=cause.title,
            severity=cause.severity,
            message=f"{len(names)} parameters {cause.title} ({len(training.steps)} optimizer steps, "
            f"{trainable} trainable parameters)\n"
            f"parameters: {'; '.join(grouped(names))}\n"
            f"likely cause: {cause.likely}\n"
            f"fix: {cause.fix}",
        )


def _nothing(title: str, likely: str, fix: str) -> Hit:
    return Hit(line=1, anchor=title, message=f"{title}\nlikely cause: {likely}\nfix: {fix}")


def _cause(parameter: Parameter, moves: list[Move], training: Training) -> _Cause | None:
    moved = any(move.change != 0 for move in moves)  # nan is a move: `finite` tells of it
    if not parameter.trainable:
        return _FROZEN if moved and not _AVERAGED.search(parameter.name) else None
    gradients = [move.gradient for move in moves]
    if not any(gradients):
        return _without_gradient(parameter, gradients, training) if parameter.elements else None
    if moved:
        return None  # also where the optimizer holds a float32 copy of it, or makes its own rate, as Adafactor does
    if not parameter.optimized:
        return _REPLACED if training.strangers else _NOT_HELD
    if not any(move.lr for move in moves):
        return _LR_ZERO
    return None if _is_noise(gradients, training) else _unmoved(parameter, moves, training)


def _without_gradient(parameter: Parameter, gradients: list[float | None], training: Training) -> _Cause | None:
    if _KEY_BIAS.search(parameter.name) or _cancels(parameter, gradients, training):
        return None
    if _SOMETIMES.search(parameter.name):
        return _UNUSED
    if all(gradient is None for gradient in gradients):
        return _NO_GRADIENT
    return _ZERO if len(gradients) >= _ENOUGH else None


def _cancels(parameter: Parameter, gradients: list[float | None], training: Training) -> bool:
    """A bias with a gradient of zero beside a weight with one: a loss of differences does not see what is added."""
    if not parameter.name.endswith("bias") or not all(gradient == 0 for gradient in gradients):
        return False
    beside = parameter.name.removesuffix("bias") + "weight"
    at = next((number for number, one in enumerate(training.parameters) if one.name == beside), None)
    return at is not None and any(moves[at].gradient for moves in training.steps)


def _is_noise(gradients: list[float | None], training: Training) -> bool:
    whole = max(max((move.gradient or 0.0) for move in moves) for moves in training.steps)
    return max(gradient or 0.0 for gradient in gradients) <= _NOISE * whole


def _unmoved(parameter: Parameter, moves: list[Move], training: Training) -> _Cause | None:
    """Whether an update could have been seen at all: an adaptive optimizer moves by about lr, SGD by lr x gradient."""
    plain = all("sgd" in name.lower() for name in training.optimizers)
    reach = max(
        (move.lr or 0.0) * ((move.gradient or 0.0) if plain else max(1.0, move.gradient or 0.0)) for move in moves
    )
    if not reach:
        return None  # the gradient came only while the rate was still 0
    if reach > 8 * parameter.spacing * parameter.peak:
        return _STUCK
    rates = [move.lr or 0.0 for move in moves]
    return None if rates[-1] > rates[0] else _TOO_SMALL  # a warm-up is still rising: later updates are larger
