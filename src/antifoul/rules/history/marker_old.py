"""marker-old."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.facts.record import NamedTuple
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.past import Ages


class Options(NamedTuple):
    """When a marker is old."""

    days: int = 365


@rule("marker-old", severity="note", cost="history")
def marker_old(ages: Ages, options: Options) -> Iterator[Hit]:
    """A debt marker of more than a year stands in a function that the change touches.

    A promise that nobody kept for a year is a fact about the code, told in the wrong place: readers take the function
    for unfinished, and the next one adds to it. Whoever changes the function has it in mind now.

    Do it, delete it, or turn it into an issue and name it. The age is that of the line, through moves, white space and
    the commits that the repository lists as reformatting. `days` is an option. It reads the history: one `git blame`
    for each changed file that holds a marker.

    Bad::

        # TODO: support padding on the left   (two years old, in the function that you are changing)

    Good::

        # left padding is not supported, see #123
    """
    for one in ages.markers:
        if one.days >= options.days:
            text = f": {one.text}" if one.text else ""
            message = f"this {one.marker} stands here since {one.written}, by {one.author}{text}"
            yield Hit(one.line, message, symbol=one.symbol, anchor=f"{one.marker} {one.text}", path=one.path)
