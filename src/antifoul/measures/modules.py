"""What a module imports and defines, and which file of its repository a module's name means."""

from __future__ import annotations

import ast

from antifoul.facts.errors import ReadError
from antifoul.facts.record import NamedTuple
from antifoul.measures.definitions import statements
from antifoul.measures.guards import is_main_test
from antifoul.measures.scopes import bindings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from antifoul.facts.paths import RepoPath
    from antifoul.facts.source import Source

# A module whose text holds one of these may define any name when it runs.
_OPEN = (
    "globals()", "__getattr__", "exec(", "vars()", "sys.modules[", "locals()", "setattr(", "_LazyModule",
    "lazy_loader", "attach_stub", "__builtins__", "__dict__",
)  # fmt: skip
_ALWAYS = frozenset(
    {"__name__", "__doc__", "__file__", "__path__", "__spec__", "__package__", "__loader__", "__dict__", "__all__"}
)
_ENDINGS = (".py", ".pyi", "/__init__.py", "/__init__.pyi")
# Sources that are compiled to a module, and files that a build writes.
_COMPILED = (".pyx", ".c", ".cc", ".cpp", ".cu", ".rs", ".so", ".pyd", ".in", ".proto", ".thrift")
_BUILT = ("_version", "version", "_pb2", "_pb2_grpc", "_C", "__version__", "_build_info")


class Import(NamedTuple):
    """One name taken from a module, or a module imported as a whole (`name` is ""). Lines as Python counts them."""

    line: int
    module: str  # dotted; leading dots for a relative one
    name: str
    typing_only: bool  # under `if TYPE_CHECKING`


class Defined(NamedTuple):
    """The names of a module. `is_open` says that it may have others."""

    names: frozenset[str]
    stars: tuple[str, ...]  # the modules that it takes everything from, as written
    is_open: bool


