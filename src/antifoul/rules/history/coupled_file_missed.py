"""coupled-file-missed."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.facts.record import NamedTuple
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.past import Companions

_NAMED = 3


class Options(NamedTuple):
    """How close two files must be."""

    percent: int = 80  # of the changed file's commits that touched the other, too
    together: int = 8  # commits, at the least


@rule("coupled-file-missed", severity="note", cost="history")
def coupled_file_missed(companions: Companions, options: Options) -> Iterator[Hit]:
    """A file that nearly always changes with a changed one is not in this change.

    A trainer and its config, a loss and its twin in another trainer, a recipe and its YAML: history knows what belongs
    together before people do. A change to one of them alone is the half that a run notices days later.

    Look into the other file, and change it or leave it with a reason. Counted are commits of at most 30 files of the
    last 104 weeks, renames followed. `percent` and `together` are options. It reads the history: one `git log`.

    Bad::

        # the change: grpo_trainer.py alone; 19 of its last 20 commits changed grpo_config.py, too

    Good::

        # the change: grpo_trainer.py and grpo_config.py
    """
    for path, others in companions.of:
        close = [
            one
            for one in others
            if one.together >= options.together and 100 * one.together >= options.percent * one.commits
        ]
        if not close:
            continue
        first = close[0]
        names = ", ".join(one.path for one in close[:_NAMED])
        more = f" and {len(close) - _NAMED} more" if len(close) > _NAMED else ""
        message = (
            f"{first.together} of its last {first.commits} commits also changed {names}{more}, this change does not"
        )
        yield Hit(1, message, anchor=names, path=path)
