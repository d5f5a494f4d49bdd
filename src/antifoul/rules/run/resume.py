"""resume."""

from collections.abc import Iterator
from math import isclose

from antifoul.facts.finding import Hit
from antifoul.facts.names import grouped
from antifoul.facts.saving import Moment, Resuming
from antifoul.rules.registry import rule


@rule("resume", severity="error", cost="run")
def resume(resuming: Resuming) -> Iterator[Hit]:
    """A resumed run that is not the run that was interrupted.

    An optimizer without its moments, a schedule that starts anew, rows that are seen twice: each restart then leaves
    a dent in the curve, and two runs of the same configuration differ by how often the cluster failed.

    Steps are taken without a break, and once more from a checkpoint in the middle, after weights, states and random
    numbers were changed. The message says what differs first: weights, rows, random numbers, learning rate, or the
    optimizer's state.

    Bad::

        torch.save({"model": model.state_dict(), "step": step}, path)

    Good::

        torch.save({"model": ..., "optimizer": ..., "scheduler": ..., "rng": torch.get_rng_state(), "seen": seen}, path)
    """
    if resuming.apart:
        names = [one.name for one in resuming.apart]
        yield Hit(
            line=1,
            anchor="weights",
            message=f"{len(names)} trainable parameters are not what they were when the checkpoint was written\n"
            f"parameters: {'; '.join(grouped(names))}\n"
            "likely cause: they are not saved, not loaded, or loaded into another model\n"
            "fix: save and load the whole state_dict of the model that is trained",
        )
        return
    pairs = list(zip(resuming.whole, resuming.resumed, strict=False))
    for number, (one, other) in enumerate(pairs, start=1):
        if number == 1 and _stale_rate(pairs):
            other = other._replace(lr=one.lr)  # noqa: PLW2901  it is the optimizer's state that is not loaded
        if found := _first(resuming, one, other):
            what, evidence, likely, fix, seen = found
            yield Hit(
                line=1,
                anchor=what,
                message=f"the resumed run differs from the uninterrupted one: {what}\n"
                f"where: step {number} after the checkpoint: {evidence}\n"
                f"likely cause: {likely}\n" + (f"seen in: {seen}\n" if seen else "") + f"fix: {fix}",
            )
            return


def _stale_rate(pairs: list[tuple[Moment, Moment]]) -> bool:
    """The learning rate is wrong at the first step alone: the optimizer kept it, and the schedule is right."""
    rates = [isclose(one.lr, other.lr, rel_tol=1e-5, abs_tol=1e-12) for one, other in pairs]
    return len(rates) > 1 and not rates[0] and all(rates[1:])


def _told(moment: Moment) -> str:
    return f"{moment.loss:.5g}" if moment.loss is not None else f"of gradient norm {moment.gradient:.5g}"


def _alike(one: Moment, other: Moment) -> bool:
    """The gradients are the same in every parameter."""
    near = 1e-4 * max(one.gradient, 1e-9)
    pairs = zip(one.pulls, other.pulls, strict=False)
    return all(isclose(left, right, rel_tol=1e-3, abs_tol=near) for left, right in pairs)


def _first(resuming: Resuming, one: Moment, other: Moment) -> tuple[str, str, str, str, str] | None:
    """What differs first within a step: data, then gradient, then rate, then update."""
    if resuming.fed and one.batch != other.batch:
        return (
            "its data",
            "the batch is another one",
            "the position in the data is not saved, or the data is shuffled anew",
            "save how many rows were seen (and the shuffle's state), and skip them",
            "open-instruct (PR 681), accelerate (PR 4071)",
        )
    if not _alike(one, other):
        return (
            "its random numbers" if resuming.dropout else "its gradient",
            f"loss {_told(one)} without a break, {_told(other)} resumed, over the same rows",
            "the state of the random numbers is not saved, so that dropout differs"
            if resuming.dropout
            else "something beside weights, rows and optimizer is not saved (a scaler, a counter, a buffer)",
            "save and load torch.get_rng_state() (and those of cuda, numpy and random)"
            if resuming.dropout
            else "save what the step remembers",
            "",
        )
    if not isclose(one.lr, other.lr, rel_tol=1e-5, abs_tol=1e-12):
        return (
            "its learning rate",
            f"{one.lr:.4g} without a break, {other.lr:.4g} resumed",
            "the scheduler's state is not saved or not loaded, or it is made anew after loading",
            "save and load scheduler.state_dict()",
            "",
        )
    if not isclose(one.change, other.change, rel_tol=1e-3, abs_tol=1e-9):
        return (
            "its optimizer's state",
            f"the same gradient moves the weights by {one.change:.4g} without a break, by {other.change:.4g} resumed",
            "the optimizer's moments are not saved or not loaded",
            "save and load optimizer.state_dict()",
            "transformers with save_only_model=True",
        )
    return None
