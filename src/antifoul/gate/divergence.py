"""Which of the copies in a tree said the same once, and the commit that changed one of them alone."""

from collections.abc import Iterable, Iterator, Mapping

from antifoul.facts.errors import ReadError, UsageError
from antifoul.facts.history import History
from antifoul.gate.survey import World
from antifoul.gate.watching import WEEKS
from antifoul.measures.copies import CopyClass
from antifoul.measures.divergence import Divergence, Pair
from antifoul.measures.duplication import Member
from antifoul.measures.marks import marks_of
from antifoul.measures.variants import Variant
from antifoul.readers.git import Git
from antifoul.readers.history import Span, read_history

_MOST_CLASSES = 40  # of those most worth merging, so many are looked up
_MOST_VARIANTS = 3


def divergences(
    world: World, found: Mapping[int, tuple[CopyClass, tuple[Variant, ...]]], notes: list[str]
) -> dict[int, Divergence]:
    """By the number of a class, how its copies parted, where the history of two years tells it."""
    if world.git is None or not found:
        return {}
    history = _history(world.git, notes)
    if history is None:
        return {}
    marks = marks_of(history)
    pairs = {
        number: [Pair(left, right, marks) for left, right in _pairs(one, variants)]
        for number, (one, variants) in list(found.items())[:_MOST_CLASSES]
    }
    every = [pair for rows in pairs.values() for pair in rows]
    while waiting := [(pair, state) for pair in every if (state := pair.wanted()) is not None]:
        text = _texts(world.git, (blob for _, state in waiting for blob in state))
        for pair, _ in waiting:
            pair.see(text)
    ends = [state for pair in every for state in (pair.last(), pair.after()) if state is not None]
    text = _texts(world.git, (blob for state in ends for blob in state))
    out: dict[int, Divergence] = {}
    for number, rows in pairs.items():
        parted = [one for pair in rows if (one := pair.parted(text)) is not None]
        if parted:
            out[number] = max(parted, key=lambda one: (one.is_fix, one.at))
    return out


def _history(git: Git, notes: list[str]) -> History | None:
    try:
        return read_history(git, Span(weeks=WEEKS))
    except (UsageError, ReadError) as problem:
        notes.append(f"{problem}: when copies parted is not known")
        return None


def _pairs(one: CopyClass, variants: tuple[Variant, ...]) -> Iterator[tuple[Member, Member]]:
    """The first member of the commonest variant beside that of each other."""
    members = one.members
    base = members[variants[0].members[0]]
    for variant in variants[1 : 1 + _MOST_VARIANTS]:
        yield base, members[variant.members[0]]


def _texts(git: Git, blobs: Iterable[str]) -> Mapping[str, bytes | None]:
    return git.blobs({blob for blob in blobs if blob})
