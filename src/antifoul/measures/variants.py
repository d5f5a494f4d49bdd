"""The members of a class of copies by what they say: the commonest first; what the others have in its place."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple
from antifoul.measures.differences import Side, differences

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from antifoul.facts.copyable import Units
    from antifoul.facts.paths import RepoPath
    from antifoul.measures.copies import CopyClass, Located
    from antifoul.measures.differences import Differences

_MOST_COMPARED = 4


class Variant(NamedTuple):
    """Members that say the same to the letter, by number; how they differ from the first variant, None for itself."""

    members: tuple[int, ...]
    differences: Differences | None


def variants(
    one: CopyClass, files: Mapping[RepoPath, Units], lines_of: Callable[[RepoPath], Sequence[str]]
) -> tuple[Variant, ...]:
    """The variants of a class, the commonest first; the first few are compared with it."""
    by_text: dict[str, list[int]] = {}
    for number, located in enumerate(one.copies):
        by_text.setdefault(_text(located, files), []).append(number)
    ordered = sorted(by_text.values(), key=lambda numbers: (-len(numbers), numbers))
    base = _side(one.copies[ordered[0][0]], files, lines_of)
    return tuple(
        Variant(
            tuple(numbers),
            differences(base, _side(one.copies[numbers[0]], files, lines_of)) if 0 < at < _MOST_COMPARED else None,
        )
        for at, numbers in enumerate(ordered)
    )


def _text(located: Located, files: Mapping[RepoPath, Units]) -> str:
    marks = files[located.member.path].marks
    return "".join(marks[2 * first : 2 * stop] for first, stop in located.rows)


def _side(located: Located, files: Mapping[RepoPath, Units], lines_of: Callable[[RepoPath], Sequence[str]]) -> Side:
    path = located.member.path
    rows = tuple(at for first, stop in located.rows for at in range(first, stop))
    return Side(files[path], rows, lines_of(path))
