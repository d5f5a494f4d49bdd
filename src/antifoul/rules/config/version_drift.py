"""version-drift."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import hint, taken_by
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("version-drift", severity="warning", cost="tree", novelty="debt")
def version_drift(usage: Usage) -> Iterator[Hit]:
    r"""A key, flag or name that is good at the version in use and breaks at the version that was asked for.

    An upgrade of a library takes options away; the recipes that set them stop at their next start, one by one.

    `antifoul config lint --against trl==1.0` asks. The version in use is the lock file's, else the newest that is
    allowed; the other is looked up in the atlas that comes with antifoul.

    Rename the option together with the upgrade, or hold the version.

    Bad::

        text = "max_seq_length: 2048  # gone in the trl that is asked for\n"

    Good::

        text = "max_length: 2048\n"
    """
    for stray in usage.drifted:
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.name!r} is no option of {taken_by(stray)} any more{hint(stray)}",
            symbol=stray.name,
            anchor=stray.name,
        )
