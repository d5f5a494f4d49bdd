"""mypy."""

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


@rule("mypy", severity="warning", cost="engine")
def mypy(source: Source, remarks: tuple[Remark, ...], options: Options) -> Iterator[Hit]:  # noqa: ARG001  the gate reads them
    """What mypy says of new code, by the repository's own settings as far as they run nothing.

    `batch["labels"]` on an object that has no such key is found in a second here, and after an hour in the queue there.

    Mend the type, or write `# type: ignore[code]` with a reason. Mypy runs from antifoul's own environment
    (`antifoul[linters]`) where the repository configures it, without the repository's plugins and installed packages,
    so that it runs none of their code: what it cannot know without them is not told.

    Bad::

        def pad(ids: list[int]) -> list[int]:
            return len(ids)

    Good::

        def pad(ids: list[int]) -> list[int]:
            return [0, *ids]
    """
    yield from hits(source, remarks)
