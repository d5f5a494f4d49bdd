"""nesting-raised."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.facts.record import NamedTuple
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.settings import Thresholds
    from antifoul.measures.functions import Functions


class Options(NamedTuple):
    """Where a function becomes too deep."""

    limit: int = 0  # blocks inside one another; 0 takes thresholds.nesting


@rule("nesting-raised", severity="warning")
def nesting_raised(functions: Functions, thresholds: Thresholds, options: Options) -> Iterator[Hit]:
    """A function whose blocks the change nests more than four deep.

    The fifth `if` inside a `for` inside a `with` runs under a condition that nobody holds in mind, and an `else` or a
    `continue` there is easily on the wrong level.

    Return or continue early, or give the inner block a name. An `elif` stands beside its `if`. `limit` is an option.

    Bad::

        def collect(runs):
            for run in runs:
                for step in run:
                    if step.done:
                        for token in step:
                            if token.ok:
                                yield token

    Good::

        def collect(runs):
            for run in runs:
                for step in filter(is_done, run):
                    yield from good_tokens(step)
    """
    limit = options.limit or thresholds.nesting
    for one in functions.touched:
        if one.deepest <= limit or one.now.nesting <= limit:
            continue
        now = one.now.nesting
        before = functions.before(one)
        if before is not None and before.nesting >= now:
            continue
        was = "new, with" if before is None else f"raised from {before.nesting} to"
        message = f"{was} {now} blocks inside one another; the limit is {limit}: return early, or name the inner block"
        yield Hit(one.line, message, end_line=one.end_line, symbol=one.symbol, anchor=one.symbol, path=one.path)
