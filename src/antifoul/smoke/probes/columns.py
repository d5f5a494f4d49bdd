"""Columns of a data set that a Trainer takes away before the loss can use them."""

from antifoul.facts.run import ELSEWHERE, Unjudged
from antifoul.facts.tokens import Columns
from antifoul.smoke.adapters import HfTrainer, Program


def record(program: Program, _seed: int) -> Columns | Unjudged:
    """The columns that are removed, or why none can be."""
    if not isinstance(program, HfTrainer):
        return ELSEWHERE
    trainer = program.trainer
    names = getattr(trainer.train_dataset, "column_names", None)
    if not names or not getattr(trainer.args, "remove_unused_columns", False):
        return Unjudged("nothing is removed: remove_unused_columns is False, or the data set has no columns")
    trainer._set_signature_columns_if_needed()  # noqa: SLF001  what get_train_dataloader calls
    kept = set(trainer._signature_columns or ())  # noqa: SLF001  see above
    meant = {"completion_mask"} if getattr(trainer.args, "completion_only_loss", None) is False else set()
    return Columns(
        removed=tuple(name for name in names if name not in kept and name not in meant),
        kept=tuple(name for name in names if name in kept),
    )
