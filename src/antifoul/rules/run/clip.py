"""clip."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.names import grouped
from antifoul.facts.stepping import Clipping
from antifoul.rules.registry import rule

_NEAR = 0.02


@rule("clip", severity="error", cost="run")
def clip(clipping: Clipping) -> Iterator[Hit]:
    """Clipping that does not limit the gradient that the optimizer gets.

    Clipped after the step, in the middle of accumulation, or before a loss scaler has divided, gradients are as long
    as if nothing were clipped, or far too short, and one bad batch can undo a week.

    A step is taken with a loss that is made ten thousand times as steep: at `optimizer.step()` the clipped gradient
    must be exactly as long as the limit.

    Bad::

        optimizer.step()
        clip_grad_norm_(model.parameters(), 1.0)

    Good::

        scaler.unscale_(optimizer)
        clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
    """
    if "step" not in clipping.events or not clipping.norms:
        return
    limit = max(one.limit for one in clipping.clips)
    norm = clipping.norms[0]
    if not norm:
        return  # no gradient is left: `params-move` tells of it
    step = clipping.events.index("step")
    before = clipping.events[:step]
    after = [at for at, event in enumerate(before) if event == "clip"]
    clips = len(after)
    if not clips:
        yield _hit(clipping, "it is clipped after the optimizer's step", "call clip_grad_norm_ before optimizer.step()")
    elif clips > 1 and "backward" in before[after[0] : after[-1]]:
        yield _hit(
            clipping,
            f"it is clipped {clips} times a step, after each micro-batch: those before are made small each time",
            "clip once, after the last micro-batch's backward",
        )
    elif "backward" in before[after[-1] :]:
        yield _hit(
            clipping,
            "it is clipped before the last micro-batch's backward",
            "clip once, after the last micro-batch's backward",
        )
    elif clipping.missed:
        yield _partly(clipping)
    elif norm > limit * (1 + _NEAR):
        yield _hit(
            clipping,
            "something is added or unscaled between clipping and the step",
            "clip right before optimizer.step(), after scaler.unscale_",
        )
    elif norm < limit * (1 - _NEAR) and max(one.before for one in clipping.clips[:clips]) > limit:
        yield _hit(
            clipping,
            "it is clipped while it is still multiplied by the loss scaler, which then divides it",
            "call scaler.unscale_(optimizer) before clip_grad_norm_",
        )
    yield from _reported(clipping)


def _hit(clipping: Clipping, likely: str, fix: str) -> Hit:
    limit = max(one.limit for one in clipping.clips)
    return Hit(
        line=1,
        anchor=likely,
        message=f"the gradient at optimizer.step() has norm {clipping.norms[0]:.3g} with a clip at {limit:g}\n"
        f"order: {', '.join(clipping.events[:12])} (with a loss that was made ten thousand times as steep)\n"
        f"likely cause: {likely}\nfix: {fix}",
    )


def _partly(clipping: Clipping) -> Hit:
    limit = max(one.limit for one in clipping.clips)
    whole = sum(size**2 for _, size in clipping.missed) ** 0.5
    return Hit(
        line=1,
        anchor="partly",
        message=f"{len(clipping.missed)} of {clipping.held} parameters with a gradient are not clipped\n"
        f"parameters: {'; '.join(grouped([name for name, _ in clipping.missed]))}; their gradients have norm "
        f"{whole:.3g} with a clip at {limit:g} (with a loss that was made ten thousand times as steep)\n"
        "likely cause: clip_grad_norm_ is given a part of the model, another model, or a list made before a part was "
        "added\n"
        "fix: clip_grad_norm_ over all parameters that the optimizer holds",
    )


def _reported(clipping: Clipping) -> Iterator[Hit]:
    told = clipping.reported
    if told is None or not clipping.measured:
        return
    if not any(abs(told - one) <= _NEAR * max(abs(one), 1e-9) for one in clipping.measured):
        yield Hit(
            line=1,
            anchor="reported",
            severity="warning",
            message=f"the step says that its gradient's norm is {told:.4g}, which it is not\n"
            f"measured: {', '.join(f'{one:.4g}' for one in clipping.measured[:4])} (before clipping, and at the step)\n"
            "likely cause: it is taken of other parameters, or of gradients that are reset or scaled\n"
            "fix: log what clip_grad_norm_ returns",
        )
