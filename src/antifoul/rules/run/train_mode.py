"""train-mode."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.training import Training
from antifoul.rules.registry import rule


@rule("train-mode", severity="error", cost="run")
def train_mode(training: Training) -> Iterator[Hit]:
    """A model with dropout that is trained in evaluation mode.

    `from_pretrained` hands a model over in evaluation mode, and an evaluation or a rollout leaves it there. The loss
    falls all the same: dropout, adapters' dropout and gradient checkpointing are silently off for the rest of the run.

    The mode is read at each call of the model that records a graph. A model that was handed over in evaluation mode
    and never put into the other is warned about; one that the step itself switches off fails.

    Bad::

        model.eval()
        answers = model.generate(**prompts)
        loss = compute_loss(model, batch)

    Good::

        model.eval()
        answers = model.generate(**prompts)
        model.train()
        loss = compute_loss(model, batch)
    """
    if not training.dropout or len(training.modes) < 2 or any(training.modes[1:]):
        return
    given = training.modes[0] or training.samples  # a rollout comes before the step
    yield Hit(
        line=1,
        anchor="mode",
        severity="error" if given else "warning",
        message=f"the model is in evaluation mode in all {len(training.modes) - 1} calls that train it\n"
        "where: model.training is False, and it has dropout, which is off\n"
        + (
            "likely cause: the step, or the rollout before it, calls model.eval(), and nothing model.train()\n"
            "seen in: TRL issue 1066\n"
            if given
            else "likely cause: from_pretrained gives a model in evaluation mode, and nothing calls model.train()\n"
        )
        + "fix: model.train() before the forward pass; where dropout is not wanted, set its share to 0",
    )
