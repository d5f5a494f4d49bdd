"""undefined-name."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.measures.names import undefined
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.source import Source


@rule("undefined-name", severity="error", novelty="debt")
def undefined_name(source: Source) -> Iterator[Hit]:
    """A name that is read and that nothing in the module defines.

    At the top of a module it makes every import of that module fail, and with it each config that names a component
    of the module, on the day someone uses it. Inside a function it is a NameError on a path that no test takes, and
    is warned about. Linters see it too, but many repositories of this field have switched that check off.

    A change that takes an import away answers for the old lines that needed it.

    Import or define the name. A module that writes into its own namespace (`globals()`, `import *`, `exec`) is not
    judged, nor is a name read inside a `try`.

    Bad::

        def pad(ids: list[int], length: int) -> list[int]:
            return ids + [PAD] * (length - len(ids))

    Good::

        PAD = 0

        def pad(ids: list[int], length: int) -> list[int]:
            return ids + [PAD] * (length - len(ids))
    """
    for one in undefined(source):
        what = "importing this module fails" if one.at_import else "it fails when this line runs"
        yield Hit(
            line=source.git_line(one.line),
            message=f"{one.name!r} is not defined: {what}",
            symbol=one.symbol,
            anchor=one.name,
            severity=None if one.at_import else "warning",
        )
