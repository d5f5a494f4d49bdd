"""Where code reads the fields of a config: `config.lr`, `self.args.lr`, `cfg["lr"]`, told by the names it stands on."""

import ast
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from antifoul.measures.scopes import last_name

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
            case ast.Attribute(value, name, ast.Load()) if on := last_name(value):
                yield FieldRead(name, node.lineno, on)
            case ast.Subscript(value, ast.Constant(str() as name), ast.Load()) if on := last_name(value):
                yield FieldRead(name, node.lineno, on)
            case ast.Call(ast.Name("getattr" | "hasattr"), [value, ast.Constant(str() as name), *_]) if on := last_name(
                value
            ):
                yield FieldRead(name, node.lineno, on)
            case ast.Call(ast.Attribute(value, "get"), [ast.Constant(str() as name), *_]) if on := last_name(value):
                yield FieldRead(name, node.lineno, on)
            case _:
                pass


def bound_in(module: ast.Module, classes: Collection[str]) -> dict[str, set[str]]:
    """By class the parameters and variables of a module that are annotated with it, or are made of it."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(module):
        match node:
            case ast.arg(arg=name, annotation=ast.expr() as annotation):
                mentioned = _names_in(annotation)
            case ast.AnnAssign(target, annotation, _):
                name, mentioned = last_name(target), _names_in(annotation)
            case ast.Assign([target], ast.Call(ast.Name(made) | ast.Attribute(_, made))):
                name, mentioned = last_name(target), {made}
            case _:
                continue
        for one in mentioned.intersection(classes):
            found.setdefault(one, set()).add(name)
    return found


def is_usual(on: str, class_name: str) -> bool:
    """The name is one that configs go by, or this class's own in snake case."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower()
    return on.lower() in _USUAL or on.lower() in {snake, snake.removesuffix("_config"), f"{snake}_args"}


def _names_in(annotation: ast.expr) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(annotation):
        match node:
            case ast.Name(name) | ast.Attribute(_, name):
                found.add(name)
            case ast.Constant(str() as text):
                found.update(re.findall(r"\w+", text))
            case _:
                pass
    return found
