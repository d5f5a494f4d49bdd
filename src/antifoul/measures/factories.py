"""Functions that make a trainer, told from their text: what `pytest --llm-smoke` could try."""

import ast
from collections.abc import Iterable, Iterator

from antifoul.facts.layout import Layout
from antifoul.facts.paths import RepoPath

_OFFERED = frozenset({"output_dir", "seed"})  # what the plugin gives by name; everything else needs a default
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def trainer_factories(tree: ast.Module) -> Iterator[str]:
    """The names of top-level functions that give back a trainer and can be called with what the plugin offers."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not node.decorator_list:
            asked = [*node.args.posonlyargs, *node.args.args]
            bare = asked[: len(asked) - len(node.args.defaults)]
            bare += [
                one for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if not default
            ]
            if _OFFERED.issuperset(one.arg for one in bare) and _gives_a_trainer(node):
                yield node.name


def module_of(path: RepoPath, layout: Layout) -> str:
    """The dotted name that imports the file from the repository's top; "" where none is known to."""
    *folders, name = path.removesuffix(".py").split("/")
    top = len(folders)
    while top and "/".join(folders[:top]) in layout.packages:
        top -= 1
    if top and folders[:top] != ["src"]:
        return ""
    parts = folders[top:] if name == "__init__" else [*folders[top:], name]
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else ""


def _gives_a_trainer(node: ast.FunctionDef) -> bool:
    if node.returns is not None and _is_trainer(node.returns):
        return True
    made = {
        target.id
        for one in _own(node.body)
        if isinstance(one, ast.Assign) and _makes(one.value)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    given = [one.value for one in _own(node.body) if isinstance(one, ast.Return) and one.value is not None]
    return bool(given) and all(_makes(one) or (isinstance(one, ast.Name) and one.id in made) for one in given)


def _makes(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _is_trainer(node.func)


def _is_trainer(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return name.endswith("Trainer")
        case _:
            return False


def _own(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a function's body without those of functions inside it."""
    stack = list(body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            stack += ast.iter_child_nodes(node)
