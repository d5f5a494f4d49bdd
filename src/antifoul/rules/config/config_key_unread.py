"""config-key-unread."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import milder
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("config-key-unread", severity="warning", cost="tree", novelty="debt")
def config_key_unread(usage: Usage) -> Iterator[Hit]:
    r"""A key of a config that the program started with it never reads.

    Someone set it and believes it to be in force: a memory saver copied from another recipe, a switch of an earlier
    version. The run is the same with and without it.

    It is told only where the config is handed around as one object, the program that is started with it is known, and
    every function that gets the whole config can be read; a key is read when its name stands anywhere in that code or
    is interpolated in the config.

    Take it out, or use it.

    Bad::

        files = {"train.py": "def main(cfg):\n    fit(lr=cfg.lr)\n", "a.yaml": "lr: 0.1\noptimizer_in_bwd: true\n"}

    Good::

        files = {"train.py": "def main(cfg):\n    fit(lr=cfg.lr)\n", "a.yaml": "lr: 0.1\n"}
    """
    for stray in usage.unread:
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.name!r} is read nowhere: not in {stray.taker}, nor in what gets the whole config from it",
            symbol=stray.name,
            anchor=stray.name,
            severity=milder(usage.path, "warning"),
        )
