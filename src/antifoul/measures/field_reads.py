"""Where code reads the fields of a config: `config.lr`, `self.args.lr`, `cfg["lr"]`, told by the names it stands on."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

_USUAL = frozenset(
    [
        "cfg",
        "config",
        "conf",
        "configs",
        "args",
        "opt",
        "opts",
        "options",
        "hparams",
        "hparam",
        "params",
        "settings",
        "flags",
        "namespace",
        "cli_args",
    ]
)


class FieldRead(NamedTuple):
    """One place that reads a name off something that looks like a config."""

    name: str
    line: int
    on: str  # the last name before it: "config"


def field_reads(module: ast.Module) -> Iterator[FieldRead]:
    """The attributes and keys that a module reads, each with the name that they are read off."""
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value, name, ast.Load()) if on := _last(value):
                yield FieldRead(name, node.lineno, on)
            case ast.Subscript(value, ast.Constant(str() as name), ast.Load()) if on := _last(value):
                yield FieldRead(name, node.lineno, on)
            case ast.Call(ast.Name("getattr" | "hasattr"), [value, ast.Constant(str() as name), *_]) if on := _last(
                value
            ):
                yield FieldRead(name, node.lineno, on)
            case ast.Call(ast.Attribute(value, "get"), [ast.Constant(str() as name), *_]) if on := _last(value):
                yield FieldRead(name, node.lineno, on)
            case _:
                pass


def annotated_with(module: ast.Module, names: frozenset[str]) -> Iterator[str]:
    """The parameters and variables of a module that are annotated with one of these classes, or are made of one."""
    for node in ast.walk(module):
        match node:
            case ast.arg(arg=name, annotation=ast.expr() as annotation) if _mentions(annotation, names):
                yield name
            case ast.AnnAssign(target, annotation, _) if _mentions(annotation, names):
                yield _last(target)
            case ast.Assign([target], ast.Call(ast.Name(name) | ast.Attribute(_, name))) if name in names:
                yield _last(target)
            case _:
                pass


def is_usual(on: str, class_name: str) -> bool:
    """The name is one that configs go by, or this class's own in snake case."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower()
    return on.lower() in _USUAL or on.lower() in {snake, snake.removesuffix("_config"), f"{snake}_args"}


def _mentions(annotation: ast.expr, names: frozenset[str]) -> bool:
    words = re.findall(r"\w+", ast.unparse(annotation))
    return bool(names.intersection(words))


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(_, name):
            return name
        case _:
            return ""
