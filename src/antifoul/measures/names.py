"""Names that a module reads and nothing defines, by Python's own symbol tables."""

from __future__ import annotations

import _symtable  # type: ignore[import-not-found]  # CPython's own; typeshed has only the face on it
import ast
import builtins

from antifoul.facts.tree import Undefined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from antifoul.facts.source import Source

    class Table(Protocol):
        """A scope as the compiler sees it: flags by name, and the scopes within."""

        symbols: dict[str, int]
        children: list[Table]


_KNOWN = frozenset(dir(builtins)) | {
    "__file__", "__name__", "__doc__", "__path__", "__spec__", "__package__", "__loader__", "__builtins__",
    "__annotations__", "__module__", "__qualname__", "__class__", "__dict__", "__debug__", "__cached__",
    "WindowsError", "__conditional_annotations__", "__classdict__", "__firstlineno__", "__static_attributes__",
}  # fmt: skip
_GLOBAL = frozenset({_symtable.GLOBAL_EXPLICIT, _symtable.GLOBAL_IMPLICIT})
# A module that writes into its own namespace, or takes all of another's, can define any name.
_OPEN = ("globals()", "import *", "exec(", "__builtins__", "builtins.__dict__", "vars()", "locals()", "get_ipython")


def undefined(source: Source) -> tuple[Undefined, ...]:
    """The undefined names of a module, in order of line; none where the module's namespace is open.

    Raises:
        ReadError: the file cannot be decoded or parsed.
    """
    text = source.text
    if any(sign in text for sign in _OPEN):
        return ()
    try:
        table = _symtable.symtable(text, "<unknown>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()  # compile-time errors that the parser does not see, such as `return` outside a function
    names = _missing(table)
    if not names:
        return ()
    return tuple(sorted(set(_places(source.tree, names)), key=lambda one: (one.line, one.name)))


def _missing(top: Table) -> frozenset[str]:
    """Names that some scope takes from the module, and the module does not bind.

    Read from the interpreter's table itself: `symtable` makes an object of each symbol, which takes most of the time.
    """
    bound = {name for name, flags in top.symbols.items() if flags & (_symtable.DEF_LOCAL | _symtable.DEF_IMPORT)}
    wanted: set[str] = set()
    stack = [top]
    while stack:
        table = stack.pop()
        for name, flags in table.symbols.items():
            scope = flags >> _symtable.SCOPE_OFF & _symtable.SCOPE_MASK
            if scope == _symtable.GLOBAL_EXPLICIT and flags & _symtable.DEF_LOCAL:
                bound.add(name)  # a function that says `global name` may bind it
            elif flags & _symtable.USE and (table is top or scope in _GLOBAL):
                wanted.add(name)
        stack += table.children
    return frozenset(wanted - bound - _KNOWN)


def _places(tree: ast.Module, names: frozenset[str]) -> Iterator[Undefined]:
    """Where the names are read. A `try` may be there to see whether a name exists, so nothing in one is judged."""
    future = any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" and node.names[0].name == "annotations"
        for node in tree.body
    )
    stack: list[tuple[ast.AST, str, bool, frozenset[str]]] = [(tree, "", True, frozenset())]
    while stack:
        node, symbol, at_import, local = stack.pop()
        if isinstance(node, ast.Try):
            stack += [(child, symbol, at_import, local) for child in (*node.orelse, *node.finalbody)]
            continue
        if isinstance(node, ast.Name):
            if node.id in names - local and isinstance(node.ctx, ast.Load):
                yield Undefined(node.id, node.lineno, symbol, at_import)
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            stack += _function(node, symbol, local, at_import=at_import, future=future)
            continue
        if isinstance(node, ast.ClassDef):
            symbol = f"{symbol}.{node.name}".lstrip(".")
            local = local | _class_names(node)
        elif isinstance(node, ast.If | ast.For | ast.While | ast.IfExp | ast.BoolOp | ast.With | ast.Match):
            at_import = False  # it depends on what is found at run time whether this is read
        elif isinstance(node, ast.AnnAssign) and future:
            stack += [(child, symbol, at_import, local) for child in (node.target, node.value) if child is not None]
            continue
        stack += [(child, symbol, at_import, local) for child in ast.iter_child_nodes(node)]


def _function(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
    symbol: str,
    local: frozenset[str],
    *,
    at_import: bool,
    future: bool,
) -> list[tuple[ast.AST, str, bool, frozenset[str]]]:
    """The parts of a function: decorators and defaults are read when it is defined, the body when it is called."""
    own = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    inner = local | own | _bound_in(node)
    defaults = [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
    outside: list[ast.AST] = [*defaults]
    if isinstance(node, ast.Lambda):
        return [*((one, symbol, at_import, local) for one in outside), (node.body, symbol, False, inner)]
    outside += node.decorator_list
    if not future:
        outside += [one.annotation for one in ast.walk(node.args) if isinstance(one, ast.arg) and one.annotation]
        outside += [node.returns] if node.returns else []
    name = f"{symbol}.{node.name}".lstrip(".")
    return [
        *((one, symbol, at_import, local) for one in outside),
        *((one, name, False, inner) for one in node.body),
    ]


def _bound_in(node: ast.AST) -> frozenset[str]:
    """Every name bound anywhere inside: the symbol tables have said that the name is missing in some other scope."""
    out = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)}
    for one in ast.walk(node):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            out.add(one.name)
        elif isinstance(one, ast.alias):
            out.add(one.asname or one.name.partition(".")[0])
        elif isinstance(one, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and one.name:
            out.add(one.name)
    return frozenset(out)


def _class_names(node: ast.ClassDef) -> frozenset[str]:
    """What the class body binds; its methods do not see it, but a name defined there is rarely meant as undefined."""
    return frozenset(
        one.id
        for part in node.body
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for one in ast.walk(part)
        if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)
    )
