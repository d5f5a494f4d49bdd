"""complexity-raised."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.facts.record import NamedTuple
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.settings import Thresholds
    from antifoul.measures.functions import Functions, Touched


class Options(NamedTuple):
    """Where a function becomes too branched."""

    limit: int = 0  # paths; 0 takes thresholds.complexity
    by: int = 5  # a rise by so many is told wherever it ends


@rule("complexity-raised", severity="warning")
def complexity_raised(functions: Functions, thresholds: Thresholds, options: Options) -> Iterator[Hit]:
    """A new function with more than ten paths, or one that the change raises over that, or by five.

    Each path through a function is a case that a test must reach, and the loops of a trainer collect them: one more
    flag, one more backend, one more special batch. Past ten, most changes are made without seeing all of them.

    Split the function along its cases, or turn flags into values that are chosen once. Complexity is cyclomatic, as
    radon counts it. `limit` and `by` are options.

    Bad::

        def reward(sample, mode, scale, clip, norm, log):
            if mode == "a":
                value = sample.a
            elif mode == "b":
                value = sample.b
            elif mode == "c":
                value = sample.c
            else:
                value = sample.d if sample.d else 0.0
            if scale and value > 0:
                value = value * scale
            if clip and (value > clip or value < -clip):
                value = clip
            if norm:
                value = value / norm
            return value

    Good::

        READ = {"a": first, "b": second, "c": third}

        def reward(sample, mode, shape):
            return shape(READ[mode](sample))
    """
    limit = options.limit or thresholds.complexity
    for one in functions.touched:
        least = min(limit, options.by)
        if one.most <= least or one.now.complexity <= least:
            continue
        now = one.now.complexity
        before = functions.before(one)
        if before is None:
            if now > limit:
                message = f"new, with {now} paths; the limit is {limit}: split it along its cases"
                yield _hit(one, message)
        elif now > limit >= before.complexity:
            yield _hit(one, f"raised from {before.complexity} to {now} paths, over the limit of {limit}")
        elif now - before.complexity >= options.by:
            yield _hit(one, f"raised from {before.complexity} to {now} paths by one change")


def _hit(one: Touched, message: str) -> Hit:
    return Hit(one.line, message, end_line=one.end_line, symbol=one.symbol, anchor=one.symbol, path=one.path)
