"""allow-without-reason."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.measures.suppress import allows
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.source import Source


@rule("allow-without-reason", severity="note", triggers=(b"antifoul",))
def allow_without_reason(source: Source) -> Iterator[Hit]:
    """A comment that allows a finding and does not say why.

    In a year the reason is what decides whether the line may go.

    Write it behind the bracket.

    Bad::

        print(table)  # antifoul: allow[print-added]

    Good::

        print(table)  # antifoul: allow[print-added] the table is what this command is for
    """
    for one in allows(source):
        if not one.is_noqa and not one.reason:
            names = ", ".join(one.rules)
            message = f"say why {names or 'nothing'} is allowed here"
            yield Hit(one.line, message, one.column, anchor=f"allow {names}")
