"""Which keys of a config a program can read at all, where the config is handed around as one object."""

from __future__ import annotations

import ast
import re

from antifoul.facts.record import NamedTuple
from antifoul.measures.schemas.code import Definition
from antifoul.measures.schemas.outline import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.measures.schemas.code import Code
    from antifoul.measures.schemas.outline import Outline

_NAMES = frozenset({"cfg", "config", "conf"})
_MOST = 200
# Who is handed a whole config and reads no key of it.
_HARMLESS = re.compile(
    r"(?:^|[._])(?:log|print|save|dump|write|show|resolve|to_yaml|to_container|to_object|set_struct|set_readonly|open_dict|"
    r"deepcopy|copy|type|isinstance|len|repr|str|vars|is_config|missing_keys|info|debug|warning|pprint|register_new_resolver|"
    r"flag_override|hasattr|getattr|setattr|read_write|tabulate|join|record)\w*$"
)
_WRITES = re.compile(r"(?:yaml|json|toml\w*)\.(?:safe_)?dump")
_LOADS = re.compile(r"^(?:yaml\.(?:safe_load|load|full_load)|toml(?:lib)?\.loads?|OmegaConf\.load)$")
_PLACE = re.compile(r"path|file|argv|(?:^|_)(?:dir|folder|name)$")
_WORD = re.compile(r"[A-Za-z_]\w*")


class Words(NamedTuple):
    """The words in all code that gets the config; `open` says who else gets it and is not followed."""

    words: frozenset[str]
    open: str
    files: tuple[str, ...]


def words_for(code: Code, outline: Outline) -> Words:
    """The words that a program's own file, and every function that it hands the whole config to, hold."""
    reader = _Reader(code)
    reader.whole(outline)
    return Words(frozenset(reader.words), reader.open, tuple(reader.files))


class _Reader:
    def __init__(self, code: Code) -> None:
        self._code = code
        self._seen: set[str] = set()
        self.words: set[str] = set()
        self.open = ""
        self.files: list[str] = []
        self._names = set(_NAMES)

    def whole(self, outline: Outline) -> None:
        """A file all of whose code may read the config."""
        self.files.append(outline.path)
        self.words.update(_words(outline.tree))
        self._names.update(_called_so(outline))
        self._names.update(_loaded(outline))
        names = {node.id.lstrip("_") for node in ast.walk(outline.tree) if isinstance(node, ast.Name)}
        if not names & self._names:
            self.open = "what it calls its config is not known"
        elif any(
            _WRITES.search(ast.unparse(node.func)) for node in ast.walk(outline.tree) if isinstance(node, ast.Call)
        ):
            self.open = "it writes configs for others to read"
        for node in ast.walk(outline.tree):
            if isinstance(node, ast.ClassDef):  # and the classes that its classes are built on
                for parent in self._code.parents(Definition(outline, node.name, node)):
                    self._follow(parent if isinstance(parent, Definition) else None, "", keep=True)
        self._calls(outline.tree, outline)

    def _calls(self, tree: ast.AST, outline: Outline) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and any(self._is_config(one) for one in _given(node)):
                self._handed(node, outline)

    def _is_config(self, node: ast.expr) -> bool:
        """The expression is a whole config by its name: cfg, self.cfg, self._config."""
        parts = parts_of(node)
        named = bool(parts) and parts[-1].lstrip("_") in self._names
        return named and (len(parts) == 1 or parts[0] in {"self", "cls"})

    def _handed(self, node: ast.Call, outline: Outline) -> None:
        parts = parts_of(node.func)
        name = ".".join(parts) or ast.unparse(node.func)[-60:]
        if _HARMLESS.search(name) or (parts and parts[0] in {"OmegaConf", "omegaconf"}):
            return
        if len(parts) == 2 and (parts[0] in {"self", "cls"} or parts[1] in _methods(outline)):
            return  # in this file, or in a class that it is built on
        found = self._code.find(outline, parts) if parts else None
        if isinstance(found, Definition) and found.outline.path == outline.path:
            return
        self._follow(found if isinstance(found, Definition) else None, name)

    def _follow(self, found: Definition | None, name: str, *, keep: bool = False) -> None:
        if found is None or found.outline.library is not None or found.node is None:
            if not keep:
                self.open = self.open or f"{name} gets the whole config and is not followed"
            return
        if found.id in self._seen or len(self._seen) > _MOST:
            return
        self._seen.add(found.id)
        if isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.files.append(found.outline.path)
            self.words.update(_words(found.node))
            self._calls(found.node, found.outline)
            for parent in self._code.parents(found) if isinstance(found.node, ast.ClassDef) else ():
                self._follow(parent if isinstance(parent, Definition) else None, "", keep=True)


def _methods(outline: Outline) -> frozenset[str]:
    """The names of the methods of a module's classes."""
    return frozenset(
        item.name
        for node in outline.classes.values()
        for item in node.body
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _given(node: ast.Call) -> Iterator[ast.expr]:
    yield from (one.value if isinstance(one, ast.Starred) else one for one in node.args)
    yield from (one.value for one in node.keywords)


def _called_so(outline: Outline) -> Iterator[str]:
    """What the functions of a program call the config: the parameter of its main function, and those typed as one."""
    for name, function in outline.functions.items():
        arguments = function.args.args
        whole = len(arguments) == 1 and not _PLACE.search(arguments[0].arg)
        if whole and (name.endswith("main") or function.decorator_list):
            yield arguments[0].arg
        for one in arguments:
            if one.annotation is not None and "DictConfig" in ast.unparse(one.annotation):
                yield one.arg


def _loaded(outline: Outline) -> Iterator[str]:
    """The names that what was read from a file is bound to."""
    for node in ast.walk(outline.tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=called)) if _LOADS.search(
                ast.unparse(called)
            ):
                yield name
            case _:
                pass


def _words(tree: ast.AST) -> Iterator[str]:
    """Every identifier, attribute, argument and word of a string below a node."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case ast.Constant(value=str(text)) if len(text) < 200:
                yield from _WORD.findall(text)
            case _:
                pass
