"""packing."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.forward import Packing
from antifoul.rules.registry import rule


@rule("packing", severity="error", cost="run")
def packing(packing: Packing) -> Iterator[Hit]:
    """A packed row whose documents see each other, or whose labels cross from one into the next.

    Packing is meant to save padding and to change nothing else. Where attention runs across documents, or the last
    token of one is trained to predict the first of the next, each document is learnt in the light of strangers.

    Documents are found by restarting positions, segment ids or a block mask: where a program marks them, they must
    be as if each stood alone. Rows that are joined without any mark are not judged.

    Bad::

        position_ids = torch.cat([torch.arange(len(one)) for one in documents])   # and a plain causal mask

    Good::

        labels[document_starts] = -100
        attention_mask = causal & (segment[:, None] == segment[None, :])
    """
    leaks = [one for one in packing.leaks if one.moved(packing.tolerance)]
    if leaks:
        first = leaks[0]
        yield Hit(
            line=1,
            anchor="attention",
            message="a document of a packed row sees the one before it\n"
            f"where: row {first.row}: the logits at position {first.at} move by {first.difference:.3g} (the largest is "
            f"{first.scale:.3g}) when the document that begins at {first.changed} is replaced\n"
            f"likely cause: documents are marked by {packing.sources}, and attention does not look at that\n"
            "fix: a block-diagonal causal mask, or an attention that takes cu_seqlens or position_ids",
        )
    apart = [one for one in packing.alone if one.moved(packing.tolerance)]
    if apart and not leaks:
        first = apart[0]
        yield Hit(
            line=1,
            anchor="positions",
            message="a document of a packed row has other logits than by itself\n"
            f"where: row {first.row}, position {first.at}: they differ by {first.difference:.3g} (the largest is "
            f"{first.scale:.3g})\n"
            "likely cause: positions go on counting from the document before\n"
            "seen in: LLaMA-Factory < 0.9.3 (PR 7754)\n"
            "fix: position_ids that start at 0 in each document",
        )
    if packing.crossing:
        row, at = packing.crossing[0]
        yield Hit(
            line=1,
            anchor="labels",
            message=f"the last token of a document is trained to predict the next document ({len(packing.crossing)} "
            "targets)\n"
            f"where: row {row}, position {at}\n"
            "likely cause: labels are shifted over the whole row\n"
            "seen in: torchtune (PR 2613)\n"
            "fix: set the label of each document's first token to -100",
        )
