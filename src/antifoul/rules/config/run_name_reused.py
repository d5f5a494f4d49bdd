"""run-name-reused."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("run-name-reused", severity="note", cost="tree", novelty="debt")
def run_name_reused(usage: Usage) -> Iterator[Hit]:
    r"""The name of a run that scripts of several files give to the same program.

    Runs of one name write over each other's checkpoints, or share a page of the tracker so that nobody can tell their
    curves apart.

    Give each script its name.

    Bad::

        files = {"a.sh": "python train.py --run_name best\n", "b.sh": "python train.py --run_name best\n"}

    Good::

        files = {"a.sh": "python train.py --run_name sft-1\n", "b.sh": "python train.py --run_name sft-2\n"}
    """
    for stray in usage.names:
        others = f" and {int(stray.note) - 1} more" if int(stray.note) > 1 else ""
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"the run's name {stray.name!r} is also given in {stray.taker}{others}",
            symbol=stray.name,
            anchor=stray.name,
        )
