"""pad-invariance."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.forward import Padding
from antifoul.rules.registry import rule

_NEAR = 1e-3  # of a loss


@rule("pad-invariance", severity="error", cost="run")
def pad_invariance(padding: Padding) -> Iterator[Hit]:
    """A row whose logits or loss depend on how much padding stands beside it.

    Padding that is attended to, positions that count it, or a mean that is taken over it: what a row learns then
    depends on the longest row that happens to share its batch, and generation from left-padded prompts differs
    from what was trained.

    Padded rows are run once more without their padding: logits at the real tokens, and the program's own loss,
    must be the same.

    Bad::

        loss = (token_loss * mask).mean()

    Good::

        loss = (token_loss * mask).sum() / mask.sum()
    """
    moved = [one for one in padding.changes if one.moved(padding.tolerance)]
    if moved:
        first = moved[0]
        likely, fix = _cause(padding)
        yield Hit(
            line=1,
            anchor="logits",
            message=f"the logits of a row depend on its padding ({len(moved)} of {len(padding.changes)} padded rows)\n"
            f"where: row {first.row}, position {first.at}: they differ by {first.difference:.3g} (the largest is "
            f"{first.scale:.3g}) from those of the row without its padding on the {padding.side}\n"
            f"likely cause: {likely}\n"
            + ("seen in: OpenRLHF < 0.2.1 (PR 218)\n" if padding.side == "left" else "seen in: axolotl (PR 3735)\n")
            + f"fix: {fix}",
        )
        return
    apart = [(one, other) for one, other in padding.losses if abs(one - other) > _NEAR * max(abs(one), abs(other))]
    if apart:
        one, other = apart[0]
        yield Hit(
            line=1,
            anchor="loss",
            message=f"the loss of a row depends on its padding ({len(apart)} of {len(padding.losses)} padded rows)\n"
            f"losses: {one:.4g} with padding, {other:.4g} without\n"
            "likely cause: the mean is taken over all positions, padding included, or padding is a target\n"
            "fix: divide the sum over the targets by their number",
        )


def _cause(padding: Padding) -> tuple[str, str]:
    if not padding.masked:
        return "the model is not given an attention mask", "pass attention_mask to the model"
    if not padding.covered:
        return (
            "the attention mask is not zero at the padding",
            "make the mask of the lengths, or of input_ids != pad_token_id",
        )
    if padding.side == "left" and not padding.positions:
        return (
            "positions are counted from the first padding token",
            "pass position_ids = (attention_mask.cumsum(-1) - 1).clamp(min=0)",
        )
    return "the model's attention does not use the mask", "mask the keys of padding with -inf before the softmax"