def imports(source: Source) -> Iterator[Import]:
    """Every import that must succeed, functions' own too; what stands in a `try` or depends on a test may fail.

    Raises:
        ReadError: the file cannot be read.
    """
    stack: list[tuple[ast.AST, bool]] = [(source.tree, False)]
    while stack:
        node, typing_only = stack.pop()
        match node:
            case ast.Import(names=names):
                yield from (Import(node.lineno, alias.name, "", typing_only) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                where = f"{'.' * level}{module or ''}"
                yield from (Import(node.lineno, where, alias.name, typing_only) for alias in names)
            case ast.Try() | ast.TryStar():
                stack += [(child, typing_only) for child in (*node.orelse, *node.finalbody)]
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                stack += [(child, True) for child in node.body]
            case ast.If() if not is_main_test(node.test):
                continue
            case ast.With() if any("suppress" in ast.dump(item.context_expr) for item in node.items):
                continue
            case ast.stmt() | ast.Module() | ast.match_case() | ast.excepthandler():
                stack += [(child, typing_only) for child in ast.iter_child_nodes(node)]
            case _:
                pass


def defined(source: Source) -> Defined:
    """The names that importing the module gives it.

    Raises:
        ReadError: the file cannot be read.
    """
    text = source.text
    names = set(bindings(source.tree))
    stars = []
    for node in statements(source.tree):
        if isinstance(node, ast.Global):
            names.update(node.names)
        elif isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            stars.append(f"{'.' * node.level}{node.module or ''}")
    return Defined(frozenset(names), tuple(stars), any(sign in text for sign in _OPEN))


class Modules:
    """The files of one side of a repository as modules."""

    def __init__(self, paths: Iterable[RepoPath], read: Callable[[RepoPath], Source | None]) -> None:
        self.paths = frozenset(paths)
        self._read = read
        self._folders = {folder for path in self.paths for folder in _folders(path)}
        self._packages = {
            path.rpartition("/")[0] for path in self.paths if path.endswith(("__init__.py", "__init__.pyi"))
        }
        self._roots = self._find_roots()
        self._defined: dict[RepoPath, Defined | None] = {}

    def _find_roots(self) -> tuple[str, ...]:
        """The folders that absolute names start from: above each top package, `src`, and the repository's top."""
        tops = {
            folder.rpartition("/")[0] for folder in self._packages if folder.rpartition("/")[0] not in self._packages
        }
        return tuple(sorted({"", *tops, *(("src",) if "src" in self._folders else ())}))

    def files_of(self, module: str, importer: RepoPath) -> tuple[RepoPath, ...]:
        """The files that a module's name may mean, seen from a file; none for a foreign or missing one."""
        found: list[RepoPath] = []
        for stem in self._stems(module, importer):
            found += [
                f"{stem}{ending}".lstrip("/") for ending in _ENDINGS if f"{stem}{ending}".lstrip("/") in self.paths
            ]
        return tuple(dict.fromkeys(found))

    def _stems(self, module: str, importer: RepoPath) -> Iterator[str]:
        folder = importer.rpartition("/")[0]
        bare = module.lstrip(".")
        dots = len(module) - len(bare)
        rest = bare.replace(".", "/")
        if dots:
            parts = folder.split("/") if folder else []
            kept = parts[: len(parts) - dots + 1] if dots > 1 else parts
            yield "/".join([*kept, *([rest] if rest else [])])
            return
        if folder and folder not in self._packages:  # a script sees the files beside it
            yield f"{folder}/{rest}"
        for root in self._roots:
            yield f"{root}/{rest}" if root else rest

    def imported_files(self, one: Import, importer: RepoPath) -> tuple[RepoPath, ...]:
        """The files that an import runs, that of the name included where it is a module itself."""
        whole = f"{one.module}{'' if one.module.endswith('.') else '.'}{one.name}" if one.name else one.module
        return tuple(dict.fromkeys((*self.files_of(one.module, importer), *self.files_of(whole, importer))))

    def problem(self, one: Import, importer: RepoPath) -> str:
        """Why an import fails; "" when it does not, or cannot be told."""
        files = self.files_of(one.module, importer)
        if not files:
            return self._missing(one, importer)
        if not one.name or one.name == "*" or one.name in _ALWAYS:
            return ""
        whole = f"{one.module}{'' if one.module.endswith('.') else '.'}{one.name}"
        if self.files_of(whole, importer) or self._is_built(whole, importer) or self._is_folder(whole, importer):
            return ""
        if any(self._gives(file, one.name, frozenset()) for file in files):
            return ""
        return f"{files[0]} does not define {one.name!r}"

    def _missing(self, one: Import, importer: RepoPath) -> str:
        """A module that is not there although the package around it is this repository's."""
        bare = one.module.lstrip(".")
        if self._is_folder(one.module, importer) or self._is_built(one.module, importer):
            return ""
        if bare == one.module:
            top, _, below = bare.partition(".")
            homes = self.files_of(top, importer)
            if not below or not homes or any(self._is_open(file) for file in homes):
                return ""
            if not all(file.endswith(("__init__.py", "__init__.pyi")) for file in homes):
                return ""
        elif not bare:
            return ""
        return f"this repository has no module {one.module!r}"

    def _gives(self, file: RepoPath, name: str, seen: frozenset[RepoPath]) -> bool:
        known = self._names(file)
        if known is None or known.is_open or name in known.names or file in seen:
            return True
        for star in known.stars:
            homes = self.files_of(star, file)
            if not homes or any(self._gives(home, name, seen | {file}) for home in homes if home != file):
                return True
        return False

    def _names(self, file: RepoPath) -> Defined | None:
        if file not in self._defined:
            source = self._read(file)
            try:
                self._defined[file] = defined(source) if source is not None else None
            except ReadError:  # nothing is known of a broken module
                self._defined[file] = None
        return self._defined[file]

    def _is_open(self, file: RepoPath) -> bool:
        known = self._names(file)
        return known is None or known.is_open

    def _is_folder(self, module: str, importer: RepoPath) -> bool:
        return any(stem.lstrip("/") in self._folders for stem in self._stems(module, importer))

    def _is_built(self, module: str, importer: RepoPath) -> bool:
        if module.endswith(_BUILT):
            return True
        stems = [stem.lstrip("/") for stem in self._stems(module, importer)]
        return any(f"{stem}{ending}" in self.paths for stem in stems for ending in _COMPILED)


def _folders(path: RepoPath) -> Iterator[str]:
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
