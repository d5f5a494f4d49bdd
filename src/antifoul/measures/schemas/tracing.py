"""Follow a program from its first statement through the functions that it calls, and tell what it parses with."""

from __future__ import annotations

import ast

from antifoul.measures.schemas.code import Definition, External
from antifoul.measures.schemas.outline import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from antifoul.measures.schemas.code import Code, Found
    from antifoul.measures.schemas.outline import Function, Outline

_MOST = 250  # functions that are followed
_DEEPEST = 9  # calls


class Scope:
    """Where a statement stands: its module, the class and function around it, and what local names were bound to."""

    __slots__ = ("function", "locals", "outline", "owner", "places")

    def __init__(self, outline: Outline, owner: Definition | None = None, function: Function | None = None) -> None:
        self.outline = outline
        self.owner = owner
        self.function = function
        self.locals: dict[str, ast.expr] = {}
        self.places: dict[str, Scope] = {}  # of a local name that is a parameter: where its expression stands

    def value(self, name: str) -> tuple[ast.expr, Scope] | None:
        """What a name was bound to, here or at the top of the module, and where that expression stands."""
        if name in self.locals:
            return self.locals[name], self.places.get(name, self)
        if name in self.outline.assigns:
            return self.outline.assigns[name], Scope(self.outline)
        return None


class Call:
    """One call on the way, with what it calls as far as that is known."""

    __slots__ = ("found", "name", "node", "scope")

    def __init__(self, node: ast.Call, scope: Scope, found: Found | None) -> None:
        self.node = node
        self.scope = scope
        self.found = found
        parts = parts_of(node.func)
        attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        self.name = parts[-1] if parts else attribute


class Trace:
    """The calls that a program makes, and the functions and modules that it went through."""

    def __init__(self, code: Code, take: Callable[[Call], None], enter: Callable[[Definition, Function], None]) -> None:
        self.code = code
        self._take = take
        self._enter = enter
        self._seen: set[str] = set()
        self.outlines: dict[str, Outline] = {}
        self.functions: list[tuple[Definition, Function]] = []

    def module(self, outline: Outline) -> None:
        """What running a module as a program does."""
        self.outlines[outline.path] = outline
        body = [
            node
            for node in outline.tree.body
            if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
        ]
        self._block(body, Scope(outline), 0)

    def function(
        self, found: Definition, arguments: ast.Call | None = None, caller: Scope | None = None, depth: int = 0
    ) -> None:
        """What calling a function does."""
        node = found.node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or depth > _DEEPEST:
            return
        if found.id in self._seen or len(self._seen) > _MOST:
            return
        self._seen.add(found.id)
        self.outlines[found.outline.path] = found.outline
        self.functions.append((found, node))
        self._enter(found, node)
        scope = Scope(found.outline, found.through or self._owner(found), node)
        if arguments is not None and caller is not None:
            _bind(scope, node, arguments, caller, is_method="." in found.name)
        self._block(node.body, scope, depth)

    def _owner(self, found: Definition) -> Definition | None:
        name = found.name.rpartition(".")[0]
        owner = self.code.find(found.outline, name.split(".")) if name else None
        return owner if isinstance(owner, Definition) else None

    def _block(self, body: list[ast.stmt], scope: Scope, depth: int) -> None:
        for statement in body:
            for node in _in_order(statement):
                if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
                    _assign(scope, node)
                elif isinstance(node, ast.Call):
                    found = self.callee(node, scope)
                    self._take(Call(node, scope, found))
                    self._follow(found, node, scope, depth)
                    parts = parts_of(node.func)
                    for other in (
                        self.code.alternatives(scope.outline, parts) if parts and parts[0] not in scope.locals else ()
                    ):
                        self._follow(other, node, scope, depth)

    def _follow(self, found: Found | None, node: ast.Call, scope: Scope, depth: int) -> None:
        if not isinstance(found, Definition) or found.outline.library is not None:
            return
        if isinstance(found.node, ast.ClassDef):
            start = self.code.method(found, "__init__")
            if start is not None and start.outline.library is None:
                self.function(start, node, scope, depth + 1)
        else:
            self.function(found, node, scope, depth + 1)
        for argument in node.args:  # a function handed on is called some time: main(run), hydra.main(...)(f)
            parts = parts_of(argument)
            handed = self.code.find(scope.outline, parts) if parts and parts[0] not in scope.locals else None
            if isinstance(handed, Definition) and handed.outline.library is None:
                self.function(handed, None, None, depth + 1)

    def callee(self, node: ast.Call, scope: Scope) -> Found | None:
        """What a call calls; None where that is not known."""
        parts = parts_of(node.func)
        if not parts:
            return self._of_value(node.func, scope)
        head = parts[0]
        if parts == ("cls",) and scope.owner is not None:
            return scope.owner
        if head in {"self", "cls"} and scope.owner is not None and len(parts) == 2:
            return self.code.method(scope.owner, parts[1])
        if head in scope.locals:
            return self._on_local(parts, scope)
        return self.code.find(scope.outline, parts)

    def _on_local(self, parts: tuple[str, ...], scope: Scope) -> Found | None:
        bound = scope.locals[parts[0]]
        home = scope.places.get(parts[0], scope)
        if isinstance(bound, ast.Call) and len(parts) == 2:
            made = self.code.find(home.outline, parts_of(bound.func)) if parts_of(bound.func) else None
            if isinstance(made, Definition) and isinstance(made.node, ast.ClassDef):
                return self.code.method(made, parts[1])
        names = parts_of(bound)
        if names and names[0] not in home.locals:
            return self.code.find(home.outline, (*names, *parts[1:]))
        return None

    def _of_value(self, node: ast.expr, scope: Scope) -> Found | None:
        """`Maker().method`, `maker(...)(function)`."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            made = self.callee(node.value, scope)
            if isinstance(made, Definition) and isinstance(made.node, ast.ClassDef):
                return self.code.method(made, node.attr)
        return None

    def ancestors(self, found: Found | None, depth: int = 0) -> Iterator[str]:
        """The names of a class and of all that it is built on, as far as they are known."""
        if isinstance(found, External):
            yield found.dotted
        elif isinstance(found, Definition) and depth < 10:
            yield found.name
            for parent in self.code.parents(found):
                yield from self.ancestors(parent, depth + 1)


def _bind(scope: Scope, node: Function, call: ast.Call, caller: Scope, *, is_method: bool) -> None:
    """Bind a function's parameters to what it was called with."""
    named = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    defaults = dict(zip(reversed(named), reversed(node.args.defaults), strict=False))
    defaults |= {
        one.arg: value for one, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value
    }
    for name, value in defaults.items():
        scope.locals[name] = value
    if is_method and named and named[0] in {"self", "cls"}:
        named = named[1:]
    given = dict(zip(named, call.args, strict=False)) | {one.arg: one.value for one in call.keywords if one.arg}
    for name, value in given.items():
        if not isinstance(value, ast.Starred):
            scope.locals[name] = value
            scope.places[name] = caller


def _assign(scope: Scope, node: ast.Assign | ast.AnnAssign | ast.NamedExpr) -> None:
    value = node.value
    if value is None:
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Name):
            scope.locals[target.id] = value
            scope.places.pop(target.id, None)
        elif isinstance(target, ast.Tuple | ast.List):
            for one in target.elts:
                name = one.value if isinstance(one, ast.Starred) else one
                if isinstance(name, ast.Name):
                    scope.locals[name.id] = value
                    scope.places.pop(name.id, None)


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it as they stand in the text; a definition's body is its own affair when it is called."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)
