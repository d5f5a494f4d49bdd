"""docs-missing."""

from __future__ import annotations

import ast

from antifoul.facts.finding import Hit
from antifoul.measures.signatures import decorated, is_dunder, may_override, public
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.source import Source
    from antifoul.measures.signatures import Public

_EXEMPT_BY = frozenset({"overload", "override", "overrides", "setter", "deleter"})


@rule("docs-missing", severity="note", novelty="debt")
def docs_missing(source: Source) -> Iterator[Hit]:
    """A public function, class or module that is new, or lost its docstring, and has none.

    The shape of a tensor, the unit of a length, what happens to padding: no hint says it, and the caller finds out from
    a loss curve.

    Say in one sentence what comes back or what is true, then shapes, units and errors. Tests, private and nested
    definitions, methods that override another or may do so, overloads, setters and dunder methods need none, nor does a
    module that only imports.

    Bad::

        def pack(rows: Tensor, length: int) -> Tensor:
            return rows.reshape(-1, length)

    Good::

        def pack(rows: Tensor, length: int) -> Tensor:
            \"\"\"The rows' tokens in rows of `length`: (B, T) becomes (B * T / length, length).\"\"\"
            return rows.reshape(-1, length)
    """
    if source.role != "package":
        return
    tree = source.tree
    if _does_something(tree) and ast.get_docstring(tree, clean=False) is None:
        yield Hit(line=1, message="the module has no docstring", anchor="module")
    for one in public(source):
        node = one.definition.node
        if ast.get_docstring(node, clean=False) is not None or _is_exempt(one, source):
            continue
        what = "class" if isinstance(node, ast.ClassDef) else "function" if one.owner is None else "method"
        yield Hit(
            line=source.git_line(node.lineno),
            column=node.col_offset + 1,
            message=f"the public {what} {node.name} has no docstring",
            symbol=one.definition.key.symbol,
            anchor="definition",
        )


def _does_something(tree: ast.Module) -> bool:
    """The module holds more than imports, exports and a version."""
    for node in tree.body:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                continue
            case ast.Assign(targets=[ast.Name(id=name)]) if is_dunder(name):
                continue
            case _:
                return True
    return False


def _is_exempt(one: Public, source: Source) -> bool:
    node = one.definition.node
    if is_dunder(node.name) or _EXEMPT_BY & decorated(node):
        return True
    is_method = one.owner is not None and not isinstance(node, ast.ClassDef)
    return is_method and one.owner is not None and may_override(node.name, one.owner, source)
