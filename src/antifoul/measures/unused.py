"""Allowing comments that allow nothing."""

from __future__ import annotations

from antifoul.facts.record import NamedTuple
from antifoul.measures.suppress import allowing, allows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from antifoul.facts.change import Change
    from antifoul.facts.finding import Hit
    from antifoul.facts.paths import RepoPath


class Unused(NamedTuple):
    """One rule that a comment allows for nothing. `known` is False where no rule has that name."""

    path: RepoPath
    line: int
    column: int
    rule: str
    known: bool


def unused(
    change: Change, ran: Mapping[str, Mapping[RepoPath, tuple[Hit, ...]]], known: Collection[str]
) -> Iterator[Unused]:
    """The comments on added lines that allow what their rule does not find; `ran` has every hit, old ones too."""
    for file in change.files:
        if file.after is None:
            continue
        added = set(file.added())
        comments = allows(file.after)
        for one in comments:
            if one.is_noqa or one.line not in added:
                continue
            for rule in one.rules:
                hits = ran.get(rule, {}).get(file.path, ())
                if rule not in known:
                    yield Unused(file.path, one.line, one.column, rule, known=False)
                elif rule in ran and not any(allowing((one,), rule, hit) for hit in hits):
                    yield Unused(file.path, one.line, one.column, rule, known=True)
