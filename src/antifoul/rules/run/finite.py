"""finite."""

from collections.abc import Iterator
from math import isfinite

from antifoul.facts.finding import Hit
from antifoul.facts.stepping import Masked
from antifoul.facts.training import Training
from antifoul.rules.registry import rule


@rule("finite", severity="error", cost="run")
def finite(training: Training, masked: Masked | None = None) -> Iterator[Hit]:
    """A loss or a gradient that is not a finite number within the first steps.

    One NaN in a gradient makes every weight NaN at the next optimizer step, and nothing crashes: the run goes
    on for days, logs `loss nan` or, where the logger filters it out, the last good value.

    Usual causes are a row without a target (a mean over nothing), the logarithm or division of a zero, a
    mask of -inf over a whole row of attention, and half precision without loss scaling. A batch of which one row
    has no target is tried as well.

    Bad::

        loss = (token_loss * mask).sum() / mask.sum()

    Good::

        loss = (token_loss * mask).sum() / mask.sum().clamp(min=1)
    """
    for call, loss in enumerate(training.losses, start=1):
        if not isfinite(loss):
            yield Hit(
                line=1,
                anchor="loss",
                message=f"the loss is {loss} at training step {call}\n"
                f"losses: {', '.join(f'{one:.4g}' for one in training.losses[: call + 1])}\n"
                "likely cause: a row without a target (a mean over nothing), a logarithm or division of zero, "
                "or a fully masked row of attention\n"
                "fix: find the first operation that is not finite with torch.autograd.set_detect_anomaly(True)",
            )
            return
    told = list(_gradients(training))
    yield from told
    if masked is not None and not told:
        yield from _without_target(masked)


def _without_target(masked: Masked) -> Iterator[Hit]:
    bad = [
        what
        for what, value in (("loss", masked.loss), ("gradient", masked.gradient))
        if value is not None and not isfinite(value)
    ]
    if bad:
        yield Hit(
            line=1,
            anchor="masked",
            message=f"the {' and the '.join(bad)} of a batch is not finite when one of its rows has no target\n"
            "where: the last row's labels were all ignored, those of the other rows left as they are\n"
            "likely cause: a mean over the targets of each row divides by 0\n"
            "seen in: open-instruct < 0.3.0 (PR 1685), OpenRLHF < 0.5.4 (PR 583)\n"
            "fix: divide by mask.sum(-1).clamp(min=1)",
        )


def _gradients(training: Training) -> Iterator[Hit]:
    for number, moves in enumerate(training.steps, start=1):
        bad = [
            parameter.name
            for parameter, move in zip(training.parameters, moves, strict=True)
            if move.gradient is not None and not isfinite(move.gradient)
        ]
        if bad:
            with_gradient = sum(move.gradient is not None for move in moves)
            more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
            yield Hit(
                line=1,
                anchor="gradient",
                message=f"the gradient is not finite at optimizer step {number}, while the loss is\n"
                f"parameters: {', '.join(bad[:3])}{more} ({len(bad)} of {with_gradient} with a gradient)\n"
                "likely cause: the slope of sqrt, log, norm or a division at zero, or half precision without "
                "loss scaling\n"
                "fix: find the operation with torch.autograd.set_detect_anomaly(True); clamp its input",
            )
            return
