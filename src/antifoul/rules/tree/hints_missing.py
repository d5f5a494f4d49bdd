"""hints-missing."""

from __future__ import annotations

import ast

from antifoul.facts.finding import Hit
from antifoul.measures.signatures import colon_line, decorated, public, unhinted
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.source import Source

_NAMED = 4


@rule("hints-missing", severity="warning", triggers=(b"def",))
def hints_missing(source: Source) -> Iterator[Hit]:
    """A public function, new or with a changed signature, whose parameters or return have no type hints.

    `labels` may be token ids, a mask, or a list of strings, and a tensor, an array or a list: a wrong guess broadcasts
    and trains on. A hint is checked by a machine and read by the next person.

    Annotate each parameter and the return. Tests, private and nested functions, `self` and `cls`, the return of
    `__init__`, and overloads need none; type comments count.

    Bad::

        def mask(labels, pad=0):
            return labels != pad

    Good::

        def mask(labels: Tensor, pad: int = 0) -> Tensor:
            return labels != pad
    """
    if source.role != "package":
        return
    found = list(public(source))
    overloaded = {one.definition.key.symbol for one in found if "overload" in decorated(one.definition.node)}
    for one in found:
        node = one.definition.node
        if isinstance(node, ast.ClassDef) or one.definition.key.symbol in overloaded:
            continue
        missing = unhinted(source, node, is_method=one.owner is not None)
        if missing:
            more = len(missing) - _NAMED
            names = ", ".join(missing[:_NAMED]) + (f" and {more} more" if more > 0 else "")
            yield Hit(
                line=source.git_line(node.lineno),
                anchor_end=source.git_line(colon_line(source, node)),
                column=node.col_offset + 1,
                message=f"no type hint for {names}",
                symbol=one.definition.key.symbol,
                anchor=f"{ast.unparse(node.args)} -> {ast.unparse(node.returns) if node.returns else ''}",
            )
