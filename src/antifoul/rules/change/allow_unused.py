"""allow-unused."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.unused import Unused


@rule("allow-unused", severity="note", triggers=(b"antifoul",))
def allow_unused(unused: tuple[Unused, ...]) -> Iterator[Hit]:
    """A comment that allows a rule where that rule finds nothing, or that no rule has the name of.

    It was true once, or was misspelt; left there, it allows the next finding on that line without anyone's decision.

    Take it out, or mend the name. Only rules that ran are judged.

    Bad::

        logger.info(loss)  # antifoul: allow[print-added] the console is watched

    Good::

        logger.info(loss)
    """
    for one in unused:
        message = (
            f"{one.rule} finds nothing here: take the comment out" if one.known else f"there is no rule {one.rule!r}"
        )
        yield Hit(one.line, message, one.column, anchor=f"allow {one.rule}", path=one.path)
