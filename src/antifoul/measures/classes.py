"""Classes of copies: forms that are alike, joined so that no class holds two that are not."""

from __future__ import annotations

from antifoul.measures.candidates import candidates
from antifoul.measures.forms import are_akin, may_be_changed, similarity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from antifoul.measures.forms import Form


def classes(forms: Sequence[Form]) -> list[list[int]]:
    """The classes as numbers of forms. A class of one form is there when the form stands in several places."""
    edges = []
    large = [number for number, form in enumerate(forms) if may_be_changed(form)]
    compared = [forms[number] for number in large]
    for left, right in candidates(compared):
        alike = similarity(compared[left], compared[right])
        if alike:
            edges.append((alike, large[left], large[right]))
    edges.sort(key=lambda edge: (-edge[0], edge[1], edge[2]))
    joined = _Joined(forms)
    for _, left, right in edges:
        joined.join(left, right)
    return [members for members in joined.members.values() if len(members) > 1 or (len(forms[members[0]].places) > 1)]


class _Joined:
    """Classes while they grow. The first form of a class stands for it."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._forms = forms
        self._home = list(range(len(forms)))
        self.members: dict[int, list[int]] = {number: [number] for number in range(len(forms))}

    def join(self, left: int, right: int) -> None:
        one, other = self._home[left], self._home[right]
        if one == other:
            return
        if len(self.members[one]) < len(self.members[other]):
            one, other = other, one
        if any(not are_akin(self._forms[one], self._forms[number]) for number in self.members[other]):
            return
        for number in self.members[other]:
            self._home[number] = one
        self.members[one] += self.members.pop(other)
