"""config-read."""

from collections.abc import Iterator

from antifoul.facts.finding import Hit
from antifoul.facts.tokens import Unread
from antifoul.rules.registry import rule
from antifoul.rules.telling import told


@rule("config-read", severity="warning", cost="run")
def config_read(unread: Unread) -> Iterator[Hit]:
    """A key of the configuration that nothing reads.

    A key that is renamed in the code and not in the file, or dropped on the way, looks like a setting and is none: a
    sweep over it compares the same run with itself.

    The target is made from a configuration that remembers what was asked of it, is trained for two steps, evaluated
    and saved. What was not asked for by then is listed; some keys may be read later.

    Bad::

        lr = config.get("learning_rate", 1e-4)      # and lr: 2e-5 in the file

    Good::

        lr = config["lr"]
    """
    if unread.keys:
        yield told(
            f"{len(unread.keys)} of {unread.total} keys of the configuration are never read",
            f"keys: {', '.join(unread.keys[:8])}" + (" and more" if len(unread.keys) > 8 else ""),
            "likely cause: they are misspelt or renamed, or their part of the configuration is dropped",
            "seen in: verl < 0.8 (PR 6317)",
            "fix: read them, or take them out",
            severity="warning",
        )
