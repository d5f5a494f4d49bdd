"""hotspot-touched."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.facts.record import NamedTuple
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.past import Heat


class Options(NamedTuple):
    """Where it begins."""

    first: int = 10  # files of the ranking
    by: int = 1  # paths more


@rule("hotspot-touched", severity="note", cost="history")
def hotspot_touched(heat: Heat, options: Options) -> Iterator[Hit]:
    """The change adds paths to one of the ten files where the next bugs will most likely be.

    The first ten files of `antifoul hotspots` meet about six of ten bug fixes of the next quarter. What is added there
    is read, and misread, more often than anywhere else: it costs its complexity again with every commit.

    Take something out of the file for what goes in, or put the new code beside it. `first` and `by` are options. It
    reads the history: one `git log`, and once each file of the base.

    Bad::

        # trainer.py, 48 commits in 90 days
        if args.use_liger:
            if args.is_vlm:
                ...

    Good::

        # trainer.py
        loss = liger_loss(args, batch)  # in a module of its own
    """
    for one in heat.files:
        added = one.after - one.before
        if one.rank > options.first or added < options.by:
            continue
        message = (
            f"hotspot {one.rank} of {one.ranked}, {one.recent} commits in 90 days: this change takes it from "
            f"{one.before} to {one.after} paths, {added * one.commits:+,} of debt interest"
        )
        yield Hit(1, message, anchor=one.path, path=one.path)
