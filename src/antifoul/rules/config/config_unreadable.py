"""config-unreadable."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.config import Config


@rule("config-unreadable", severity="error")
def config_unreadable(config: Config) -> Iterator[Hit]:
    r"""A config file that does not parse.

    It is read when the run starts, which is after the job has waited in the queue and the nodes are up, on the
    one machine where nobody is looking.

    Mend the line that is named. A file that is a template to be filled in is not judged; give it the ending
    `.j2` so that every tool knows.

    Bad::

        text = "optimizer:\n\tlr: 0.001\n"

    Good::

        text = "optimizer:\n  lr: 0.001\n"
    """
    if config.problem is not None:
        problem = config.problem
        yield Hit(line=problem.line, column=problem.column, message=problem.message, anchor="unread")
