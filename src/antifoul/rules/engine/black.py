"""black."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple
from antifoul.measures.remarks import hits
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.engines import Remark
    from antifoul.facts.finding import Hit
    from antifoul.facts.source import Source


class Options(NamedTuple):
    """How long it may take."""

    timeout: int = 120  # seconds, for each side


@rule("black", severity="warning", cost="engine")
def black(source: Source, remarks: tuple[Remark, ...], options: Options) -> Iterator[Hit]:  # noqa: ARG001  the gate reads them
    """Where black would write new code in another way, by the repository's own settings.

    Formatting that is settled by a program is not talked about in review, and merges do not clash over it. Old lines
    are left in peace, so that blame keeps its worth.

    Run black on the lines, or on the file. It runs from antifoul's own environment (`antifoul[linters]`) where the
    repository configures it; where it is missing or fails, the rule is skipped and says why.

    Bad::

        x = { 'a':1 }

    Good::

        x = {"a": 1}
    """
    yield from hits(source, remarks)
