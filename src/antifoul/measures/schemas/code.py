"""Look names up across modules: in the repository, then in its libraries."""

from __future__ import annotations

import ast
import sys

from antifoul.facts.errors import ReadError
from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.outline import Outline, constant, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from antifoul.facts.library import Library
    from antifoul.facts.paths import RepoPath
    from antifoul.facts.source import Source
    from antifoul.measures.modules import Modules
    from antifoul.measures.schemas.outline import Imported

_DEEPEST = 20  # names that lead to names


class Definition(NamedTuple):
    """What a name means: a class, a function, the expression bound to it, or a whole module (`node` is None)."""

    outline: Outline
    name: str
    node: ast.AST | None
    through: Definition | None = None  # of a method: the class that it was asked of

    @property
    def id(self) -> str:
        """The same for the same thing."""
        way = f"@{self.through.outline.path}:{self.through.name}" if self.through is not None else ""
        return f"{self.outline.path}:{self.name}{way}"


class External(NamedTuple):
    """A name of a module that is not at hand, as far as it could be followed."""

    dotted: str

    @property
    def last(self) -> str:
        """The name without its module."""
        return self.dotted.rpartition(".")[2]


Found: TypeAlias = "Definition | External"


class Code:
    """The modules of one side of a repository and of its libraries, each parsed when first asked for."""

    def __init__(
        self,
        modules: Modules,
        read: Callable[[RepoPath], Source | None],
        library: Callable[[str], Library | None],
    ) -> None:
        self.modules = modules
        self._read = read
        self._library = library
        self._outlines: dict[tuple[str, str], Outline | None] = {}
        self.used: set[str] = set()  # the libraries that were looked into, as findings name them

    def share(self, other: Code, apart: set[RepoPath]) -> None:
        """Take over the outlines of files that are the same on both sides."""
        for key, outline in other._outlines.items():
            if key[0] or key[1] not in apart:
                self._outlines[key] = outline

    def file(self, path: RepoPath, library: Library | None = None) -> Outline | None:
        """The outline of a file; None where there is none, or it cannot be parsed."""
        key = (library.name if library else "", path)
        if key not in self._outlines:
            source = (library.read if library else self._read)(path)
            try:
                self._outlines[key] = Outline(source, library) if source is not None else None
            except (ReadError, RecursionError):
                self._outlines[key] = None
        return self._outlines[key]

    def library(self, name: str) -> Library | None:
        """A library by its top package."""
        found = self._library(name)
        if found is not None:
            self.used.add(found.said)
        return found

    def module(self, written: str, importer: Outline | None) -> Outline | None:
        """The module that a name means, seen from another one."""
        if importer is not None and importer.library is not None and written.startswith("."):
            return self._in_library(importer.library, _absolute(written, importer.path))
        if importer is None or importer.library is None:
            path = self._nearest(written, importer.path if importer else "")
            if path:
                return self.file(path)
        if written.startswith("."):
            return None
        library = self.library(written.partition(".")[0])
        return self._in_library(library, written) if library is not None else None

    def _nearest(self, written: str, importer: RepoPath) -> RepoPath:
        """The file of a module; of several the one beside the importer, then the one that shares most of its path."""
        found = list(self.modules.files_of(written, importer))
        folder = importer.rpartition("/")[0]
        beside = f"{folder}/{written.replace('.', '/')}" if folder and not written.startswith(".") else ""
        if beside and written.partition(".")[0] not in sys.stdlib_module_names:
            found += [path for path in (f"{beside}.py", f"{beside}/__init__.py") if path in self.modules.paths]
        return max(found, key=lambda path: _shared(path, importer), default="")

    def _in_library(self, library: Library, dotted: str) -> Outline | None:
        stem = dotted.replace(".", "/")
        return self.file(f"{stem}/__init__.py", library) or self.file(f"{stem}.py", library)

    def dotted(self, name: str, importer: Outline | None = None) -> Found:
        """What an absolute dotted name means: "pkg.module.Class.method"."""
        parts = name.split(".")
        for end in range(len(parts), 0, -1):
            module = self.module(".".join(parts[:end]), importer)
            if module is not None:
                return self.find(module, parts[end:]) if end < len(parts) else Definition(module, "", None)
        return External(name)

    def find(  # noqa: PLR0911  one return a way that a name is bound
        self, outline: Outline, parts: Iterable[str], depth: int = 0
    ) -> Found:
        """What a dotted name means in a module."""
        head, *rest = parts
        if depth > _DEEPEST:
            return External(head)
        if head in outline.classes:
            return self._member(Definition(outline, head, outline.classes[head]), rest, depth)
        if head in outline.functions:
            return Definition(outline, head, outline.functions[head])
        if head in outline.assigns:
            return self._assigned(outline, head, rest, depth)
        if head in outline.imports:
            return self._imported(outline, head, rest, depth)
        for star in outline.stars:
            module = self.module(star, outline)
            if module is not None and module is not outline:
                found = self.find(module, (head, *rest), depth + 1)
                if isinstance(found, Definition):
                    return found
        return self._lazy(outline, head, rest, depth) or self._beside(outline, head, rest, depth)

    def _assigned(self, outline: Outline, head: str, rest: list[str], depth: int) -> Found:
        value = outline.assigns[head]
        alias = parts_of(value)
        if alias and alias[0] != head:
            return self.find(outline, (*alias, *rest), depth + 1)
        return Definition(outline, head, value)

    def alternatives(self, outline: Outline, parts: tuple[str, ...]) -> list[Found]:
        """What else a name may mean that is imported from several places."""
        origins = outline.others.get(parts[0], ()) if parts else ()
        return [self._from(outline, parts[0], origin, list(parts[1:]), 0) for origin in origins]

    def _imported(self, outline: Outline, head: str, rest: list[str], depth: int) -> Found:
        first = self._from(outline, head, outline.imports[head], rest, depth)
        for origin in outline.others.get(head, ()) if isinstance(first, External) else ():
            found = self._from(outline, head, origin, rest, depth)
            if isinstance(found, Definition):
                return found
        return first

    def _from(self, outline: Outline, head: str, origin: Imported, rest: list[str], depth: int) -> Found:
        if origin.name:
            joint = "" if origin.module.endswith(".") else "."
            module = self.module(origin.module, outline)
            if module is not None and (module is not outline or head not in outline.imports):
                found = self.find(module, (origin.name, *rest), depth + 1)
                if isinstance(found, Definition):
                    return found
            inner = self.module(f"{origin.module}{joint}{origin.name}", outline)
            if inner is not None:
                return self.find(inner, rest, depth + 1) if rest else Definition(inner, "", None)
            return External(".".join((f"{origin.module}{joint}{origin.name}", *rest)))
        parts = (*origin.module.split("."), *rest)
        return self.dotted(".".join(parts), outline)

    def _member(self, owner: Definition, rest: list[str], depth: int) -> Found:
        if not rest:
            return owner
        method = self.method(owner, rest[0], depth)
        return method or External(f"{owner.name}.{rest[0]}")

    def method(
        self, owner: Definition, name: str, depth: int = 0, through: Definition | None = None
    ) -> Definition | None:
        """A method or inner class of a class, or of those it is built on."""
        node = owner.node
        if not isinstance(node, ast.ClassDef) or depth > _DEEPEST:
            return None
        for item in node.body:
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and item.name == name:
                return Definition(owner.outline, f"{owner.name}.{name}", item, through or owner)
        for base in self.parents(owner):
            if isinstance(base, Definition) and (found := self.method(base, name, depth + 1, through or owner)):
                return found
        return None

    def parents(self, owner: Definition) -> list[Found]:
        """What a class is built on; expressions that are no names count as names that are not at hand."""
        found: list[Found] = []
        for base in owner.node.bases if isinstance(owner.node, ast.ClassDef) else ():
            inner = base.value if isinstance(base, ast.Subscript) else base  # Generic[T], Base[int]
            parts = parts_of(inner)
            found.append(self.find(owner.outline, parts) if parts else External(ast.unparse(base)))
        return found

    def _lazy(self, outline: Outline, head: str, rest: list[str], depth: int) -> Found | None:
        """A name that a package imports when first asked for, by a table of its own: {"module": ["Name"]}."""
        for value in outline.assigns.values():
            if not isinstance(value, ast.Dict):
                continue
            for key, names in zip(value.keys, value.values, strict=True):
                where = constant(key)
                listed = names.elts if isinstance(names, ast.List | ast.Tuple) else ()
                if where and any(constant(one) == head for one in listed):
                    module = self.module(f".{where}", outline)
                    return self.find(module, (head, *rest), depth + 1) if module is not None else None
        return None

    def _beside(self, outline: Outline, head: str, rest: list[str], depth: int) -> Found:
        """A module in the package that the outline is of."""
        if outline.path.endswith("__init__.py"):
            module = self.module(f".{head}", outline)
            if module is not None:
                return self.find(module, rest, depth + 1) if rest else Definition(module, "", None)
        name = outline.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return External(".".join((name, head, *rest)))


def _shared(first: str, second: str) -> int:
    """How many folders two paths start with in common."""
    count = 0
    for one, other in zip(first.split("/")[:-1], second.split("/")[:-1], strict=False):
        if one != other:
            break
        count += 1
    return count


def _absolute(written: str, path: str) -> str:
    """A relative module name as an absolute one, seen from a file of a library."""
    bare = written.lstrip(".")
    parts = path.split("/")[: -(len(written) - len(bare))]
    return ".".join((*parts, *([bare] if bare else [])))
