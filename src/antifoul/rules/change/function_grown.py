"""function-grown."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.facts.record import NamedTuple
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.functions import Functions


class Options(NamedTuple):
    """Where a function becomes too long."""

    limit: int = 60  # statements


@rule("function-grown", severity="note")
def function_grown(functions: Functions, options: Options) -> Iterator[Hit]:
    """A function that the change makes longer than sixty statements.

    A `train()` of three screens has no part that a test can call, so that each new feature is tried on a cluster.

    Give its steps names of their own. Statements are counted, not lines: layout and comments do not matter. `limit` is
    an option.

    Bad::

        def train(config):
            ...  # sixty statements, and one more

    Good::

        def train(config):
            run = prepare(config)
            for batch in run.batches:
                step(run, batch)
            finish(run)
    """
    for one in functions.touched:
        if one.lines <= options.limit or one.now.statements <= options.limit:
            continue
        now = one.now.statements
        before = functions.before(one)
        if before is not None and before.statements > options.limit:
            continue
        was = "new, with" if before is None else f"grown from {before.statements} to"
        message = f"{was} {now} statements; the limit is {options.limit}: give its steps names of their own"
        yield Hit(one.line, message, end_line=one.end_line, symbol=one.symbol, anchor=one.symbol, path=one.path)
