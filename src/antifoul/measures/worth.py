"""Which copies are worth merging first: by how much would go, whether they drifted, and how far apart they are."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Literal, TypeAlias

    from antifoul.facts.copyable import Units
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.roles import Role
    from antifoul.measures.copies import CopyClass

    Apart: TypeAlias = Literal["", "tests", "generated", "by design"]

_MOST_SAVED = 6  # more copies than that are one decision all the same
_FRAGMENT, _FIELDS = 0.6, 0.7  # lines in the midst of others, and fields, are harder to share
_DRIFTED = 1.5  # copies that are nearly the same are likely to be meant as one
_NEARLY = 0.9
_FAR = 1.2  # copies in other folders are found by nobody who mends one


class Kinds(NamedTuple):
    """What tells code that is looked at apart from the rest."""

    role: Callable[[RepoPath], Role]
    by_design: Callable[[RepoPath], bool]
    files: Mapping[RepoPath, Units]


def worth(one: CopyClass) -> float:
    """How much is gained by merging a class: statements that would go, weighed."""
    saved = one.statements * min(len(one.copies) - 1, _MOST_SAVED) * one.similarity
    if one.kind == "fragment":
        saved *= _FRAGMENT
    elif one.kind == "changed" and one.similarity >= _NEARLY:
        saved *= _DRIFTED
    folders = {member.path.rpartition("/")[0] for member in one.members}
    return saved * (_FAR if len(folders) > 1 else 1.0)


def apart(one: CopyClass, kinds: Kinds) -> Apart:
    """What the class is told apart as: all but one of its members are tests, generated, or near-copies by design."""
    paths = [member.path for member in one.members]

    def mostly(is_one: Callable[[RepoPath], bool]) -> bool:
        return sum(not is_one(path) for path in paths) < min(2, len(paths) - 1)

    if mostly(lambda path: kinds.files[path].generated):
        return "generated"
    if mostly(lambda path: kinds.role(path) == "test"):
        return "tests"
    return "by design" if mostly(kinds.by_design) else ""


def ordered(found: Iterable[CopyClass], kinds: Kinds) -> list[tuple[CopyClass, Apart]]:
    """The classes, those worth merging first; what is told apart comes last."""
    rows = [(one, apart(one, kinds)) for one in found]
    return sorted(rows, key=lambda row: (bool(row[1]), -worth(row[0]), row[0].members))
