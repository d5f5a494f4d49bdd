"""copied-from."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.changed_copies import ChangedCopies


@rule("copied-from", severity="warning", cost="tree")
def copied_from(copies: ChangedCopies) -> Iterator[Hit]:
    """A copy that says `# Copied from` somewhere, and no longer is what stands there.

    The comment is a promise to the reader: what is known of the source holds here too. Once one of them was edited
    alone, it misleads.

    Make the same edit in both, or take the comment away. `# Copied from a.b.c with Old->New` is read as transformers
    reads it: replacements in order, `all-casing`, `# Ignore copy`, `# End copy`; comments, docstrings and annotations
    may differ. A source that is not of this repository is not judged.

    Bad::

        # Copied from pkg.dpo.loss.logprobs
        def logprobs(logits, labels):
            return logits.float().log_softmax(-1)   # the source has no .float()

    Good::

        # Copied from pkg.dpo.loss.logprobs
        def logprobs(logits, labels):
            return logits.log_softmax(-1)
    """
    for found in copies.stale:
        copied = found.copied
        yield Hit(line=found.line, message=found.message, symbol=copied.symbol, anchor=copied.said, path=copied.path)
