"""grad-reset."""

from collections.abc import Iterator

from antifoul.facts.accumulation import Trial
from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule


@rule("grad-reset", severity="error", cost="run")
def grad_reset(reset: Trial) -> Iterator[Hit]:
    """A step that still has the gradients of the steps before it.

    Without a reset the gradient is the sum of all gradients so far: old rows count again at every step, the norm
    grows with the run, and the learning rate that seemed right for the first hundred steps is wrong for the rest.

    The same step is taken twice from the same weights: its gradient must be the same.

    Bad::

        loss.backward()
        optimizer.step()

    Good::

        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    """
    if not reset.kept:
        return
    again = reset.to("again")
    ratio = (again.norm if again else float("nan")) / reset.norm
    yield Hit(
        line=1,
        anchor="reset",
        message=f"the gradient at a second step is {ratio:.2f} x that at the first, over the same rows and from the "
        "same weights\n"
        "likely cause: gradients are never reset, so that every step adds to those of all steps before\n"
        "fix: call optimizer.zero_grad() once a step, in train_step",
    )
