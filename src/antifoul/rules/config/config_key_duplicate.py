"""config-key-duplicate."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.config import Config


@rule("config-key-duplicate", severity="error")
def config_key_duplicate(config: Config) -> Iterator[Hit]:
    r"""A key that is set twice in the same mapping of a YAML or JSON config.

    Most loaders keep the last one without a word. Someone edits the first, sees no effect, and a sweep of runs
    compares nothing; or a merge leaves both, and the learning rate is the other branch's.

    Keep one of the two.

    Bad::

        text = "lr: 0.001\nepochs: 3\nlr: 0.00002\n"

    Good::

        text = "lr: 0.00002\nepochs: 3\n"
    """
    for repeated in config.repeated:
        yield Hit(
            line=repeated.line,
            column=repeated.column,
            message=f"{repeated.key!r} is set again, first at line {repeated.first_line}: loaders keep the last",
            symbol=repeated.key,
            anchor=repeated.key,
        )
