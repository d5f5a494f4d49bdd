"""What a module does, definition by definition, without layout, comments, docstrings and annotations."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from antifoul.facts.source import Source


_NO_CODE = (ast.Import, ast.ImportFrom, ast.Pass)
_LABELS = frozenset({"__version__", "__all__", "__author__", "VERSION", "version", "__version_info__"})


_Definition: TypeAlias = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Part:
    """One definition, or the module's own statements. `text` is equal for code that does the same by syntax."""

    __slots__ = ("_node", "_text", "end_line", "line", "start")

    def __init__(self, node: ast.Module | _Definition) -> None:
        self._node = node
        self._text: str | None = None
        body = _acting(node) if isinstance(node, ast.Module) else []
        self.line = node.lineno if not isinstance(node, ast.Module) else body[0].lineno if body else 1
        decorators = [] if isinstance(node, ast.Module) else [one.lineno for one in node.decorator_list]
        self.start = min([self.line, *decorators])
        last = node if not isinstance(node, ast.Module) else body[-1] if body else None
        self.end_line = (last.end_lineno if last is not None else None) or self.line

    @property
    def acts(self) -> bool:
        """It holds code: a module may hold imports and labels alone."""
        return not isinstance(self._node, ast.Module) or bool(_acting(self._node))

    @property
    def text(self) -> str:
        """The code without layout, comments, docstrings and annotations."""
        if self._text is None:
            node = self._node
            head = "" if isinstance(node, ast.Module) else _head(node)
            self._text = head + "\n".join(ast.dump(_bare(one)) for one in _acting(node))
        return self._text


def substance(tree: ast.Module) -> Mapping[str, Part]:
    """Each function and class by qualified name, "" for the module's own statements; those without code are left out.

    A function's nested definitions belong to its text; a class's text holds what is not a method. Imports, version
    labels and bare annotations are no code here.
    """
    parts = {name: Part(node) for name, node in _definitions(tree, "")}
    return {name: part for name, part in parts.items() if part.acts}


def changed(old: Source | None, new: Source) -> Mapping[str, Part]:
    """The parts of the new side that do something else than those of the same name on the old side.

    Raises:
        ReadError: a side cannot be read.
    """
    if old is None:
        return substance(new.tree)
    before = dict(_definitions(old.tree, ""))
    out: dict[str, Part] = {}
    for name, node in _definitions(new.tree, ""):
        twin = before.get(name)
        # The same lines are the same code; only what differs as text is compared as code.
        if twin is not None and name and _lines(old, twin) == _lines(new, node):
            continue
        part = Part(node)
        if part.acts and (twin is None or Part(twin).text != part.text):
            out[name] = part
    return out


def _lines(source: Source, node: ast.Module | _Definition) -> list[str]:
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)]) if not isinstance(node, ast.Module) else 1
    last = node.end_lineno if not isinstance(node, ast.Module) else None
    return source.python_lines[first - 1 : last]


def _acting(node: ast.Module | _Definition) -> list[ast.stmt]:
    return [one for one in node.body if _acts(one, inside_class=isinstance(node, ast.ClassDef | ast.Module))]


def _definitions(
    node: ast.Module | ast.ClassDef, prefix: str
) -> Iterator[tuple[str, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    yield prefix, node
    for child in node.body:
        match child:
            case ast.ClassDef(name=name):
                yield from _definitions(child, f"{prefix}.{name}".lstrip("."))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield f"{prefix}.{name}".lstrip("."), child
            case _:
                pass


def _acts(node: ast.stmt, *, inside_class: bool) -> bool:
    """The statement is code of this definition: no docstring, import, label, annotation, or definition of its own."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return False
        case ast.AnnAssign(value=None):
            return inside_class  # a dataclass field is code
        case ast.Assign(targets=[ast.Name(id=name)]) if name in _LABELS:
            return False
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return not inside_class
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            return False
        case _:
            pass
    return not isinstance(node, _NO_CODE)


def _head(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    decorators = "".join(ast.dump(one) for one in node.decorator_list)
    if isinstance(node, ast.ClassDef):
        return f"class {decorators} {[ast.dump(one) for one in (*node.bases, *node.keywords)]}\n"
    return f"{type(node).__name__} {decorators} {ast.dump(_bare(node.args))}\n"


class _Stripper(ast.NodeTransformer):
    """Takes annotations and docstrings off a copy."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        node.type_comment = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        if node.value is None:
            return node
        return ast.Assign(targets=[node.target], value=node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        self.generic_visit(node)
        if isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
            node.body = node.body[1:]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
            node.body = node.body[1:]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815  the same fields


def _bare(node: ast.AST) -> ast.AST:
    import copy  # noqa: PLC0415  only where two sides differ as text

    stripped: ast.AST = _Stripper().visit(copy.deepcopy(node))
    return stripped
