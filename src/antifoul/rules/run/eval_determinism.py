"""eval-determinism."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.forward import Determinism
from antifoul.rules.registry import rule


@rule("eval-determinism", severity="error", cost="run")
def eval_determinism(determinism: Determinism) -> Iterator[Hit]:
    """A model that answers differently each time although it is in evaluation mode.

    Dropout that does not ask for the mode makes every evaluation worse than the model is, and makes a reference
    model and the policy differ before a single step.

    The same call is made twice after `model.eval()`: the logits must be the same.

    Bad::

        x = F.dropout(x, 0.1)

    Good::

        x = F.dropout(x, 0.1, training=self.training)
    """
    for change in determinism.changes:
        if change.moved(determinism.tolerance):
            yield Hit(
                line=1,
                anchor="determinism",
                message="two calls in evaluation mode give different logits\n"
                f"where: they differ by up to {change.difference:.3g} (the largest is {change.scale:.3g}), first in "
                f"row {change.row}\n"
                "likely cause: a functional dropout, or attention's dropout_p, that does not ask for self.training; "
                "or noise\n"
                "seen in: nanoGPT (PR 240), transformers < 4.46 (PR 33844)\n"
                "fix: F.dropout(x, p, training=self.training), dropout_p=p if self.training else 0.0",
            )
