"""Optimizer steps in a few numbers each, to compare two runs by."""

from collections.abc import Callable, Sequence
from typing import Any

from antifoul.facts.saving import Moment
from antifoul.smoke.prints import batch_print
from antifoul.smoke.recorder import Steps
from antifoul.smoke.results import loss_of


def moments(model: Callable[[], Any], step: Callable[[Any], Any], batches: list[Any]) -> tuple[Moment, ...]:
    """Of each step over these batches: rows, loss, gradient, learning rate, how far the weights went."""
    steps = Steps(model)
    losses: list[float | None] = []
    with steps:
        for batch in batches:
            losses.append(loss_of(step(batch)))  # noqa: PERF401  each step must be heard
    return of_steps(steps, [batch_print(batch) for batch in batches], losses)


def of_steps(steps: Steps, batches: Sequence[int], losses: Sequence[float | None]) -> tuple[Moment, ...]:
    """One moment a recorded optimizer step."""
    held = [one.optimized for one in steps.parameters()]  # the gradients of others are nobody's to reset
    return tuple(
        Moment(
            batch=batches[number] if number < len(batches) else 0,
            loss=losses[number] if number < len(losses) else None,
            gradient=sum((move.gradient or 0.0) ** 2 for move, own in zip(row, held, strict=True) if own) ** 0.5,
            pulls=tuple(move.gradient or 0.0 for move, own in zip(row, held, strict=True) if own),
            lr=max((move.lr or 0.0 for move in row), default=0.0),
            change=sum(move.change**2 for move in row) ** 0.5,
        )
        for number, row in enumerate(steps.rows())
    )
