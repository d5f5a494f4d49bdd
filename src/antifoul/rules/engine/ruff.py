"""ruff."""

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


@rule("ruff", severity="warning", cost="engine")
def ruff(source: Source, remarks: tuple[Remark, ...], options: Options) -> Iterator[Hit]:  # noqa: ARG001  the gate reads them
    """What ruff says of new code, by the repository's own settings.

    A repository that switches a linter on late has thousands of old findings, and so looks at none. Of what a change
    adds, each is worth a look while the change is fresh.

    Mend it, or write `# noqa: CODE` with a reason. Ruff runs from antifoul's own environment (`antifoul[linters]`)
    where the repository configures it; where it is missing or fails, the rule is skipped and says why.

    Bad::

        import os  # F401: imported and not used

    Good::

        import os

        ROOT = os.environ["ROOT"]
    """
    yield from hits(source, remarks)
