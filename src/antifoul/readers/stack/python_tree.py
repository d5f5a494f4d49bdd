"""A Python file of settings as a tree of values, by its syntax tree: `lr = 1e-4`, `model = dict(...)`, `cfg.lr = 2`.

What is set in a loop, in a branch that cannot be decided, or by a call is unknown, and says so.
"""

import ast
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from antifoul.facts.errors import ReadError
from antifoul.facts.source import decode, parse
from antifoul.facts.stack.nodes import Listing, Node, Note, Origin, Scalar, Table, Unknown, step
from antifoul.facts.stack.paths import Key
from antifoul.readers.configs import LARGEST
from antifoul.readers.disk import read_regular
from antifoul.readers.stack.static_python import Static

_DEEPEST = 20  # imports on imports
ENTRIES = ("get_config", "make_config", "build_config")


def python_tree(text: str, layer: str, place: str) -> tuple[Node, list[Note]]:
    """What the file sets at its top, and what there is to say of it.

    A function `get_config` without parameters that have no default speaks for the whole file.

    Raises:
        ReadError: it does not parse.
    """
    module = parse(text)
    values = _Values(layer, place)
    values.run(module.body)
    entry = next((one for one in module.body if isinstance(one, ast.FunctionDef) and one.name in ENTRIES), None)
    if entry is not None and isinstance(found := values.returned(entry), Table):
        return found, []
    hidden = {name for name in values.known if str(name).startswith("_") and name != "_base_"} | values.imported
    table = {name: node for name, node in values.known.items() if name not in hidden}
    return Table(table, Origin(layer, place, 1, 1)), []


class _Values:
    """The names of a file and what they are worth, statement by statement."""

    def __init__(self, layer: str, place: str, way: tuple[str, ...] = ()) -> None:
        self._layer, self._place, self._way = layer, place, way or (os.path.normpath(place),)
        self.known: dict[Key, Node] = {}
        self.imported: set[Key] = set()
        self._static = Static(layer, place, self.known)

    def run(self, body: Iterable[ast.stmt]) -> None:
        """Take in the statements, one after the other."""
        for statement in body:
            self._statement(statement)

    def returned(self, entry: ast.FunctionDef) -> Node | None:
        """What a function that takes nothing returns."""
        given = entry.args
        if len(given.args) + len(given.posonlyargs) > len(given.defaults) or None in given.kw_defaults:
            return None
        names = [*given.posonlyargs, *given.args][-len(given.defaults) :] if given.defaults else []
        for name, default in zip(names, given.defaults, strict=True):
            self.known[name.arg] = self._static.value(default)
        for statement in entry.body:
            if isinstance(statement, ast.Return):
                return None if statement.value is None else self._static.value(statement.value)
            self._statement(statement)
        return None

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets, value):
                for target in targets:
                    self._assign(target, self._static.value(value))
            case ast.AnnAssign(target, _, ast.expr() as value):
                self._assign(target, self._static.value(value))
            case ast.AugAssign(target, sign, value):
                loaded = ast.parse(ast.unparse(target), mode="eval").body
                whole = ast.copy_location(ast.BinOp(loaded, sign, value), statement)
                self._assign(target, self._static.value(whole))
            case ast.If(test, body, orelse):
                self._branch(statement, test, body, orelse)
            case ast.Expr(ast.Call(ast.Attribute(ast.expr() as target, "update"), arguments, keywords)):
                self._update(target, ast.Call(ast.Name("dict"), arguments, keywords), statement)
            case ast.For() | ast.While() | ast.With() | ast.Try() | ast.Match():
                self._blur(statement)
            case _:
                self._names(statement)

    def _names(self, statement: ast.stmt) -> None:
        """What makes a name, or takes one away, that is no setting."""
        match statement:
            case ast.ImportFrom(names=names):
                self._import(statement, names)
            case ast.Import(names):
                self.imported |= {(name.asname or name.name).partition(".")[0] for name in names}
            case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
                self.imported.add(statement.name)
            case ast.Delete(targets):
                for target in targets:
                    if isinstance(target, ast.Name):
                        self.known.pop(target.id, None)
            case _:
                pass

    def _import(self, statement: ast.ImportFrom, names: list[ast.alias]) -> None:
        """Values from a file beside this one are its own, as when it runs; anything else is no setting."""
        beside = self._beside(statement)
        for name in names:
            bound = name.asname or name.name
            if name.name == "*":
                self.known.update({key: node for key, node in beside.items() if not str(key).startswith("_")})
            elif name.name in beside:
                self.known[bound] = beside[name.name]
            else:
                self.imported.add(bound)

    def _beside(self, statement: ast.ImportFrom) -> Mapping[Key, Node]:
        """What a file beside this one sets; nothing where there is none, or where it leads back here."""
        folder = Path(self._place).parent.joinpath(*[".."] * max(statement.level - 1, 0))
        file = folder.joinpath(*(statement.module or "").split(".")).with_suffix(".py")
        place = os.path.normpath(file)
        if not statement.module or place in self._way or len(self._way) > _DEEPEST or not file.is_file():
            return {}
        try:
            inner = _Values(self._layer, place, (*self._way, place))
            inner.run(parse(decode(read_regular(os.path.realpath(place), LARGEST))).body)
        except ReadError:
            return {}
        return {key: node for key, node in inner.known.items() if key not in inner.imported}

    def _branch(self, at: ast.If, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        known = self._static.value(test)
        if isinstance(known, Scalar):
            self.run(body if known.value else orelse)
        elif not (isinstance(test, ast.Compare) and ast.unparse(test.left) == "__name__"):
            self._blur(at)

    def _update(self, target: ast.expr, call: ast.Call, at: ast.stmt) -> None:
        over = self._static.value(ast.copy_location(call, at))
        below = self._static.value(target)
        if isinstance(over, Table) and isinstance(below, Table):
            self._assign(target, Table({**below.items, **over.items}, below.origin))
        else:
            self._assign(target, self._static.unknown(at, "it is computed when the file runs"))

    def _blur(self, statement: ast.stmt) -> None:
        """What is set in there may be set or not, and to whatever."""
        for inner in ast.walk(statement):
            if not isinstance(inner, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For):
                continue
            for target in inner.targets if isinstance(inner, ast.Assign) else [inner.target]:
                why = f"it is set at line {inner.lineno}, where only running the file tells whether"
                self._assign(target, self._static.unknown(getattr(inner, "value", None) or target, why))

    def _assign(self, target: ast.expr, node: Node) -> None:
        match target:
            case ast.Name(name):
                self.known[name] = replace(node, origin=self._static.origin(target))
                self.imported.discard(name)
            case ast.Tuple(targets) | ast.List(targets):
                parts = node.items if isinstance(node, Listing) and len(node.items) == len(targets) else ()
                for number, inner in enumerate(targets):
                    unknown = self._static.unknown(inner, "it is computed when the file runs")
                    self._assign(inner, parts[number] if parts else unknown)
            case ast.Attribute(inner, name):
                self._inside(inner, name, node, target)
            case ast.Subscript(inner, ast.Constant(str() | int() as key)):
                self._inside(inner, key, node, target)
            case _:
                pass

    def _inside(self, around: ast.expr, key: Key, node: Node, target: ast.expr) -> None:
        """Set one key of a mapping that is known; of anything else it makes nothing that could be told."""
        below = self._static.value(around)
        if isinstance(below, Table):
            if isinstance(step(below, key), Unknown) and isinstance(node, Unknown):
                return
            self._assign(
                around, Table({**below.items, key: replace(node, origin=self._static.origin(target))}, below.origin)
            )
