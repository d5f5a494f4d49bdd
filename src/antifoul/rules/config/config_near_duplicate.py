"""config-near-duplicate."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("config-near-duplicate", severity="note", cost="tree", novelty="debt")
def config_near_duplicate(usage: Usage) -> Iterator[Hit]:
    r"""A new config that is nearly another one.

    Each copy is one more file to change when an option is renamed, and the one that is forgotten trains with the old
    value.

    Inherit from the other one, and keep the keys that are named. Told of what a change adds; `antifoul report` has the
    whole tree's.

    Bad::

        files = {"sft.yaml": "twenty keys\n", "sft_2.yaml": "the same twenty keys but for the seed\n"}

    Good::

        files = {"sft.yaml": "twenty keys\n", "sft_2.yaml": "base: sft.yaml\nseed: 2\n"}
    """
    for stray in usage.alike:
        yield Hit(
            line=1,
            message=f"{stray.taker} of its values are those of {stray.name}: inherit from it, and {stray.note}",
            anchor="alike",
        )
