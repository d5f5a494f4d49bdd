"""Names that a module reads and nothing defines, by Python's own symbol tables."""

from __future__ import annotations

import _symtable  # type: ignore[import-not-found]  # CPython's own; typeshed has only the face on it
import ast
import builtins

from antifoul.facts.record import NamedTuple
from antifoul.facts.tree import Undefined
from antifoul.measures.scopes import bindings

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


class _At(NamedTuple):
    """A place in the walk: the scope's name, whether importing reads it, and which names are bound there."""

    symbol: str
    at_import: bool
    local: frozenset[str]  # by the functions and comprehensions around, seen from every scope inside
    here: frozenset[str]  # by the class body alone: the scopes inside do not see them


def _places(tree: ast.Module, names: frozenset[str]) -> Iterator[Undefined]:
    """Where the names are read. A `try` may be there to see whether a name exists, so nothing in one is judged."""
    future = any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" and node.names[0].name == "annotations"
        for node in tree.body
    )
    stack: list[tuple[ast.AST, _At]] = [(tree, _At("", at_import=True, local=frozenset(), here=frozenset()))]
    while stack:
        node, at = stack.pop()
        if isinstance(node, ast.Name):
            if node.id in names - at.local - at.here and isinstance(node.ctx, ast.Load):
                yield Undefined(node.id, node.lineno, at.symbol, at.at_import)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            stack += _function(node, at, future=future)
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            stack += _comprehension(node, at)
        elif isinstance(node, ast.ClassDef):
            stack += _class(node, at)
        else:
            stack += [(child, _inside(node, at)) for child in _read_in(node, future=future)]


def _read_in(node: ast.AST, *, future: bool) -> Iterator[ast.AST]:
    """The children that are judged: of a `try` what runs when nothing failed, of a variable not a lazy annotation."""
    if isinstance(node, ast.Try | ast.TryStar):
        yield from (*node.orelse, *node.finalbody)
    elif isinstance(node, ast.AnnAssign) and future:
        yield from (child for child in (node.target, node.value) if child is not None)
    else:
        yield from ast.iter_child_nodes(node)


def _inside(node: ast.AST, at: _At) -> _At:
    """Under a condition it depends on what is found at run time whether a name is read."""
    if isinstance(node, ast.If | ast.For | ast.While | ast.IfExp | ast.BoolOp | ast.With | ast.Match):
        return at._replace(at_import=False)
    return at


def _function(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, at: _At, *, future: bool
) -> Iterator[tuple[ast.AST, _At]]:
    """The parts of a function: decorators and defaults are read when it is defined, the body when it is called."""
    arguments = [one for one in ast.walk(node.args) if isinstance(one, ast.arg)]
    around = at._replace(local=at.local | _type_parameters(node))
    yield from ((one, around) for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None)
    bound = around.local | frozenset(bindings(node))
    if isinstance(node, ast.Lambda):
        yield node.body, at._replace(at_import=False, local=bound, here=frozenset())
        return
    yield from ((one, at) for one in node.decorator_list)
    if not future:
        hints = [*(one.annotation for one in arguments), node.returns]
        yield from ((one, around) for one in hints if one is not None)
    inner = _At(f"{at.symbol}.{node.name}".lstrip("."), at_import=False, local=bound, here=frozenset())
    yield from ((one, inner) for one in node.body)


def _class(node: ast.ClassDef, at: _At) -> Iterator[tuple[ast.AST, _At]]:
    around = at._replace(local=at.local | _type_parameters(node))
    yield from ((one, at) for one in node.decorator_list)
    yield from ((one, around) for one in (*node.bases, *node.keywords))
    inner = around._replace(symbol=f"{at.symbol}.{node.name}".lstrip("."), here=frozenset(bindings(node)))
    yield from ((one, inner) for one in node.body)


def _comprehension(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, at: _At
) -> Iterator[tuple[ast.AST, _At]]:
    """A comprehension is a scope of its own, but for what it first goes through."""
    first = node.generators[0].iter
    targets = frozenset(
        one.id for part in node.generators for one in ast.walk(part.target) if isinstance(one, ast.Name)
    )
    inner = at._replace(local=at.local | targets, here=frozenset())
    yield first, at
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.comprehension):
            yield from ((one, inner) for one in (*part.ifs, part.target, part.iter) if one is not first)
        else:
            yield part, inner


def _type_parameters(node: ast.AST) -> frozenset[str]:
    return frozenset(one.name for one in getattr(node, "type_params", ()))
