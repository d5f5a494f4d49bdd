"""schedule."""

from collections.abc import Iterator, Sequence

from antifoul.facts.finding import Hit, Severity
from antifoul.facts.stepping import Schedule
from antifoul.rules.registry import rule

# Schedulers that are usually stepped once an epoch, by a loop around the step.
_BY_EPOCH = ("StepLR", "MultiStepLR", "ExponentialLR", "ReduceLROnPlateau", "MultiplicativeLR", "CosineAnnealingLR")
_SHOWN = 6
_SHORT = 100  # steps of a run that may have been cut for a trial


@rule("schedule", severity="error", cost="run")
def schedule(schedule: Schedule) -> Iterator[Hit]:
    """A learning rate that does not follow its schedule.

    Stepped once a micro-batch, a schedule is over after a fraction of the run; never stepped, a warm-up from zero
    trains nothing and one from a small value trains at that for ever.

    Learning rates at optimizer steps are compared with those of the scheduler stepped by itself, and must be the
    same whatever the number of micro-batches.

    Bad::

        for batch in micro_batches:
            (loss(batch) / len(micro_batches)).backward()
            scheduler.step()

    Good::

        optimizer.step()
        scheduler.step()
    """
    planned, rates, many = schedule.planned, schedule.rates, schedule.many
    if len(set(planned)) > 1 and len(rates) > 1:
        if len({*rates, *many}) == 1 and not _near(planned[: len(rates)], rates):
            late: Severity = "warning" if schedule.kind in _BY_EPOCH else "error"
            yield _hit(
                schedule,
                f"the learning rate stays at {rates[0]:.3g}, whatever {schedule.kind} says",
                "scheduler.step() is never called, or it holds another optimizer",
                "call scheduler.step() once after each optimizer.step()"
                + (" (or once an epoch, if the loop around the step does that)" if late == "warning" else ""),
                late,
            )
        elif many and not _near(many, rates):
            yield _often(schedule)
        elif _near(rates, planned[1 : len(rates) + 1]) and not _near(rates, planned[: len(rates)]):
            yield _hit(
                schedule,
                "the scheduler is stepped before the optimizer, so that its first learning rate is never used",
                "scheduler.step() stands before optimizer.step()",
                "call scheduler.step() after optimizer.step()",
                "warning",
            )
        elif not _near(rates, planned[: len(rates)]) and _is_every(rates, planned):
            yield _often(schedule)
    elif many and len(rates) > 1 and not _near(many, rates):
        yield _often(schedule)
    yield from _whole(schedule)
    yield from _reported(schedule)


def _near(left: Sequence[float], right: Sequence[float]) -> bool:
    return len(right) > 0 and all(abs(a - b) <= 1e-4 * max(abs(a), abs(b)) for a, b in zip(left, right, strict=False))


def _is_every(rates: Sequence[float], planned: Sequence[float]) -> bool:
    """The learning rates are every second, third ... of the planned ones."""
    return any(len(planned[::stride]) > 2 and _near(planned[::stride], rates) for stride in (2, 3))


def _often(schedule: Schedule) -> Hit:
    many = schedule.many or schedule.rates
    return _hit(
        schedule,
        f"the schedule runs on with micro-batches: with {schedule.micro_batches} a step the learning rates are "
        f"{_listed(many)}",
        "scheduler.step() is called once a micro-batch",
        "call scheduler.step() once after each optimizer.step() (accelerate < 0.16 had this, PR 999)",
    )


def _whole(schedule: Schedule) -> Iterator[Hit]:
    rates = schedule.whole
    if len(rates) < 3:
        return
    if rates[-1] == max(rates) and rates[0] < rates[-1] and rates[-2] < rates[-1]:
        yield _hit(
            schedule,
            f"the warm-up does not end: after all {len(rates)} steps of the run the learning rate still rises",
            "the warm-up is as long as the run or longer: it may count micro-batches, or epochs",
            "set warmup_steps to a small part of the optimizer steps",
            "warning" if len(rates) < _SHORT else "error",
        )
    zero = next((at for at, rate in enumerate(rates) if at and not any(rates[at:])), None)
    if zero is not None and zero < 0.6 * len(rates):
        yield _hit(
            schedule,
            f"the learning rate is 0 from step {zero} of {len(rates)} on",
            "the schedule's length is not that of the run: it was counted in other steps, or before accumulation",
            "give the scheduler the number of optimizer steps of the whole run",
        )


def _reported(schedule: Schedule) -> Iterator[Hit]:
    told, rates = schedule.reported, schedule.rates
    if not told or len(told) != len(rates) or len(rates) < 2:
        return
    after = (*rates[1:], None)
    wrong = [
        number
        for number, (one, at, then) in enumerate(zip(told, rates, after, strict=True))
        if not _near([one], [at]) and (then is None or not _near([one], [then]))
    ]
    if len([number for number in wrong if number < len(rates) - 1]) > 1:
        yield _hit(
            schedule,
            f"the step says that its learning rate is {told[wrong[0]]:.3g}, which no group has at or after the step",
            "it is read of another group, of the configuration, or computed anew",
            "log optimizer.param_groups[0]['lr'] before scheduler.step()",
        )


def _hit(schedule: Schedule, title: str, likely: str, fix: str, severity: Severity = "error") -> Hit:
    return Hit(
        line=1,
        anchor=likely,
        severity=severity,
        message=f"{title}\n"
        f"learning rates: {_listed(schedule.rates or schedule.whole)} at the optimizer's steps"
        + (f"; {_listed(schedule.planned)} of {schedule.kind} by itself\n" if schedule.planned else "\n")
        + f"likely cause: {likely}\n"
        + f"fix: {fix}",
    )


def _listed(rates: Sequence[float]) -> str:
    return ", ".join(f"{rate:.3g}" for rate in rates[:_SHOWN])
