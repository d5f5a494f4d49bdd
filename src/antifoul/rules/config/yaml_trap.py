"""yaml-trap."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import milder
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("yaml-trap", severity="warning", cost="tree", novelty="debt")
def yaml_trap(usage: Usage) -> Iterator[Hit]:
    r"""A value that YAML 1.1 reads as something else than its option takes.

    `no`, `off`, `yes`, `on` are switches, not words: `save_strategy: no` is `False`. `1e-5` is text: only a number with
    a point and a signed exponent is one.

    It is told by the loader: where the program casts by the option's type, or reads YAML by other rules, nothing is
    said.

    Bad::

        text = "save_strategy: no\nlearning_rate: 1e-5\n"

    Good::

        text = "save_strategy: 'no'\nlearning_rate: 1.0e-5\n"
    """
    for stray in usage.traps:
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.name!r} is {stray.taker} ({stray.place}): {stray.note}",
            symbol=stray.name,
            anchor=stray.name,
            severity=milder(usage.path, "warning"),
        )
