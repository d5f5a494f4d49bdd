"""The modules of a repository by their names, read and never run: what a name in one of them leads to."""

import ast
import builtins
import os
import sys
from pathlib import Path
from typing import NamedTuple

from antifoul.facts.errors import ReadError
from antifoul.facts.source import decode, parse
from antifoul.readers.disk import read_regular

_SOURCES = ("", "src", "lib", "python")
_DEEPEST = 20  # imports on imports


class Module(NamedTuple):
    """One file of Python."""

    place: str
    name: str  # dotted, "" where it is not known
    tree: ast.Module
    text: str


class Found(NamedTuple):
    """What a name leads to: a class, a function, an assignment."""

    module: Module
    node: ast.stmt


class Modules:
    """Modules below a folder, each read once."""

    def __init__(self, root: str = ".") -> None:
        self._root = Path(root)
        self._kept: dict[str, Module | None] = {}

    def at(self, place: str, name: str = "") -> Module:
        """The module in that file.

        Raises:
            ReadError: it cannot be read, or does not parse.
        """
        place = os.path.normpath(place)
        found = self._kept.get(place)
        if found is None:
            try:
                text = decode(read_regular(os.path.realpath(place), 5_000_000))
                found = Module(place, name or self.name_of(place), parse(text), text)
            except ReadError as problem:
                raise ReadError(f"{place}: {problem}") from None
            self._kept[place] = found
        return found

    def name_of(self, place: str) -> str:
        """The dotted name of a file's module, told by the packages that it stands in."""
        path = Path(place)
        parts = [] if path.name == "__init__.py" else [path.stem]
        folder = path.parent
        while (folder / "__init__.py").is_file() and folder.name:
            parts.insert(0, folder.name)
            folder = folder.parent
        return ".".join(parts)

    def named(self, name: str, near: str = "") -> Module | None:
        """The module of that name, None where no folder has it. `near` is a file whose folders are looked in too."""
        inside = [*name.split(".")]
        starts = [self._root / source for source in _SOURCES]
        starts += [folder for folder in Path(near).parents if str(folder) != "/"][:6] if near else []
        for start in starts:
            base = start.joinpath(*inside)
            for place in (base.with_name(f"{base.name}.py"), base / "__init__.py"):
                if place.is_file():
                    return self._readable(str(place), name)
        return None

    def _readable(self, place: str, name: str) -> Module | None:
        try:
            return self.at(place, name)
        except ReadError:
            return None

    def find(self, module: Module, name: str, depth: int = 0) -> Found | None:
        """What a name means in a module: there, or where it is imported from; None where that is not here."""
        head, _, rest = name.partition(".")
        if depth > _DEEPEST:
            return None
        for node in reversed(list(_statements(module.tree))):
            if head in _names_of(node):
                return self._within(Found(module, node), rest)
            if isinstance(node, ast.ImportFrom | ast.Import):
                target = self._imported(module, node, head)
                if target is not None:
                    return self._through(module, target, rest, depth)
        return None

    def is_standard(self, module: Module, name: str) -> bool:
        """The name leads into Python's own library."""
        head = name.partition(".")[0]
        for node in _statements(module.tree):
            if isinstance(node, ast.ImportFrom | ast.Import):
                target = self._imported(module, node, head)
                if target is not None:
                    return target[0].partition(".")[0] in sys.stdlib_module_names
        return hasattr(builtins, head)

    def _within(self, found: Found, rest: str) -> Found | None:
        if not rest:
            return found
        body = found.node.body if isinstance(found.node, ast.ClassDef) else []
        inner = next((one for one in body if rest.partition(".")[0] in _names_of(one)), None)
        return self._within(Found(found.module, inner), rest.partition(".")[2]) if inner is not None else None

    def _through(self, module: Module, target: tuple[str, str], rest: str, depth: int) -> Found | None:
        name, inner = target
        whole = ".".join(part for part in (inner, rest) if part)
        source = self.named(name, module.place)
        if source is not None and whole:
            return self.find(source, whole, depth + 1)
        deeper = self.named(f"{name}.{whole.partition('.')[0]}", module.place) if whole else None
        return self.find(deeper, whole.partition(".")[2], depth + 1) if deeper and "." in whole else None

    def _imported(self, module: Module, node: ast.ImportFrom | ast.Import, name: str) -> tuple[str, str] | None:
        """The module and the name in it that an import binds to a name."""
        if isinstance(node, ast.Import):
            found = next((one for one in node.names if (one.asname or one.name.partition(".")[0]) == name), None)
            return (found.name if found.asname else name, "") if found else None
        source = absolute(module, node)
        for one in node.names:
            if (one.asname or one.name) == name:
                return source, one.name
            star = self.named(source, module.place) if one.name == "*" else None
            if star is not None and any(name in _names_of(inner) for inner in _statements(star.tree)):
                return source, name
        return None


def absolute(module: Module, node: ast.ImportFrom) -> str:
    """The dotted name of the module that is imported from."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    package = parts if module.place.endswith("__init__.py") else parts[:-1]
    kept = package[: len(package) - (node.level - 1)]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _statements(tree: ast.Module) -> list[ast.stmt]:
    """The statements at the top, and those in its `if` and `try` blocks."""
    out: list[ast.stmt] = []
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop(0)
        out.append(node)
        if isinstance(node, ast.If):
            waiting = [*node.body, *node.orelse, *waiting]
        elif isinstance(node, ast.Try):
            waiting = [*node.body, *(one for handler in node.handlers for one in handler.body), *waiting]
    return out


def _names_of(node: ast.stmt) -> set[str]:
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return {node.name}
        case ast.Assign(targets):
            return {one.id for one in targets if isinstance(one, ast.Name)}
        case ast.AnnAssign(target=ast.Name(name)):
            return {name}
        case _:
            return set()
