"""removed-columns."""

import re
from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.tokens import Columns
from antifoul.rules.registry import rule
from antifoul.rules.telling import told

# Columns that only a loss can use.
_FOR_THE_LOSS = re.compile(
    r"(loss|completion|assistant|response|answer|target|label)s?_?(mask|weight)s?$|^(sample_|loss_|token_)?weights?$|^labels?$"
)


@rule("removed-columns", severity="error", cost="run")
def removed_columns(columns: Columns) -> Iterator[Hit]:
    """A column of labels, weights or loss masks that the Trainer removes before the loss sees it.

    `remove_unused_columns` keeps what the model's forward names and drops the rest, at most with a line in the log.
    A mask that a custom loss was to use is then gone, and everything is trained.

    The data set's columns are compared with those that the Trainer keeps. Columns of text are its own business.

    Bad::

        TrainingArguments(...)                                  # and a data set with a column loss_mask

    Good::

        TrainingArguments(..., remove_unused_columns=False)
    """
    lost = [name for name in columns.removed if _FOR_THE_LOSS.search(name)]
    if lost:
        yield told(
            f"the Trainer removes {', '.join(lost)} from the data set before the loss",
            f"columns: {', '.join(columns.kept) or 'none'} are kept; {', '.join(columns.removed)} are removed",
            "likely cause: the model's forward has no such parameter, and remove_unused_columns is True",
            "seen in: TRL 1.16 (a completion_mask that completion_only_loss=None does not use)",
            "fix: remove_unused_columns=False, and a collator that passes it on",
        )
