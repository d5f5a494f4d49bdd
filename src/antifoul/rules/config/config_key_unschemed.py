"""config-key-unschemed."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import hint, milder, taken_by
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("config-key-unschemed", severity="warning", cost="tree", novelty="debt")
def config_key_unschemed(usage: Usage) -> Iterator[Hit]:
    r"""A key of a config that code reads by its name, but that the schema between the two does not have.

    A schema that drops what it does not know hands the code a config without the key: it reads None, or the default,
    whatever the file says.

    Add the key to the schema; or take it out of the config where the code means another one of that name.

    Bad::

        files = {"a.yaml": "debug: true  # dropped by the schema, read by the trainer\n"}

    Good::

        files = {"a.yaml": "learning_rate: 0.001\n"}
    """
    for stray in usage.unschemed:
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.name!r} is no option of {taken_by(stray)}, which drops it, but code reads that name at "
            f"{stray.note}{hint(stray)}",
            symbol=stray.name,
            anchor=stray.name,
            severity=milder(usage.path, "warning"),
        )
