"""The environment variables that code reads, told from its syntax tree: each with its line and default."""

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_GETTERS = frozenset({"get", "pop", "setdefault"})
_TYPES = frozenset({"str", "bool", "int", "float", "json", "list", "tuple", "dict", "url", "path", "dj_db_url"})
_SETTINGS = frozenset({"BaseSettings"})


class Read(NamedTuple):
    """One place that reads a variable. `name` is "" where it is only known when it runs: then `source` shows it."""

    name: str
    line: int
    default: str | None = None  # source text; None where there is none
    required: bool = False  # it fails where the variable is not set
    source: str = ""


class Wrapper(NamedTuple):
    """A function that reads the variable whose name it is given."""

    name: str
    position: int
    parameter: str
    default: str  # the parameter that is the default, "" for none


def wrappers_in(module: ast.Module) -> Iterator[Wrapper]:
    """The functions of a module that read a variable by a parameter of theirs."""
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef):
            continue
        names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
        for call in ast.walk(node):
            key, default = _key_and_default(call)
            if isinstance(key, ast.Name) and key.id in names:
                given = default.id if isinstance(default, ast.Name) and default.id in names else ""
                skip = 1 if names[:1] in (["self"], ["cls"]) else 0
                yield Wrapper(node.name, names.index(key.id) - skip, key.id, given)
                break


def reads_in(module: ast.Module, wrappers: Iterable[Wrapper] = ()) -> Iterator[Read]:
    """The variables that a module reads, in the order of its lines."""
    work = _Walk(module, {one.name: one for one in wrappers})
    yield from sorted(work.reads(), key=lambda one: one.line)


class _Walk:
    def __init__(self, module: ast.Module, wrappers: dict[str, Wrapper]) -> None:
        self._module = module
        self._wrappers = wrappers
        self._constants = {
            target.id: node.value.value
            for node in module.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self._readers = _env_objects(module)
        self._ours = {id(key) for key in _inside_wrappers(module)}

    def reads(self) -> Iterator[Read]:
        """Every place."""
        alternatives = _alternatives(self._module)
        for node in ast.walk(self._module):
            yield from self._one(node, alternatives.get(id(node)))

    def _one(self, node: ast.AST, other: ast.expr | None) -> Iterator[Read]:
        key, default = _key_and_default(node)
        if key is not None:
            if id(key) not in self._ours:
                required = isinstance(node, ast.Subscript) and other is None
                yield self._read(key, default or other, node, required=required)
        elif isinstance(node, ast.Call):
            yield from self._call(node)
        elif isinstance(node, ast.ClassDef):
            yield from self._settings(node)

    def _call(self, node: ast.Call) -> Iterator[Read]:
        last = ast.unparse(node.func).rpartition(".")[2] if isinstance(node.func, ast.Name | ast.Attribute) else ""
        keywords = {one.arg: one.value for one in node.keywords if one.arg}
        if "envvar" in keywords:
            for key in (
                keywords["envvar"].elts
                if isinstance(keywords["envvar"], ast.List | ast.Tuple)
                else [keywords["envvar"]]
            ):
                yield self._read(key, keywords.get("default"), node)
        wrapper = self._wrappers.get(last)
        head = ast.unparse(node.func).partition(".")[0]
        if wrapper is not None:
            key_at = node.args[wrapper.position] if len(node.args) > wrapper.position >= 0 else None
            named = keywords.get(wrapper.parameter) or key_at
            rest = keywords.get(wrapper.default) or keywords.get("default")
            after = node.args[wrapper.position + 1] if len(node.args) > wrapper.position + 1 else None
            if isinstance(named, ast.Constant | ast.Name) and self._name(named):
                yield self._read(named, rest or (after if wrapper.default else None), node)
        elif head in self._readers and node.args and (last in _TYPES or last == head):
            default = keywords.get("default") or (node.args[1] if len(node.args) > 1 else None)
            yield self._read(node.args[0], default, node, required=default is None)

    def _settings(self, node: ast.ClassDef) -> Iterator[Read]:
        """pydantic-settings: each field is a variable, by its name behind the prefix."""
        if not {ast.unparse(base).rpartition(".")[2] for base in node.bases} & _SETTINGS:
            return
        prefix = next(
            (one.value.value for one in ast.walk(node)
             if isinstance(one, ast.keyword) and one.arg == "env_prefix" and isinstance(one.value, ast.Constant)), "",
        )  # fmt: skip
        for one in node.body:
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.target.id != "model_config":
                default = ast.unparse(one.value) if one.value is not None else None
                yield Read(f"{prefix!s}{one.target.id}".upper(), one.lineno, default, required=default is None)

    def _read(self, key: ast.expr, default: ast.expr | None, node: ast.AST, *, required: bool = False) -> Read:
        name = self._name(key)
        line = getattr(node, "lineno", key.lineno)
        text = ast.unparse(default) if default is not None else None
        return Read(name, line, text, required, "" if name else ast.unparse(key))

    def _name(self, key: ast.expr) -> str:
        match key:
            case ast.Constant(str() as name):
                return name
            case ast.Name(name):
                return self._constants.get(name, "")
            case _:
                return ""


def _key_and_default(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """What names the variable in an expression that reads one, and the default beside it."""
    match node:
        case ast.Subscript(value, key, ast.Load()) if _is_environ(value):
            return key, None
        case ast.Call(ast.Attribute(value, name), [key, *rest], keywords) if name in _GETTERS and _is_environ(value):
            return key, _default(rest, keywords)
        case ast.Call(function, [key, *rest], keywords) if ast.unparse(function) in {
            "os.getenv",
            "getenv",
            "os.getenvb",
        }:
            return key, _default(rest, keywords)
        case ast.Compare(key, [ast.In() | ast.NotIn()], [value]) if _is_environ(value):
            return key, None
        case _:
            return None, None


def _default(rest: list[ast.expr], keywords: list[ast.keyword]) -> ast.expr | None:
    return rest[0] if rest else next((one.value for one in keywords if one.arg == "default"), None)


def _is_environ(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in {"os.environ", "environ", "os.environb"}


def _alternatives(module: ast.Module) -> dict[int, ast.expr]:
    """What stands behind `or`: `os.environ.get("X") or "default"`."""
    return {
        id(first): last
        for node in ast.walk(module)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
        for first, last in [(node.values[0], node.values[-1])]
    }


def _env_objects(module: ast.Module) -> set[str]:
    """The names that read as environs' `Env()` or decouple's `config` does."""
    found: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.Assign([ast.Name(name)], ast.Call(function)) if ast.unparse(function).rpartition(".")[2] == "Env":
                found.add(name)
            case ast.ImportFrom("decouple", names):
                found |= {one.asname or one.name for one in names if one.name == "config"}
            case ast.ImportFrom("environs", names):
                found |= {one.asname or one.name for one in names if one.name == "env"}
            case _:
                pass
    return found


def _inside_wrappers(module: ast.Module) -> Iterator[ast.expr]:
    """The parameters by which a wrapper reads: its callers say which variables those are."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            names = {one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
            for inner in ast.walk(node):
                key, _ = _key_and_default(inner)
                if isinstance(key, ast.Name) and key.id in names:
                    yield key
