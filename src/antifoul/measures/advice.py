"""What to do about a hot function: each piece of advice with its evidence, and with the lines that it means."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple
from antifoul.measures.fixes import RECENT
from antifoul.measures.hotspots import HALF_LIFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antifoul.facts.paths import RepoPath
    from antifoul.measures.carving import Anatomy, Cut
    from antifoul.measures.hotspots import FunctionSpot, Hotspot

_GROWN = 1.3


class Twin(NamedTuple):
    """A function with the same code."""

    path: RepoPath
    line: int
    symbol: str


class Evidence(NamedTuple):
    """What is known of a hot function. `was` is its complexity when the time looked at began, None without it then."""

    spot: FunctionSpot
    file: Hotspot
    anatomy: Anatomy
    was: int | None
    twins: tuple[Twin, ...]
    alike: tuple[Twin, ...]  # functions with most of the lines that are to be taken out
    weeks: int


class Advice(NamedTuple):
    """One place with its evidence in a sentence, and what to do, in the imperative."""

    path: RepoPath
    line: int
    end_line: int
    symbol: str
    why: str
    todo: str


def advise(known: Evidence) -> Advice:
    """The advice on one function."""
    spot = known.spot
    return Advice(spot.path, spot.line, spot.end_line, spot.symbol, "; ".join(_reasons(known)), _todo(known))


def _reasons(known: Evidence) -> Iterator[str]:
    spot, deep = known.spot, known.anatomy.nesting
    size = f"{spot.complexity} paths in {spot.end_line - spot.line + 1} lines"
    size += f", {deep} blocks deep" if deep > 1 else ""
    if known.was is not None and spot.complexity >= _GROWN * known.was:
        size += f" ({known.was} paths {known.weeks} weeks ago)"
    yield size
    people = f"{spot.authors} people" if spot.authors > 1 else "one person"
    people += ", co-authors among them," if spot.authors > spot.commits else ""
    times = f"{spot.commits} commits" if spot.commits > 1 else "one commit"
    recent = f", {spot.recent} of them in the last {HALF_LIFE} days" if spot.recent else ""
    if spot.commits:
        yield f"{times} by {people} changed it in {known.weeks} weeks{recent}"
    else:
        yield f"{known.file.churn.recent} commits on its file in {RECENT} days"
    if known.twins:
        first, *others = known.twins
        more = f" and {len(others)} more" if others else ""
        yield f"the same code stands at {first.path}:{first.line}{more}"


def _todo(known: Evidence) -> str:
    cut, spot = known.anatomy.cut, known.spot
    steps = []
    if known.twins:
        steps.append(f"keep one copy of it and {known.twins[0].path}'s: a fix in one misses the other")
    if cut is not None:
        where = f"lines {cut.line}-{cut.end_line}"
        what = f"`{cut.opening}` ({where}" if cut.statements == 1 else f"{where} (from `{cut.opening}`"
        step = f"take {what}, {cut.paths} of its {spot.complexity} paths) out into a function of its own{_values(cut)}"
        if known.alike:
            first = known.alike[0]
            others = f" and {len(known.alike) - 1} more" if len(known.alike) > 1 else ""
            step += f"; {first.path}:{first.line}{others} could call it too, where the same lines stand"
        steps.append(step)
    if not steps:
        steps.append("test its paths before the next change, then split it along them")
    return "; ".join(steps)


def _values(cut: Cut) -> str:
    """What the new function is given and gives back."""
    parts = []
    if cut.takes:
        parts.append(f"it takes {listed([f'`{one}`' for one in cut.takes])}")
    if cut.gives:
        parts.append(f"gives back {listed([f'`{one}`' for one in cut.gives])}")
    return f": {' and '.join(parts)}" if parts else ""


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)
