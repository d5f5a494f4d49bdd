"""causality."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.forward import Causality
from antifoul.rules.registry import rule


@rule("causality", severity="error", cost="run")
def causality(causality: Causality) -> Iterator[Hit]:
    """A prediction that depends on tokens after it.

    A missing or shifted causal mask lets each position see the answer. The loss goes to zero within hours, and the
    model cannot write a word when the answer is not there.

    Tokens from a position on are replaced by others; the logits before it must not change.

    Bad::

        scores = scores.masked_fill(torch.ones(T, T).triu(2).bool(), -inf)   # sees the next token

    Good::

        scores = scores.masked_fill(torch.ones(T, T).triu(1).bool(), -inf)
    """
    moved = [one for one in causality.changes if one.moved(causality.tolerance)]
    if not moved:
        return
    first = moved[0]
    near = all(one.at == one.changed - 1 for one in moved)
    yield Hit(
        line=1,
        anchor="causality",
        message="a prediction depends on tokens that come after it\n"
        f"where: the logits at position {first.at} of row {first.row} move by {first.difference:.3g} "
        f"(the largest is {first.scale:.3g}) when tokens from position {first.changed} on are replaced\n"
        + (
            "likely cause: the causal mask is shifted by one: each position sees the next token\n"
            "fix: mask strictly above the diagonal: triu(diagonal=1)"
            if near
            else "likely cause: attention without a causal mask, or one that padding or packing has replaced\n"
            "fix: is_causal=True, or combine the causal mask with that of the padding"
        ),
    )
