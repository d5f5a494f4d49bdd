"""perfect-score."""

from collections.abc import Iterator

from antifoul.facts.evaluation import Metrics
from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule
from antifoul.rules.telling import told

_SHARES = ("acc", "f1", "exact", "match", "precision", "recall", "bleu", "rouge")
_NEAR = 0.001


@rule("perfect-score", severity="error", cost="run")
def perfect_score(metrics: Metrics) -> Iterator[Hit]:
    """A metric that does not give full marks for predictions that are all right.

    An accuracy that forgets the shift, or counts padding and prompt, is low and nearly constant: checkpoints are then
    chosen by noise.

    `compute_metrics` is given logits that are certain of every label, and logits that are certain of another token.
    Accuracies and their like must be 1 of the first, and 0 of the second.

    Bad::

        accuracy = (logits.argmax(-1) == labels).mean()

    Good::

        predicted, labels = logits.argmax(-1)[:, :-1], labels[:, 1:]
        accuracy = (predicted == labels)[labels != -100].mean()
    """
    wrong = dict(metrics.wrong)
    for name, value in metrics.perfect:
        if not any(word in name.lower() for word in _SHARES):
            continue
        full = 100.0 if value > 1.5 else 1.0
        if abs(value - full) > _NEAR * full:
            yield told(
                f"{name} is {value:.4g} for predictions that are all right",
                f"scores: {value:.4g} for them, {wrong.get(name, float('nan')):.4g} for ones that are all wrong",
                "likely cause: predictions are not shifted against labels, or ignored labels (-100) are counted",
                "fix: compare predictions[:, :-1] with labels[:, 1:], where labels != -100",
            )
        elif wrong.get(name, 0.0) > _NEAR * full and not name.lower().startswith(("bleu", "rouge")):
            yield told(
                f"{name} is {wrong[name]:.4g} for predictions that are all wrong",
                "likely cause: padding or prompt are counted as right",
                "fix: leave out labels of -100",
            )
